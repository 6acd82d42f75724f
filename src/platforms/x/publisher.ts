import twitter from 'twitter-text';
import { PermanentError } from '../../core/errors.ts';
import { noCaps } from '../../core/limits.ts';
import type { Payload } from '../../core/reply.ts';
import { throwIfStopping } from '../../net/never-sent.ts';
import type { DriverContext, LostReply, Publisher, TextLimits } from '../platform.ts';
import { answerIn, beforeSending, sending } from '../shared/answers.ts';
import { Client, keysOf, type Transport } from './client.ts';
import { limits as declared, type XPublisher } from './config.ts';
import { openCharged, paying, type Reader, readPosts } from './money.ts';
import { lookUpOne } from './recheck.ts';
import { addresses } from './to-post.ts';
import { Created, fieldsOf, idAt, Tweet } from './wire.ts';

interface BotReader extends Reader {
  readonly account: XPublisher['account'];
}

export function openPublisher(
  config: XPublisher,
  context: DriverContext,
  transport: Transport,
): Publisher & AsyncDisposable {
  const { account, prices } = config;
  const client = new Client(keysOf(config), context, transport);
  const charged = openCharged(context.clock, prices.onceADay);
  const money = { budget: context.budget, caps: noCaps, prices, charged };
  const reader: BotReader = { client, money, account };
  return {
    limits,
    // X has no idempotency keys. It rejects duplicate texts, but does not document for how long.
    repeat: 'doubles',
    self: account.id,
    price: (payload) => priceOf(payload, prices),
    async publish(payload, signal) {
      const find = () => answerable(payload, reader, signal);
      const parent = payload.alone === true ? undefined : await beforeSending(signal, find);
      throwIfStopping(signal);
      const body = { text: payload.text, ...(parent !== undefined && { reply: { in_reply_to_tweet_id: parent } }) };
      const post = { name: 'post', path: 'tweets', body };
      const { id } = (await sending(() => client.post(post, Created, signal))).body.data;
      return { id, url: urlOf(id) };
    },
    async find(payload, signal, lost) {
      const found = await findReply(payload, reader, signal, lost);
      return found === 'absent' || found === 'cannot-tell' ? found : { id: found, url: urlOf(found) };
    },
    async withdraw({ id }, signal) {
      try {
        await paying(money, prices.deletion, () => client.delete({ name: 'deletion', path: `tweets/${id}` }, signal));
      } catch (error) {
        const answer = answerIn(error);
        // X's own 404: already deleted. The error page of a proxy proves nothing.
        if (answer?.status !== 404 || answer.error === undefined) throw error;
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
async function answerable({ replyTo }: Payload, reader: BotReader, signal: AbortSignal): Promise<string> {
  const parent = await lookUpOne(replyTo.native?.['version'] ?? replyTo.id, reader, signal);
  if (parent === undefined) throw new PermanentError('the parent post is deleted or no longer public');
  if (!addresses(parent, reader.account))
    throw new PermanentError('the parent post neither mentions nor quotes the bot, so X allows no reply');
  return parent.versions.at(-1) ?? parent.id;
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

/** Allows for clock skew: no reply is out before it was planned. */
const slackMs = 5 * 60_000;
const pageSize = 100;

/**
 * Searches the bot's own timeline for a reply, back to when it was planned. Returns its id; `absent` if it is not there; `cannot-tell` if
 * the bot has replied to the post with other words, or a post of its timeline cannot be read.
 */
async function findReply(payload: Payload, reader: BotReader, signal: AbortSignal, lost?: LostReply): Promise<string> {
  const { id, native, thread } = payload.replyTo;
  const parents = new Set([id, native?.['version'] ?? id]);
  let isDoubtful = false;
  for await (const tweet of ownPostsSince((lost?.since ?? payload.createdAt) - slackMs, reader, signal)) {
    if (tweet === undefined) {
      isDoubtful = true;
      continue;
    }
    const isSame = wordsOf(tweet) === plain(payload.text);
    const parent = tweet.references.find(({ type }) => type === 'replied_to')?.id;
    if (payload.alone === true) {
      if (isSame && parent === undefined) return tweet.id;
    } else if (parent !== undefined) {
      // A parent that was edited since has another id, but the same thread.
      if (isSame && (parents.has(parent) || tweet.conversation === thread)) return tweet.id;
      if (lost?.anyWords === true && parents.has(parent)) return tweet.id;
      if (parents.has(parent)) isDoubtful = true;
    }
  }
  return isDoubtful ? 'cannot-tell' : 'absent';
}

/** Newest first; undefined: a post that cannot be read, which may be the wanted one. */
async function* ownPostsSince(time: number, reader: BotReader, signal: AbortSignal): AsyncGenerator<Tweet | undefined> {
  const path = `users/${reader.account.id}/tweets`;
  const first = { ...fieldsOf({ authors: false, altTexts: false }), since_id: idAt(time), max_results: pageSize };
  const paid = { most: pageSize, price: reader.money.prices.ownedRead, user: 0 };
  let token: string | undefined;
  do {
    const query = { ...first, ...(token !== undefined && { pagination_token: token }) };
    const { data, meta } = await readPosts(
      reader,
      { ...paid, call: () => ({ name: 'own posts', path, query }) },
      signal,
    );
    for (const raw of data) yield Tweet.safeParse(raw).data;
    token = meta.next_token;
  } while (token !== undefined);
}

/** The text as it was sent: X shortens URLs and prefixes a reply with the handles that it answers. */
function wordsOf(tweet: Tweet): string {
  let words = tweet.text;
  for (const { url, expanded_url: address } of tweet.urls) if (url) words = words.replaceAll(url, () => address ?? url);
  return plain(words);
}

/** Removes what X may change in a text: the mentions before it, the schemes that it adds, and white space. */
function plain(text: string): string {
  const words = text.normalize('NFC').replace(/^(?:@\w+\s+)+/, '');
  return words
    .replaceAll(/https?:\/\//g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
