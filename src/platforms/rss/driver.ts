import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { unlessAborted } from '../../core/async.ts';
import { dayMs, hourMs } from '../../core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Cursor, Page, Post, Reject } from '../../core/post.ts';
import { Thread, ThreadError } from '../../core/thread.ts';
import { type Fetched, withoutSecrets } from '../../net/guarded-fetch.ts';
import { retryAfterMs } from '../../net/rate-limits.ts';
import type { Driver, DriverContext } from '../platform.ts';
import type { WebFeed } from './config.ts';
import { type FeedState, readState, writeState } from './feed-state.ts';
import { named } from './identity.ts';
import { newItems } from './new-items.ts';
import { isExcerpt, withPage } from './excerpt-pages.ts';
import type { FeedReading, FeedResponse, ReadItem } from './reader.ts';

export const driver: Driver<WebFeed, never> = {
  async openFeed(config, context) {
    return {
      pages: (after, signal) => pages(after, signal, { config, context }),
      [Symbol.asyncDispose]: async () => {},
    };
  },
  async checkFeed({ url }, { fetch, clock, readingMs }) {
    const { signal } = new AbortController();
    try {
      const response = await fetch(url, { headers: { accept }, signal, maxBytes, timeoutMs: checkTimeoutMs });
      const now = clock.now();
      checkStatus(response, url, now);
      const reading = await readingOf(response, { url, now, signal, readingMs });
      if (reading instanceof ThreadError) return `${withoutSecrets(url)} ${reading.message}`;
      return reading.fault === null ? undefined : `${withoutSecrets(url)} is ${reading.fault}`;
    } catch (error) {
      return messageOf(error);
    }
  },
};

interface Source {
  readonly config: WebFeed;
  readonly context: DriverContext;
}

/** A document that takes too long is reported once as a reject, then the feed rests; it is not read again until it changes. */
async function* pages(after: Cursor | undefined, signal: AbortSignal, source: Source): AsyncIterable<Page> {
  const { url } = source.config;
  const { fetch, clock, readingMs } = source.context;
  const state = readState(after, url);
  const response = await fetch(url, { headers: conditions(state), signal, maxBytes, timeoutMs });
  const now = clock.now();
  const isUnchanged = response.status === 304;
  if (!isUnchanged) checkStatus(response, url, now);
  const unreadable = state?.unreadable ?? null;
  if (unreadable !== null && (isUnchanged || unreadable.hash === hashOf(response.body)))
    throw new PermanentError(`${withoutSecrets(url)} ${unreadable.reason}`);
  const before = state?.lookedAt ?? null;
  // To the hour: a cursor a poll would be much to write.
  const lookedAt = before !== null && now - before < hourMs ? before : now;
  if (isUnchanged) {
    if (state && state.lookedAt !== lookedAt)
      yield { posts: [], rejects: [], cursor: writeState({ ...state, lookedAt }, url) };
    return;
  }
  const reading = await readingOf(response, { url, now, signal, readingMs });
  if (reading instanceof ThreadError) {
    const reason = `${reading.message}: not read again until it changes`;
    const next = { ...validatorsOf(response.headers), unreadable: { hash: hashOf(response.body), reason } };
    const rejects = [{ position: withoutSecrets(url), reason, excerpt: '' }];
    const seenItems = state?.seenItems;
    yield { posts: [], rejects, cursor: writeState({ seenItems, ...next, damaged: null, lookedAt }, url) };
    throw new PermanentError(`${withoutSecrets(url)} ${reason}`);
  }
  const read = pageOf(reading, response, { ...source, state, lookedAt });
  const page = source.config.fetchPages ? { ...read, posts: await completed(read.posts, signal, source) } : read;
  if (page.posts.length + page.rejects.length > 0 || page.cursor !== after) yield page;
}

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

interface Looked extends Source {
  readonly state: FeedState | undefined;
  readonly lookedAt: number;
}

