import { answerTasks } from '../../core/thread.ts';
import type { Post, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { withoutSecrets } from '../../net/guarded-fetch.ts';
import { type FeedItem, readFeed } from './items.ts';
import { idOf, type Origin, publishedAt, toPost } from './to-post.ts';

/** A response to be read. */
export interface FeedResponse {
  readonly body: Uint8Array;
  readonly contentType: string | null;
  /** As configured. */
  readonly url: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** An item of a feed: as a post, or why it is none. */
export interface ReadItem {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly published: number | null;
  readonly read: Post | Reject;
}

// A thread that reads feed documents: the parser takes quadratic time for some of them.
answerTasks(itemsOf);

/** Errors: an Error that says what the body is instead of a feed. */
function itemsOf({ body, contentType, url, now }: FeedResponse): ReadItem[] {
  const { title, items } = readFeed(decodeFeed(body, contentType));
  const origin: Origin = { title, url, host: new URL(url).host };
  return items.map((item) => ({
    id: idOf(item, origin),
    published: publishedAt(item, now),
    read: readItem(item, origin, now),
  }));
}

function readItem(item: FeedItem, origin: Origin, now: number): Post | Reject {
  const post = toPost(item, origin, now);
  if (!('fault' in post)) return post;
  const position = `${withoutSecrets(origin.url)} item ${idOf(item, origin).slice(0, 100)}`;
  const excerpt = storable(JSON.stringify({ guid: item.guid, published: item.published }).slice(0, 200));
  return { position, reason: post.fault, excerpt };
}

/** Decodes a feed by its byte order mark, the header's charset or the XML declaration, else as UTF-8. Malformed bytes become U+FFFD. */
function decodeFeed(body: Uint8Array, contentType: string | null): string {
  const labels = [byteOrderMark(body), headerCharset(contentType), declaredCharset(body), 'utf-8'];
  for (const label of labels) {
    if (label === null) continue;
    try {
      return new TextDecoder(label).decode(body);
    } catch {
      // An unknown label: try the next.
    }
  }
  return '';
}

function byteOrderMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

function headerCharset(contentType: string | null): string | null {
  return /;\s{0,9}charset="?([\w:.-]{1,40})/i.exec(contentType ?? '')?.[1] ?? null;
}

function declaredCharset(body: Uint8Array): string | null {
  const start = Buffer.from(body.subarray(0, 200)).toString('latin1');
  return /^\s{0,20}<\?xml[^>]{0,100}encoding\s{0,9}=\s{0,9}["']([\w:.-]{1,40})/.exec(start)?.[1] ?? null;
}
