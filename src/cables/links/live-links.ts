import type { Link } from '../../core/citation.ts';

/** Health of the pages that links lead to. */
export interface LinkHealth {
  /** The dead ones of these pages (URLs without fragment), with the time since when. */
  deadPages(pages: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Those of these pages whose site has another viewer now, with a sentence about it. */
  movedPages(pages: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** URL of an archived copy of a page; null if there is none. */
  archived(page: string): string | null;
}

/**
 * Links to paragraphs of a viewer that has moved are not exact. A target all of whose links are takes its place, otherwise the order stays.
 */
async function exactFirst(links: readonly Link[], linkHealth: LinkHealth): Promise<Link[]> {
  const moved = await linkHealth.movedPages([...new Set(links.map(({ url }) => pageOf(url)))]);
  if (moved.size === 0) return [...links];
  const known = links.map((link) => {
    const fault = link.paragraph === null ? undefined : moved.get(pageOf(link.url));
    return fault === undefined ? link : inexact(link, fault);
  });
  const missing = new Set(known.filter(({ exact }) => !exact).map(({ target }) => target));
  return known.toSorted((a, b) => Number(missing.has(a.target)) - Number(missing.has(b.target)));
}

function inexact(link: Link, ...faults: (string | undefined)[]): Link {
  const why = [link.exact ? null : link.why, ...faults].filter((part) => part).join('; ');
  return { ...link, exact: false, by: undefined, near: null, why };
}

/**
 * Keeps the order of the links, but puts those that have lost their anchors (see above) after those that land, and links to dead pages last and makes them inexact. If all pages are dead, each link leads to the
 * archived copy of its page; without a copy it keeps its URL and `why` says that the page is dead.
 */
export async function liveFirst(all: readonly Link[], linkHealth: LinkHealth): Promise<Link[]> {
  const links = await exactFirst(all, linkHealth);
  const deadPages = await linkHealth.deadPages([...new Set(links.map(({ url }) => pageOf(url)))]);
  if (deadPages.size === 0) return links;
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
  return { ...inexact(link, fault, instead?.note), url: instead?.url ?? link.url };
}

function pageOf(url: string): string {
  return url.replace(/#.*$/s, '');
}
