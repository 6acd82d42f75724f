import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { beforeSending, throwIfStopping } from '../../net/never-sent.ts';
import type { DriverContext, Publisher } from '../platform.ts';
import { type Account, type Answer, type Api, openApi, readAccount, refusalIn, wordsOf } from './api.ts';
import { Comment, findComment, htmlOf } from './comments.ts';
import { limits, type WordpressPublisher } from './config.ts';
import { type Target, findTarget } from './comment-pages.ts';

/** WordPress lets non-moderators comment every 15 seconds. */
const floodMs = 20_000;

/** The site as the bot's account sees it. */
interface Site {
  readonly url: string;
  readonly api: Api;
  readonly account: Account;
  readonly notices: DriverContext['notices'];
}

export async function openPublisher(
  config: WordpressPublisher,
  context: DriverContext,
): Promise<Publisher & AsyncDisposable> {
  const api = openApi(config, context);
  const account = await readAccount(api, AbortSignal.timeout(30_000));
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
      const current = underWay.get(payload.key);
      if (current) return await current;
      const publishing = publish(site, payload, signal).finally(() => underWay.delete(payload.key));
      underWay.set(payload.key, publishing);
      return await publishing;
    },
    find: (payload, signal) => find(site, payload, signal),
    withdraw: ({ id }, signal) => deleteComment(api, id, signal),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function publish(site: Site, payload: Payload, signal: AbortSignal): Promise<Published> {
  const { url, api, account, notices } = site;
  if (payload.alone) throw new PermanentError('a comment needs a parent post');
  const target = await beforeSending(signal, () => findTarget(api, payload.replyTo, url, signal));
  const body = { post: target.post, parent: target.parent, content: htmlOf(payload.text) };
  const { status, json } = await api.call({ method: 'POST', path: 'comments', body }, signal);
  if (status === 201 || status === 200) return publishedAs(Comment.parse(json), notices);
  if (refusalIn(json)?.code !== 'comment_duplicate') throw refusalOf({ status, json });
  const found = await findComment(api, account, target, payload, signal);
  if (found) return { id: String(found.id), url: found.link };
  // The refusal proves that the comment exists.
  notices.warn(`${target.url}: the same comment exists, but is not public: it is pending, or counts as spam`);
  return { id: unseen, url: target.url };
}

async function find({ url, api, account }: Site, payload: Payload, signal: AbortSignal): ReturnType<Publisher['find']> {
  signal.throwIfAborted();
  let target: Target;
  try {
    target = await findTarget(api, payload.replyTo, url, signal);
  } catch (error) {
    // Without the parent the comment cannot be looked up.
    if (error instanceof PermanentError) return 'cannot-tell';
    throw error;
  }
  const found = await findComment(api, account, target, payload, signal);
  if (found) return { id: String(found.id), url: found.link };
  // Non-moderators do not see pending comments.
  return account.moderates ? 'absent' : 'cannot-tell';
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
  throw new PermanentError(`the site refuses to delete the comment: it answered ${status}${wordsOf(json)}`);
}

function publishedAs({ id, link, status }: Comment, notices: DriverContext['notices']): Published {
  if (status === 'hold') notices.warn(`${link} waits for the site’s moderators`);
  if (status === 'spam') notices.warn(`the site treats ${link} as spam: ask its owner`);
  return { id: String(id), url: link };
}

/** Stands for an unknown id. */
const unseen = 'unseen';

function refusalOf({ status, json }: Answer): Error {
  const message = `the site refuses: it answered ${status}${wordsOf(json)}`;
  return refusalIn(json)?.code === 'comment_flood'
    ? new RetryLater(message, floodMs, { account: true })
    : new PermanentError(message);
}
