/** What an item's addresses say about its place on a site. */
export interface Location {
  /** The post's number, from `?p=5`. */
  readonly post: number | undefined;
  /** The last segment of the path. */
  readonly slug: string | undefined;
  /** The comment's number, from `#comment-7`. */
  readonly comment: number | undefined;
}

interface Item {
  /** The guid, else the address: see the rss platform. */
  readonly id: string;
  readonly url: string | null;
}

/** Reads the address of an item, or its guid if it has none. Undefined: the item is not on the site. */
export function locationOf({ id, url }: Item, site: string): Location | undefined {
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

/** True if two addresses name the same page, ignoring TLS, a trailing slash and tracking parameters. */
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
