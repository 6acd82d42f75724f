import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { beforeSending } from '../../net/never-sent.ts';
import type { DriverContext, Publisher } from '../platform.ts';
import { type Account, readAccount } from './account.ts';
import { type Answer, type Api, openApi, refusalIn, wordsOf } from './api.ts';
import { Comment, findComment, htmlOf } from './comments.ts';
import { limits, type WordpressPublisher } from './config.ts';
import { type Target, findTarget } from './comment-pages.ts';

/** WordPress lets who does not moderate write every 15 seconds. */
const floodMs = 20_000;

export async function openPublisher(
  config: WordpressPublisher,
  context: DriverContext,
): Promise<Publisher & AsyncDisposable> {
  const { site } = config;
  const api = openApi(config, context);
  const account = await readAccount(api, AbortSignal.timeout(30_000));
  const underWay = new Map<string, Promise<Published>>();

  async function publish(payload: Payload, signal: AbortSignal): Promise<Published> {
    if (payload.alone) throw new PermanentError('a comment answers something: it cannot stand alone');
    const target = await beforeSending(signal, () => findTarget(api, payload.replyTo, site, signal));
    const body = { post: target.post, parent: target.parent, content: htmlOf(payload.text) };
    const { status, json } = await api.call({ method: 'POST', path: 'comments', body }, signal);
    if (status === 201 || status === 200) return publishedAs(Comment.parse(json), context);
    if (refusalIn(json)?.code === 'comment_duplicate') {
      return await theOther({ api, account, target, payload, notices: context.notices }, signal);
    }
    throw refusalOf({ status, json });
  }

  return {
    limits: { ...limits, length: (text) => limits.length(htmlOf(text)) },
    // WordPress refuses the same words of the same account under the same post (409), and this process sends none twice at a time.
    repeat: 'harmless',
    // As its comments look in the site's feed.
    self: `${new URL(site).host}/${account.name}`,
    async publish(payload, signal) {
      if (signal.aborted) throw new RetryLater('stopped before it was sent', 0, { cause: signal.reason });
      const current = underWay.get(payload.key);
      if (current) return await current;
      const publishing = publish(payload, signal).finally(() => underWay.delete(payload.key));
      underWay.set(payload.key, publishing);
      return await publishing;
    },
    async find(payload, signal) {
      signal.throwIfAborted();
      let target: Target;
      try {
        target = await findTarget(api, payload.replyTo, site, signal);
      } catch (error) {
        // Where nothing can be answered any more, nothing can be looked up either.
        if (error instanceof PermanentError) return 'cannot-tell';
        throw error;
      }
      const found = await findComment(api, account, target, payload, signal);
      if (found) return { id: String(found.id), url: found.link };
      // Who does not moderate is not shown what waits.
      return account.moderates ? 'absent' : 'cannot-tell';
    },
    async withdraw({ id }, signal) {
      signal.throwIfAborted();
      if (id === unseen) throw new PermanentError('the site does not show the comment: its moderators must delete it');
      const path = `comments/${id}`;
      let { status, json } = await api.call({ method: 'DELETE', path }, signal);
      // A site that keeps no trash deletes for good, and wants to be told so.
      if (refusalIn(json)?.code === 'rest_trash_not_supported')
        ({ status, json } = await api.call({ method: 'DELETE', path, query: { force: 'true' } }, signal));
      if (status < 300 || status === 404 || status === 410) return;
      throw new PermanentError(`the site does not let the comment be taken back: it answers ${status}${wordsOf(json)}`);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function publishedAs({ id, link, status }: Comment, { notices }: DriverContext): Published {
  if (status === 'hold') notices.warn(`${link} waits for the site’s moderators`);
  if (status === 'spam') notices.warn(`${link} was taken for spam by the site: ask its owner`);
  return { id: String(id), url: link };
}

/** In the place of an id that nobody tells. */
const unseen = 'unseen';

interface Double {
  readonly api: Api;
  readonly account: Account;
  readonly target: Target;
  readonly payload: Payload;
  readonly notices: DriverContext['notices'];
}

/** The comment that WordPress calls the same as this one. */
async function theOther({ api, account, target, payload, notices }: Double, signal: AbortSignal): Promise<Published> {
  const found = await findComment(api, account, target, payload, signal);
  if (found) return { id: String(found.id), url: found.link };
  // A refusal of a double proves that it is there.
  notices.warn(`${target.url}: the same comment is there already, but not shown: it waits, or was taken for spam`);
  return { id: unseen, url: target.url };
}

function refusalOf({ status, json }: Answer): Error {
  const message = `the site refuses: it answers ${status}${wordsOf(json)}`;
  return refusalIn(json)?.code === 'comment_flood'
    ? new RetryLater(message, floodMs, { account: true })
    : new PermanentError(message);
}
