import { z } from 'zod';
import { PermanentError } from '../../core/errors.ts';
import type { Payload } from '../../core/reply.ts';
import { type Spot, isSamePage, spotOf } from './address.ts';
import { type Api, wordsOf } from './api.ts';

/** A post or page that can be commented on. */
export interface Target {
  readonly post: number;
  /** The comment that is answered; 0: the post itself. */
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

const fields = 'id,link,guid,status,comment_status';
const kinds = ['posts', 'pages'];

/**
 * The post, page or comment that is to be answered. Errors: PermanentError, in words for the operator, where it is not on the site, is gone
 * or takes no comments; those of the API.
 */
export async function findTarget(
  api: Api,
  replyTo: Payload['replyTo'],
  site: string,
  signal: AbortSignal,
): Promise<Target> {
  const spot = spotOf(replyTo, site);
  if (spot === undefined)
    throw new PermanentError(`what it answers is not on ${site}, the one site that this publisher answers`);
  const page = (await pageById(api, spot, replyTo, signal)) ?? (await pageBySlug(api, spot, replyTo, signal));
  if (page?.status !== 'publish') throw new PermanentError('the site has what it answers no more');
  if (page.comment_status !== 'open') throw new PermanentError('comments are closed there');
  if (spot.comment !== undefined) await checkComment(api, spot.comment, page, signal);
  return { post: page.id, parent: spot.comment ?? 0, url: page.link };
}

async function pageById(
  api: Api,
  { post }: Spot,
  item: Payload['replyTo'],
  signal: AbortSignal,
): Promise<Page | undefined> {
  if (post === undefined) return undefined;
  for (const kind of kinds) {
    const { status, json } = await api.call({ path: `${kind}/${post}`, query: { _fields: fields } }, signal);
    if (status === 401 || status === 403) throw new PermanentError(`the post may not be read${wordsOf(json)}`);
    const page = Page.safeParse(json).data;
    if (status === 200 && page && isMeant(page, item)) return page;
  }
  return undefined;
}

async function pageBySlug(
  api: Api,
  { slug }: Spot,
  item: Payload['replyTo'],
  signal: AbortSignal,
): Promise<Page | undefined> {
  if (slug === undefined) return undefined;
  for (const kind of kinds) {
    const query = { slug: decoded(slug), _fields: fields };
    const { status, json } = await api.call({ path: kind, query }, signal);
    if (status >= 400)
      throw new PermanentError(`the site does not let its posts be looked up: it answers ${status}${wordsOf(json)}`);
    const page = z
      .array(Page)
      .safeParse(json)
      .data?.find((one) => isMeant(one, item));
    if (page) return page;
  }
  return undefined;
}

/** Several posts may end alike, and a number may have been given anew. */
function isMeant({ link, guid }: Page, { id, url }: Payload['replyTo']): boolean {
  const names = [id, url ?? ''];
  return names.some((name) => isSamePage(name, link) || isSamePage(name, guid.rendered.replaceAll('&#038;', '&')));
}

async function checkComment(api: Api, comment: number, page: Page, signal: AbortSignal): Promise<void> {
  const { status, json } = await api.call(
    { path: `comments/${comment}`, query: { _fields: 'id,post,status' } },
    signal,
  );
  const found = status === 200 ? Comment.safeParse(json).data : undefined;
  if (found?.status !== 'approved' || found.post !== page.id)
    throw new PermanentError('the site has the comment that it answers no more, or does not show it');
}

function decoded(slug: string): string {
  try {
    return decodeURIComponent(slug);
  } catch {
    return slug;
  }
}
