import { z } from 'zod';
import { PermanentError } from '../../core/errors.ts';
import type { Payload } from '../../core/reply.ts';
import { type Api, faultOf } from './api.ts';

/** Where a comment goes: a post or page that accepts comments. */
export interface Target {
  readonly post: number;
  /** The parent comment; 0: the post itself. */
  readonly parent: number;
  readonly url: string;
}

const Page = z.object({
  id: z.int(),
  link: z.string(),
  guid: z.object({ rendered: z.string() }).catch({ rendered: '' }),
  status: z.string().catch(''),
  comment_status: z.string().catch(''),
});
type Page = z.infer<typeof Page>;

const Comment = z.object({ id: z.int(), post: z.int(), status: z.string().catch('') });

const _fields = 'id,link,guid,status,comment_status';

/**
 * Looks up the post, page or comment to answer. Errors: PermanentError, in words for the operator, if it is not on the site, does not exist or
 * accepts no comments; StatusError if it may not be read; those of the API.
 */
export async function findTarget(
  api: Api,
  replyTo: Payload['replyTo'],
  site: string,
  signal: AbortSignal,
): Promise<Target> {
  const location = locationOf(replyTo, site);
  if (location === undefined)
    throw new PermanentError(`the parent post is not on ${site}, the only site of this publisher`);
  const page = await findPage(api, location, replyTo, signal);
  if (page?.status !== 'publish') throw new PermanentError('the parent post no longer exists on the site');
  if (page.comment_status !== 'open') throw new PermanentError('the parent post is closed to comments');
  if (location.comment !== undefined) await checkComment(api, location.comment, page, signal);
  return { post: page.id, parent: location.comment ?? 0, url: page.link };
}

/** Looks the page up by its number, then by its slug: among the posts, then among the pages. */
async function findPage(
  api: Api,
  { post, slug }: Location,
  item: Payload['replyTo'],
  signal: AbortSignal,
): Promise<Page | undefined> {
  for (const path of post === undefined ? [] : [`posts/${post}`, `pages/${post}`]) {
    const { status, json } = await api.call({ path, query: { _fields } }, signal);
    if (status === 401 || status === 403) throw faultOf({ status, json }, 'the parent post may not be read');
    const page = Page.safeParse(json).data;
    if (status === 200 && page && isItem(page, item)) return page;
  }
  if (slug === undefined) return undefined;
  for (const path of ['posts', 'pages']) {
    const { status, json } = await api.call({ path, query: { slug: decoded(slug), _fields } }, signal);
    if (status >= 400) throw faultOf({ status, json }, `the site rejects lookups of its posts: it answered ${status}`);
    const page = z
      .array(Page)
      .safeParse(json)
      .data?.find((one) => isItem(one, item));
    if (page) return page;
  }
  return undefined;
}

/** True if the page is the item: posts may share a slug, and numbers may be reused. */
function isItem({ link, guid }: Page, { id, url }: Payload['replyTo']): boolean {
  const names = [id, url ?? ''];
  return names.some((name) => isSamePage(name, link) || isSamePage(name, guid.rendered.replaceAll('&#038;', '&')));
}

async function checkComment(api: Api, comment: number, page: Page, signal: AbortSignal): Promise<void> {
  const call = { path: `comments/${comment}`, query: { _fields: 'id,post,status' } };
  const { status, json } = await api.call(call, signal);
  if (status === 401) throw faultOf({ status, json }, 'the parent comment may not be read');
  const found = status === 200 ? Comment.safeParse(json).data : undefined;
  if (found?.status !== 'approved' || found.post !== page.id)
    throw new PermanentError('the parent comment does not exist or is not public');
}

function decoded(slug: string): string {
  try {
    return decodeURIComponent(slug);
  } catch {
    return slug;
  }
}

/** What an item's addresses say about its place on a site. */
interface Location {
  /** The post's number, from `?p=5`. */
  readonly post: number | undefined;
  /** The last segment of the path. */
  readonly slug: string | undefined;
  /** The comment's number, from `#comment-7`. */
  readonly comment: number | undefined;
}

/**
 * Reads the address of an item, or its guid if it has none. Undefined: the item is not on the site. `id`: the guid, else the address (see the
 * rss platform).
 */
export function locationOf({ id, url }: Pick<Payload['replyTo'], 'id' | 'url'>, site: string): Location | undefined {
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
