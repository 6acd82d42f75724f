import type { Link } from '../../core/citation.ts';

/** What is known of the pages that links lead to. */
export interface Alive {
  /** Of these pages (addresses without fragment) those that are gone, and since when. */
  gone(pages: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Where a copy of a page is kept, if anywhere. */
  archived(page: string): string | null;
}

/**
 * The links in their order, those to pages that are gone last and not exact. Where all are gone each leads to the archived copy of its page
 * instead; without one it stays, and says that it leads nowhere.
 */
export async function liveFirst(links: readonly Link[], alive: Alive): Promise<Link[]> {
  const gone = await alive.gone([...new Set(links.map(({ url }) => pageOf(url)))]);
  if (gone.size === 0) return [...links];
  const living = links.filter(({ url }) => !gone.has(pageOf(url)));
  if (living.length > 0) {
    const dead = links.filter((link) => !living.includes(link));
    return [...living, ...dead.map((link) => marked(link, gone))];
  }
  const copies = new Map(links.map(({ url }) => [pageOf(url), alive.archived(pageOf(url))]));
  const deadCopies = await alive.gone([...copies.values()].filter((copy) => copy !== null));
  const rescued = links.map((link) => {
    const copy = copies.get(pageOf(link.url)) ?? null;
    const there = copy !== null && !deadCopies.has(copy);
    return there
      ? marked(link, gone, { copy: copy + fragmentOf(link.url), note: 'archived copy' })
      : marked(link, gone, { copy: link.url, note: 'no archived copy is known' });
  });
  return [
    ...rescued.filter(({ url }) => !gone.has(pageOf(url))),
    ...rescued.filter(({ url }) => gone.has(pageOf(url))),
  ];
}

function marked(link: Link, gone: ReadonlyMap<string, number>, instead?: { copy: string; note: string }): Link {
  const since = new Date(gone.get(pageOf(link.url)) ?? 0).toISOString().slice(0, 10);
  const fault = `the page at ${new URL(link.url).host} is gone since ${since}`;
  const why = [link.exact ? null : link.why, instead === undefined ? fault : `${fault}; ${instead.note}`];
  // A copy of whatever day has not been looked at: where its anchors lead, nobody has seen.
  return {
    ...link,
    url: instead?.copy ?? link.url,
    exact: false,
    near: null,
    why: why.filter((part) => part !== null).join('; '),
  };
}

function pageOf(url: string): string {
  return url.replace(/#.*$/s, '');
}

function fragmentOf(url: string): string {
  return url.slice(pageOf(url).length);
}