function pageOf({ items, fault }: FeedReading, { headers, body }: Fetched, looked: Looked): Page {
  const { state, lookedAt, config, context } = looked;
  const url = withoutSecrets(config.url);
  const fresh = newItems(items, state?.seenItems, config, context.clock.now());
  if (fresh.renumbered) context.notices.warn(`${url} gave its old items new ids: they count as seen`);
  const read = fresh.items.map(({ item, id }) => postOf(item, id, looked));
  // Without validators: a response "304 Not Modified" would not list the waiting items again, nor what stands behind the damage.
  const isWhole = fresh.waiting === 0 && fault === null;
  const validators = isWhole ? validatorsOf(headers) : { etag: null, lastModified: null };
  const damaged = fault === null ? null : hashOf(body);
  const faults = fault !== null && damaged !== state?.damaged ? [{ position: url, reason: fault, excerpt: '' }] : [];
  return {
    posts: read.filter((one) => 'key' in one),
    rejects: [...read.filter((one) => 'reason' in one), ...faults],
    cursor: writeState({ seenItems: fresh.seenItems, ...validators, unreadable: null, damaged, lookedAt }, config.url),
  };
}

/** An item without a date that is understood may be old: it is no younger than the latest look at the feed. */
function postOf({ read, published }: ReadItem, id: string, { state, config }: Looked): Post | Reject {
  if (!('key' in read)) return read;
  const createdAt = published ?? Math.min(read.createdAt, state?.lookedAt ?? read.createdAt);
  return { ...named(read, id, config.url), createdAt: Math.max(0, createdAt) };
}

/** Items whose page cannot be fetched keep their excerpt. */
async function completed(posts: readonly Post[], signal: AbortSignal, { config, context }: Source): Promise<Post[]> {
  const { host } = new URL(config.url);
  const whole: Post[] = [];
  for (const post of posts) {
    const isCut = isExcerpt(post.text) && URL.parse(post.url ?? '')?.host === host;
    const page = isCut ? await withPage(post, { fetch: context.fetch, signal }).catch(messageOf) : post;
    signal.throwIfAborted();
    if (typeof page === 'string')
      context.notices.warn(`${withoutSecrets(post.url ?? '')}: only the excerpt is read: ${page}`);
    whole.push(typeof page === 'string' ? post : page);
  }
  return whole;
}

function validatorsOf(headers: Headers): Pick<FeedState, 'etag' | 'lastModified'> {
  return { etag: headers.get('etag'), lastModified: headers.get('last-modified') };
}

function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}

const defaultReadingMs = 5000;
/** Few documents take more than a few milliseconds. */
const quickReadingMs = 500;

/** Reads the documents of all feeds, one after the other. What takes it too long goes to the patient one, and holds up only its like. */
const quickReader = openReader(quickReadingMs);
const patientReader = openReader(defaultReadingMs);

function openReader(deadlineMs: number) {
  const file = new URL('./reader.ts', import.meta.url);
  return new Thread<FeedResponse, FeedReading>(file, { deadlineMs, maxHeapMb: 512 });
}

async function readPatiently(response: FeedResponse, deadlineMs: number): Promise<FeedReading> {
  try {
    return await quickReader.run(response);
  } catch (error) {
    if (error instanceof ThreadError) return await patientReader.run(response, { deadlineMs });
    throw error;
  }
}

interface Asked {
  readonly url: string;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly readingMs: number | undefined;
}

/** A ThreadError if the document takes too much time or memory. Errors: an Error that says what the body is instead of a feed. */
async function readingOf(
  { url: base, body, headers }: Fetched,
  { url, now, signal, readingMs: deadlineMs = defaultReadingMs }: Asked,
): Promise<FeedReading | ThreadError> {
  const task = readPatiently({ body, contentType: headers.get('content-type'), url, base, now }, deadlineMs);
  try {
    return await unlessAborted(task, signal);
  } catch (error) {
    if (error instanceof ThreadError) return error;
    if (signal.aborted) throw error;
    throw new Error(`${withoutSecrets(url)} is ${messageOf(error)}`, { cause: error });
  }
}
