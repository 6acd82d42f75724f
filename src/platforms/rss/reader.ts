import { answerTasks } from '../../core/thread.ts';
import type { Post, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { withoutSecrets } from '../../net/guarded-fetch.ts';
import { type FeedItem, readFeed } from './items.ts';
import { decodeFeed } from './charset.ts';
import { idsOf, timeIn, type Traits, traitsOf } from './identity.ts';
import { type Origin, toPost } from './to-post.ts';

/** A response to be read. */
export interface FeedResponse {
  readonly body: Uint8Array;
  readonly contentType: string | null;
  /** As configured. */
  readonly url: string;
  /** After redirects: base of relative links. */
  readonly base: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** The items of a document. */
export interface FeedReading {
  readonly items: readonly ReadItem[];
  /** The fault behind the last of them; null: none. */
  readonly fault: string | null;
}

/** An item of a feed: as a post, or why it is none. */
export interface ReadItem {
  /** What may name it within its feed, from the best to the surest: guid, link, hash of its content. */
  readonly ids: readonly string[];
  readonly traits: Traits;
  /** Milliseconds since the Unix epoch. */
  readonly published: number | null;
  readonly read: Post | Reject;
}

// A thread that reads feed documents: the parser takes quadratic time for some of them.
answerTasks(readDocument);

/** Errors: an Error that says what the body is instead of a feed. */
export function readDocument({ body, contentType, url, base, now }: FeedResponse): FeedReading {
  const { title, items, fault } = readFeed(decodeFeed(body, contentType));
  const origin: Origin = { title, url, base, host: new URL(url).host };
  return { items: items.map((item) => readItem(item, origin, now)), fault };
}

function readItem(item: FeedItem, origin: Origin, now: number): ReadItem {
  const ids = idsOf(item, origin);
  const time = timeIn(item);
  const post = toPost(item, origin, now);
  const read = 'fault' in post ? rejectOf(item, post.fault, origin) : post;
  const traits = traitsOf(item, 'key' in read ? read : undefined, { time, url: origin.url });
  return { ids, traits, published: time === null ? null : Math.min(time, now), read };
}

function rejectOf(item: FeedItem, reason: string, origin: Origin): Reject {
  const position = `${withoutSecrets(origin.url)} item ${(idsOf(item, origin)[0] ?? '').slice(0, 100)}`;
  const excerpt = storable(JSON.stringify({ guid: item.guid, published: item.dates[0] ?? null }).slice(0, 200));
  return { position, reason, excerpt };
}
