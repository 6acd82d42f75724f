import type { Link } from '../../core/citation.ts';

/** Health of the pages that links lead to. */
export interface LinkHealth {
  /** The dead ones of these pages (URLs without fragment), with the time since when. */
  deadPages(pages: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** URL of an archived copy of a page; null if there is none. */
  archived(page: string): string | null;
}

/**
 * Keeps the order of the links, but puts links to dead pages last and makes them inexact. If all pages are dead, each link leads to the
 * archived copy of its page; without a copy it keeps its URL and `why` says that the page is dead.
 */
export async function liveFirst(links: readonly Link[], linkHealth: LinkHealth): Promise<Link[]> {
  const deadPages = await linkHealth.deadPages([...new Set(links.map(({ url }) => pageOf(url)))]);
  if (deadPages.size === 0) return [...links];
  const live = links.filter(({ url }) => !deadPages.has(pageOf(url)));
  if (live.length > 0) {
    const dead = links.filter((link) => !live.includes(link));
    return [...live, ...dead.map((link) => marked(link, deadPages))];
  }
  const copies = new Map(links.map(({ url }) => [pageOf(url), linkHealth.archived(pageOf(url))]));
  const deadCopies = await linkHealth.deadPages([...copies.values()].filter((copy) => copy !== null));
  const rescued = links.map((link) => {
    const copy = copies.get(pageOf(link.url)) ?? null;
    const hasCopy = copy !== null && !deadCopies.has(copy);
    return hasCopy
      ? marked(link, deadPages, { url: copy + link.url.slice(pageOf(link.url).length), note: 'archived copy' })
      : marked(link, deadPages, { url: link.url, note: 'no archived copy is known' });
  });
  const isDead = ({ url }: Link): number => Number(deadPages.has(pageOf(url)));
  return rescued.toSorted((a, b) => isDead(a) - isDead(b));
}

function marked(link: Link, deadPages: ReadonlyMap<string, number>, instead?: { url: string; note: string }): Link {
  const since = new Date(deadPages.get(pageOf(link.url)) ?? 0).toISOString().slice(0, 10);
  const fault = `the page at ${new URL(link.url).host} has been gone since ${since}`;
  const why = [link.exact ? null : link.why, fault, instead?.note].filter((part) => part).join('; ');
  // The anchors of an archived copy have not been checked.
  return { ...link, url: instead?.url ?? link.url, exact: false, near: null, why };
}

function pageOf(url: string): string {
  return url.replace(/#.*$/s, '');
}
