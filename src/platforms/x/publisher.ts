import twitter from 'twitter-text';
import { PermanentError } from '../../core/errors.ts';
import { noCaps } from '../../core/limits.ts';
import type { Payload } from '../../core/reply.ts';
import { beforeSending, throwIfStopping } from '../../net/never-sent.ts';
import type { DriverContext, Publisher, TextLimits } from '../platform.ts';
import { Client, keysOf, type Transport } from './client.ts';
import { limits as declared, type XPublisher } from './config.ts';
import { type FindOptions, findReply } from './find-reply.ts';
import type { Money } from './money.ts';
import { lookUpOne } from './recheck.ts';
import { addresses } from './to-post.ts';
import { Created } from './wire.ts';

export function openPublisher(
  config: XPublisher,
  context: DriverContext,
  transport: Transport,
): Publisher & AsyncDisposable {
  const { account, prices } = config;
  const client = new Client(keysOf(config), context, transport);
  const money: Money = { budget: context.budget, caps: noCaps, prices };

  return {
    limits,
    // X has no idempotency keys. It rejects duplicate texts, but does not document for how long.
    repeat: 'doubles',
    self: account.id,
    price: (payload) => priceOf(payload, prices),
    async publish(payload, signal) {
      const find = () => answerable(payload, { client, money, account, signal });
      const parent = payload.alone === true ? undefined : await beforeSending(signal, find);
      throwIfStopping(signal);
      const body = { text: payload.text, ...(parent !== undefined && { reply: { in_reply_to_tweet_id: parent } }) };
      const { id } = (await client.post({ name: 'post', path: 'tweets', body }, Created, signal)).body.data;
      return { id, url: urlOf(id) };
    },
    async find(payload, signal) {
      const found = await findReply(payload, { client, money, account, signal });
      return found === 'absent' || found === 'cannot-tell' ? found : { id: found, url: urlOf(found) };
    },
    async withdraw({ id }, signal) {
      try {
        await client.delete({ name: 'deletion', path: `tweets/${id}` }, signal);
      } catch (error) {
        // 404: already deleted.
        if (!(error instanceof PermanentError && / with 404/.test(error.message))) throw error;
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function priceOf({ alone, text }: Payload, prices: XPublisher['prices']): number {
  const url = hasUrl(text);
  if (alone === true) return url ? prices.postWithUrl : prices.post;
  return url ? prices.summonedReplyWithUrl : prices.summonedReply;
}

/** Looks the parent up and returns the id of its newest version. Errors: PermanentError if it cannot be answered. */
async function answerable({ replyTo }: Payload, options: FindOptions): Promise<string> {
  const parent = await lookUpOne(replyTo.native?.['version'] ?? replyTo.id, options);
  if (parent === undefined) throw new PermanentError('the parent post is deleted or no longer public');
  if (!addresses(parent, options.account))
    throw new PermanentError('the parent post neither mentions nor quotes the bot, so X allows no reply');
  return parent.edit_history_tweet_ids.at(-1) ?? parent.id;
}

function urlOf(id: string): string {
  return `https://x.com/i/status/${id}`;
}

/** X weighs characters: any URL counts 23, an emoji 2, and a character of most other scripts than Latin 2. */
export const limits: TextLimits = {
  ...declared,
  length: (text) => twitter.parseTweet(text).weightedLength,
};

/** True if X finds a URL in it, which raises the price. */
export function hasUrl(text: string): boolean {
  return twitter.extractUrls(text).length > 0;
}
