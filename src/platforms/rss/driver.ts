import { STATUS_CODES } from 'node:http';
import { dayMs } from '../../core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Page, Post, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { type Fetched, withoutSecrets } from '../../net/guarded-fetch.ts';
import { retryAfterMs } from '../../net/rate-limits.ts';
import type { Driver, DriverContext } from '../platform.ts';
import type { WebFeed } from './config.ts';
import { type FeedDocument, type FeedItem, readFeed } from './items.ts';
import { type FeedState, newItems, readState, writeState } from './new-items.ts';
import { idOf, type Origin, publishedAt, toPost } from './to-post.ts';

export const driver: Driver<WebFeed, never> = {
  async openFeed(config, context) {
    return {
      async *pages(after, signal) {
        const state = readState(after, config.url);
        const response = await context.fetch(config.url, { headers: conditions(state), signal, maxBytes, timeoutMs });
        if (response.status === 304) return;
        checkStatus(response, config.url, context.clock.now());
        const page = pageOf(response, state, config, context);
        if (page.posts.length + page.rejects.length > 0 || page.cursor !== after) yield page;
      },
      [Symbol.asyncDispose]: async () => {},
    };
  },
  async checkFeed({ url }, { fetch, clock }) {
    const { signal } = new AbortController();
    try {
      const response = await fetch(url, { headers: { accept }, signal, maxBytes, timeoutMs: checkTimeoutMs });
      checkStatus(response, url, clock.now());
      documentIn(response, url);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  },
};

const maxBytes = 5_000_000;
const timeoutMs = 60_000;
/** A person waits for the result. */
const checkTimeoutMs = 10_000;
const accept =
  'application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, application/json;q=0.9, */*;q=0.5';

function conditions(state: FeedState | undefined): Record<string, string> {
  return {
    accept,
    ...(state?.etag && { 'if-none-match': state.etag }),
    ...(state?.lastModified && { 'if-modified-since': state.lastModified }),
  };
}

/** Errors: RetryLater if the server names a time, PermanentError for 410, an Error for any other status but 2xx. */
function checkStatus({ status, headers }: Fetched, url: string, now: number): void {
  if (status >= 200 && status < 300) return;
  const message = `${withoutSecrets(url)} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  if (status === 410) throw new PermanentError(`${message}: the feed is closed for good`);
  const waitMs = retryAfterMs(headers, now);
  if ((status === 429 || status === 503) && waitMs !== undefined)
    throw new RetryLater(message, Math.min(Math.max(waitMs, 1000), dayMs));
  throw new Error(message);
}

function pageOf(response: Fetched, state: FeedState | undefined, config: WebFeed, context: DriverContext): Page {
  const now = context.clock.now();
  const { title, items } = documentIn(response, config.url);
  const origin: Origin = { title, url: config.url, host: new URL(config.url).host };
  const listed = items.map((item) => ({ item, id: idOf(item, origin), published: publishedAt(item, now) }));
  const fresh = newItems(listed, state?.seenItems, config, now);
  if (fresh.renumbered)
    context.notices.warn(`${withoutSecrets(config.url)} gave its old items new ids: they count as seen`);
  const read = fresh.items.map(({ item }) => readItem(item, origin, now));
  // Without validators: a response "304 Not Modified" would not list the waiting items again.
  const header = (name: string) => (fresh.waiting > 0 ? null : response.headers.get(name));
  const next = { seenItems: fresh.seenItems, etag: header('etag'), lastModified: header('last-modified') };
  return {
    posts: read.filter((one) => 'key' in one),
    rejects: read.filter((one) => 'reason' in one),
    cursor: writeState(next, config.url),
  };
}

function documentIn({ body, headers }: Fetched, url: string): FeedDocument {
  try {
    return readFeed(decodeFeed(body, headers.get('content-type')));
  } catch (error) {
    throw new Error(`${withoutSecrets(url)} is ${messageOf(error)}`, { cause: error });
  }
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
