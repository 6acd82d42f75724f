import twitter from 'twitter-text';
import { PermanentError } from '../../core/errors.ts';
import { noCaps } from '../../core/limits.ts';
import type { Payload } from '../../core/reply.ts';
import { beforeSending } from '../../net/never-sent.ts';
import type { DriverContext, Publisher, TextLimits } from '../platform.ts';
import { keysOf, openClient, unlessStopped, type Ways } from './client.ts';
import { limits as usual, type XPublisher } from './config.ts';
import { findOwn } from './find-reply.ts';
import type { Money } from './money.ts';
import { lookUpOne } from './recheck.ts';
import { addresses } from './to-post.ts';
import { Created } from './wire.ts';

export function openPublisher(config: XPublisher, context: DriverContext, ways: Ways): Publisher & AsyncDisposable {
  const { clock, budget } = context;
  const { account, prices } = config;
  const client = openClient(keysOf(config), { clock, ...ways });
  const money: Money = { budget, caps: noCaps, prices };

  /** What is answered, as it is now. Errors: PermanentError where it cannot be answered any more. */
  async function parentOf({ replyTo }: Payload, signal: AbortSignal): Promise<string> {
    const asked = replyTo.native?.['version'] ?? replyTo.id;
    const parent = await lookUpOne(asked, { client, money, signal });
    if (parent === undefined)
      throw new PermanentError('the post that it answers is gone, or not for everybody any more');
    if (!addresses(parent, account))
      throw new PermanentError('the post neither mentions nor quotes the bot, so X lets nobody answer it');
    return parent.edit_history_tweet_ids.at(-1) ?? parent.id;
  }

  return {
    limits,
    // X has no key for repeats. It refuses the same text twice, but says nowhere for how long.
    repeat: 'doubles',
    self: account.id,
    price({ alone, text }) {
      const url = hasUrl(text);
      if (alone === true) return url ? prices.postWithUrl : prices.post;
      return url ? prices.summonedReplyWithUrl : prices.summonedReply;
    },
    async publish(payload, signal) {
      unlessStopped(signal);
      const parent = payload.alone === true ? undefined : await beforeSending(signal, () => parentOf(payload, signal));
      unlessStopped(signal);
      const body = { text: payload.text, ...(parent !== undefined && { reply: { in_reply_to_tweet_id: parent } }) };
      const { id } = (await client.post({ name: 'post', path: 'tweets', body }, Created, signal)).body.data;
      return { id, url: urlOf(id) };
    },
    async find(payload, signal) {
      const found = await findOwn(payload, { client, money, account, signal });
      return found === 'absent' || found === 'cannot-tell' ? found : { id: found, url: urlOf(found) };
    },
    async withdraw({ id }, signal) {
      try {
        await client.delete({ name: 'deletion', path: `tweets/${id}` }, signal);
      } catch (error) {
        // Gone already is as good as gone now.
        if (!(error instanceof PermanentError && / with 404/.test(error.message))) throw error;
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function urlOf(id: string): string {
  return `https://x.com/i/status/${id}`;
}

/** X counts by weight: a URL is 23 however long, an emoji 2, most of what is not Latin 2 a character. */
export const limits: TextLimits = {
  ...usual,
  length: (text) => twitter.parseTweet(text).weightedLength,
};

/** Whether X finds a URL in it, which makes it dear. */
export function hasUrl(text: string): boolean {
  return twitter.extractUrls(text).length > 0;
}
