import type { Payload } from '../../core/reply.ts';
import type { Client } from './client.ts';
import { costOfPosts, type Money, paid } from './money.ts';
import { fieldsOf, idAt, Posts, Tweet, unescaped } from './wire.ts';
import type { Account } from './to-post.ts';

/** Allows for clock skew: no reply is out before it was planned. */
const slackMs = 5 * 60_000;
const pageSize = 100;

export interface FindOptions {
  readonly client: Client;
  readonly money: Money;
  readonly account: NonNullable<Account>;
  readonly signal: AbortSignal;
}

/**
 * Searches the bot's own timeline for a reply, back to when it was planned. Returns its id; `absent` if it is not there; `cannot-tell` if
 * the bot has replied to the post with other words.
 */
export async function findReply(payload: Payload, options: FindOptions): Promise<string> {
  const { id, native, thread } = payload.replyTo;
  const parents = new Set([id, native?.['version'] ?? id]);
  let isDoubtful = false;
  for await (const tweet of ownPostsSince(payload.createdAt - slackMs, options)) {
    const isSame = wordsOf(tweet) === plain(payload.text);
    const parent = tweet.referenced_tweets.find(({ type }) => type === 'replied_to')?.id;
    if (payload.alone === true) {
      if (isSame && parent === undefined) return tweet.id;
    } else if (parent !== undefined) {
      // A parent that was edited since has another id, but the same thread.
      if (isSame && (parents.has(parent) || tweet.conversation_id === thread)) return tweet.id;
      if (parents.has(parent)) isDoubtful = true;
    }
  }
  return isDoubtful ? 'cannot-tell' : 'absent';
}

/** Newest first. Errors: a post that cannot be parsed, because it may be the wanted one. */
async function* ownPostsSince(time: number, { client, money, account, signal }: FindOptions): AsyncGenerator<Tweet> {
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
    const request = async () => (await client.get({ name: 'own posts', path, query }, Posts, signal)).body;
    const { data, meta } = await paid(money, pageSize * ownedRead, request, (body) => costOfPosts(body, ownedRead, 0));
    for (const raw of data) yield Tweet.parse(raw);
    token = meta.next_token;
  } while (token !== undefined);
}

/** The text as it was sent: X shortens URLs and prefixes a reply with the handles that it answers. */
function wordsOf(tweet: Tweet): string {
  const { text, entities } = tweet.note_tweet ?? tweet;
  let words = unescaped(text);
  for (const { url, expanded_url: address } of entities.urls) words = words.replaceAll(url, () => address ?? url);
  return plain(words);
}

/** Removes what X may change in a text. */
function plain(text: string): string {
  return (
    text
      .normalize('NFC')
      .replace(/^(?:@\w+\s+)+/, '')
      // X adds a missing scheme.
      .replaceAll(/https?:\/\//g, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
  );
}
