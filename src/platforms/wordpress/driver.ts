import { z } from 'zod';
import { dayMs } from '../../core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { throwIfStopping } from '../../net/never-sent.ts';
import type { Driver, DriverContext, LostReply, Publisher } from '../platform.ts';
import { beforeSending, judged, sending } from '../shared/answers.ts';
import { htmlToText } from '../shared/html.ts';
import { type Account, type Answer, type Api, faultOf, openApi, readAccount, refusalIn } from './api.ts';
import { type Target, findTarget } from './comment-pages.ts';
import { limits, type WordpressPublisher } from './config.ts';

export const driver: Driver<never, WordpressPublisher> = {
  openPublisher,
  async checkPublisher(config, context) {
    try {
      const { moderates } = await readAccount(openApi(config, context), AbortSignal.timeout(checkTimeoutMs));
      return moderates
        ? undefined
        : 'the account may comment only every 15 seconds; without the capability `moderate_comments` it can neither delete comments nor see its own pending ones';
    } catch (error) {
      return messageOf(error);
    }
  },
};

const checkTimeoutMs = 10_000;
/** WordPress lets non-moderators comment every 15 seconds. */
const floodMs = 20_000;

/** The site as the bot's account sees it. */
interface Site extends Pick<DriverContext, 'notices'> {
  readonly url: string;
  readonly api: Api;
  readonly account: Account;
}

async function openPublisher(config: WordpressPublisher, context: DriverContext): Promise<Publisher & AsyncDisposable> {
  const api = openApi(config, context);
  const opening = AbortSignal.timeout(30_000);
  const account = await beforeSending(opening, () => readAccount(api, opening));
  const site: Site = { url: config.site, api, account, notices: context.notices };
  const underWay = new Map<string, Promise<Published>>();
  return {
    limits: { ...limits, length: (text) => limits.length(htmlOf(text)) },
    // WordPress rejects a duplicate comment (409), and this process never sends one twice at a time.
    repeat: 'harmless',
    // The author of its comments in the site's feed.
    self: `${new URL(config.site).host}/${account.name}`,
    async publish(payload, signal) {
      throwIfStopping(signal);
      const { key } = payload;
      const publishing = underWay.get(key) ?? publish(site, payload, signal).finally(() => underWay.delete(key));
      underWay.set(key, publishing);
      return await publishing;
    },
    find: (payload, signal, lost) => find(site, payload, signal, lost),
    withdraw: ({ id }, signal) => deleteComment(api, id, signal),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function publish(site: Site, payload: Payload, signal: AbortSignal): Promise<Published> {
  const { url, api, notices } = site;
  if (payload.alone) throw new PermanentError('a comment needs a parent post');
  const target = await beforeSending(signal, () => findTarget(api, payload.replyTo, url, signal));
  const body = { post: target.post, parent: target.parent, content: htmlOf(payload.text) };
  const { status, json } = await sending(() => api.call({ method: 'POST', path: 'comments', body }, signal));
  if (status === 201 || status === 200) return publishedAs(Comment.parse(json), notices);
  if (refusalIn(json)?.code !== 'comment_duplicate') throw refusalOf({ status, json });
  const found = await findComment(site, target, payload, signal);
  if (typeof found === 'object') return found;
  // The refusal proves that the comment exists.
  notices.warn(`${target.url}: the same comment exists, but is not public: it is pending, or counts as spam`);
  return { id: unseen, url: target.url };
}

async function find(
  site: Site,
  payload: Payload,
  signal: AbortSignal,
  lost: LostReply | undefined,
): ReturnType<Publisher['find']> {
  signal.throwIfAborted();
  let target: Target;
  try {
    target = await findTarget(site.api, payload.replyTo, site.url, signal);
  } catch (error) {
    // Without the parent the comment cannot be looked up.
    if (judged(error, false) instanceof PermanentError) return 'cannot-tell';
    throw error;
  }
  const found = await findComment(site, target, payload, signal, lost);
  // Non-moderators do not see pending comments.
  return found === 'absent' && !site.account.moderates ? 'cannot-tell' : found;
}

async function deleteComment(api: Api, id: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (id === unseen) throw new PermanentError('the comment is not public: the site’s moderators must delete it');
  const path = `comments/${id}`;
  let { status, json } = await api.call({ method: 'DELETE', path }, signal);
  // A site without a trash requires `force`.
  if (refusalIn(json)?.code === 'rest_trash_not_supported')
    ({ status, json } = await api.call({ method: 'DELETE', path, query: { force: 'true' } }, signal));
  if (status < 300 || status === 404 || status === 410) return;
  throw faultOf({ status, json }, `the site refuses to delete the comment: it answered ${status}`);
}

function publishedAs({ id, link, status }: Comment, notices: DriverContext['notices']): Published {
  if (status === 'hold') notices.warn(`${link} waits for the site’s moderators`);
  if (status === 'spam') notices.warn(`the site treats ${link} as spam: ask its owner`);
  return { id: String(id), url: link };
}

/** Stands for an unknown id. */
const unseen = 'unseen';

function refusalOf(answer: Answer): unknown {
  const fault = faultOf(answer, `the site refuses: it answered ${answer.status}`);
  if (refusalIn(answer.json)?.code !== 'comment_flood') return judged(fault, true);
  return new RetryLater(fault.message, floodMs, { account: true, answered: true });
}

const Comment = z.object({
  id: z.int(),
  author: z.int(),
  parent: z.int(),
  link: z.string(),
  /** approved, hold, spam, trash. */
  status: z.string(),
  content: z.object({ rendered: z.string() }),
});
type Comment = z.infer<typeof Comment>;

const perPage = 100;
const maxPages = 20;

/** Escapes a text, because comments are HTML. */
function htmlOf(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Finds the account's own comment with the text of this payload; `cannot-tell`: a comment cannot be read, which may be the one. Errors: those of
 * the API; an Error for what is no list.
 */
async function findComment(
  { api, account }: Site,
  { post, parent }: Target,
  { text, createdAt }: Payload,
  signal: AbortSignal,
  lost?: LostReply,
): Promise<Published | 'absent' | 'cannot-tell'> {
  let isDoubtful = false;
  const wanted = lettersOf(text);
  for (let page = 1; page <= maxPages; page++) {
    const query = {
      post: String(post),
      per_page: String(perPage),
      page: String(page),
      order: 'asc',
      after: new Date((lost?.since ?? createdAt) - dayMs).toISOString(),
      // Only moderators may list pending comments.
      ...(account.moderates && { status: 'all', author: String(account.id) }),
    };
    const { status, json } = await api.call({ path: 'comments', query }, signal);
    if (status >= 400) throw faultOf({ status, json }, `the comments cannot be listed: the site answered ${status}`);
    const all = z.array(z.unknown()).parse(json);
    const listed = all.flatMap((one) => Comment.safeParse(one).data ?? []);
    isDoubtful ||= listed.length < all.length;
    const found = listed.find(
      (one) =>
        one.author === account.id &&
        one.parent === parent &&
        (lost?.anyWords === true || lettersOf(htmlToText(one.content.rendered).text) === wanted),
    );
    if (found) return { id: String(found.id), url: found.link };
    if (all.length < perPage) return isDoubtful ? 'cannot-tell' : 'absent';
  }
  throw new Error('there are too many comments to search');
}

/** Letters and digits only: WordPress rewrites quotation marks, dashes and crosses. */
function lettersOf(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll('×', 'x')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}
