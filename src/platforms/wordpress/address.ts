/** Where an item of a feed stands on a site, as far as its addresses tell. */
export interface Spot {
  /** Of the post, from `?p=5`. */
  readonly post: number | undefined;
  /** Last part of the path. */
  readonly slug: string | undefined;
  /** The comment that the item is, from `#comment-7`. */
  readonly comment: number | undefined;
}

interface Item {
  /** A guid, else the address: see feeds. */
  readonly id: string;
  readonly url: string | null;
}

/** Undefined: the item is not on the site. Its address counts; where it has none, its guid. */
export function spotOf({ id, url }: Item, site: string): Spot | undefined {
  const where = URL.parse(url ?? id);
  if (where === null || !isOnSite(where, site)) return undefined;
  const onSite = [URL.parse(id) ?? where, where].filter((address) => isOnSite(address, site));
  const numbers = (pattern: (address: URL) => string | null | undefined) => {
    const [found] = onSite.flatMap((address) => /^[1-9]\d{0,9}$/.exec(pattern(address) ?? '')?.[0] ?? []);
    return found === undefined ? undefined : Number(found);
  };
  const inSite = where.pathname.slice(new URL(site).pathname.replace(/\/$/, '').length);
  return {
    post: numbers(({ searchParams }) => searchParams.get('p') ?? searchParams.get('page_id')),
    slug: inSite.split('/').findLast((part) => part !== ''),
    comment: numbers(({ hash }) => /^#comment-(\d+)$/.exec(hash)?.[1]),
  };
}

/** Whether two addresses lead to the same page: with or without TLS, a slash at the end, or marks of where a reader came from. */
export function isSamePage(one: string, other: string): boolean {
  const [a, b] = [pageOf(one), pageOf(other)];
  return a !== undefined && a === b;
}

function pageOf(written: string): string | undefined {
  const url = URL.parse(written);
  if (url === null) return undefined;
  const number = url.searchParams.get('p') ?? url.searchParams.get('page_id');
  return `${url.host}${url.pathname.replace(/\/$/, '')}${number === null ? '' : `?${number}`}`;
}

function isOnSite(address: URL, site: string): boolean {
  const { host, pathname } = new URL(site);
  const folder = pathname.replace(/\/$/, '');
  return address.host === host && (address.pathname === folder || address.pathname.startsWith(`${folder}/`));
}
