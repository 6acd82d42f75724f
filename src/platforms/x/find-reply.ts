import type { Payload } from '../../core/reply.ts';
import type { Client } from './client.ts';
import { costOfPosts, type Money, paid } from './money.ts';
import { fieldsOf, idAt, Posts, Tweet, unescaped } from './wire.ts';
import type { Account } from './to-post.ts';

/** Clocks differ; nothing of ours was out before it was planned. */
const slackMs = 5 * 60_000;
const pageSize = 100;

interface Terms {
  readonly client: Client;
  readonly money: Money;
  readonly account: NonNullable<Account>;
  readonly signal: AbortSignal;
}

/**
 * Looks for a reply in the bot's own timeline, back to when it was planned. Its id; `absent` where the whole way was looked through;
 * `cannot-tell` where something of ours stands under the post with other words.
 */
export async function findOwn(payload: Payload, terms: Terms): Promise<string> {
  const { id, native, thread } = payload.replyTo;
  const parents = new Set([id, native?.['version'] ?? id]);
  let isDoubtful = false;
  for await (const tweet of ownSince(payload.createdAt - slackMs, terms)) {
    const isSame = wordsOf(tweet) === plain(payload.text);
    const parent = tweet.referenced_tweets.find(({ type }) => type === 'replied_to')?.id;
    if (payload.alone === true) {
      if (isSame && parent === undefined) return tweet.id;
    } else if (parent !== undefined) {
      // A parent that was edited since is known by its thread.
      if (isSame && (parents.has(parent) || tweet.conversation_id === thread)) return tweet.id;
      if (parents.has(parent)) isDoubtful = true;
    }
  }
  return isDoubtful ? 'cannot-tell' : 'absent';
}

/** Newest first. A post of ours that cannot be read may be the one: that is an error. */
async function* ownSince(time: number, { client, money, account, signal }: Terms): AsyncGenerator<Tweet> {
  const path = `users/${account.id}/tweets`;
  const { ownedRead } = money.prices;
  let token: string | undefined;
  do {
    const query = {
      ...fieldsOf({ authors: false }),
      since_id: idAt(time),
      max_results: pageSize,
      ...(token !== undefined && { pagination_token: token }),
    };
    const ask = async () => (await client.get({ name: 'own posts', path, query }, Posts, signal)).body;
    const { data, meta } = await paid(money, pageSize * ownedRead, ask, (body) => costOfPosts(body, ownedRead, 0));
    for (const raw of data) yield Tweet.parse(raw);
    token = meta.next_token;
  } while (token !== undefined);
}

/** As it was sent: X shortens addresses, and puts whom it answers before the words of a reply. */
function wordsOf(tweet: Tweet): string {
  const { text, entities } = tweet.note_tweet ?? tweet;
  let words = unescaped(text);
  for (const { url, expanded_url: address } of entities.urls) words = words.replaceAll(url, () => address ?? url);
  return plain(words);
}

/** What X may change in a text. */
function plain(text: string): string {
  return (
    text
      .normalize('NFC')
      .replace(/^(?:@\w+\s+)+/, '')
      // Where none was written, X takes one for granted.
      .replaceAll(/https?:\/\//g, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
  );
}
