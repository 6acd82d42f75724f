import type { FeedSource } from '../src/app/open-drivers.ts';
import type { App } from '../src/app.ts';
import { weakCountsIn } from '../src/app/read-rules.ts';
import { backoffMs } from '../src/core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../src/core/errors.ts';
import { type Cursor, type Page, type Post, type Reject, shortId } from '../src/core/post.ts';
import {
  advanceFeed,
  type FeedLease,
  leaseFeed,
  feedRows,
  recordHealthy,
  releaseFeeds,
  renewFeedLease,
  blockFeed,
} from '../src/ledger/feeds/feed-rows.ts';
import { countUnreadable } from '../src/ledger/feeds/unreadable.ts';
import { ingestPage, type Ingested, prefilter, type Filtered, withoutStrangers } from './lib/ingest.ts';
import type { Worker } from './lib/worker.ts';

/** How often a cursor is written if nothing was ingested: replaying is harmless, but a disk flush for each page is slow. */
const cursorEveryMs = 5000;
const retry = { firstMs: 2000, maxMs: 15 * 60_000 };
/** Retry after a permanent error: the operator may fix the cause at the source. */
const permanentRetryMs = 60 * 60_000;

type PollApp = Pick<
  App,
  'id' | 'clock' | 'config' | 'ledger' | 'queue' | 'feeds' | 'timeouts' | 'stopping' | 'emit' | 'failpoint'
>;

/** Reads the new posts of a feed, ingests those that cite a cable, and enqueues them. Skips a feed that is being read. */
export const poll: Worker<PollApp> = {
  queue: 'poll',
  // Streams stay open.
  concurrency: 64,
  async work(app: PollApp, name) {
    const source = app.feeds.get(name);
    if (source === undefined || busy.has(source)) return;
    busy.add(source);
    try {
      await read(app, source);
    } finally {
      busy.delete(source);
    }
  },
};

/** True once, when the wait of a feed that failed is over: `every` may be much longer than that. */
export function retryIsDue(source: FeedSource, now: number): boolean {
  const due = retries.get(source);
  // A wait longer than the whole delay: the clock was set back.
  if (due === undefined || (now < due.at && due.at - now <= due.delayMs)) return false;
  retries.delete(source);
  return true;
}

/** Renews the leases of the feeds that this process reads, so that a slow page does not lose them. */
export async function renewHolds(app: Pick<App, 'feeds' | 'ledger' | 'timeouts'>): Promise<void> {
  const leaseUntil = (await app.ledger.now()) + app.timeouts.feedLeaseMs;
  for (const source of app.feeds.values()) {
    const reading = readings.get(source);
    if (reading === undefined) continue;
    if (await app.ledger.transact((tx) => renewFeedLease(tx, reading.hold, leaseUntil))) reading.leaseTimer.renew();
    else release(source, reading);
  }
}

/** Writes the remaining cursors and releases the feeds, before the process ends. */
export async function releaseAllFeeds(app: PollApp): Promise<void> {
  for (const source of app.feeds.values()) {
    const reading = readings.get(source);
    if (reading === undefined) continue;
    await writeProgress(app, reading, { force: true });
    release(source, reading);
  }
  await app.ledger.transact((tx) => releaseFeeds(tx, app.id));
}

/** A feed that this process reads: its position, and the progress that is not in the ledger yet. */
interface Reading {
  /** The configured feed: a stream reads for the feed beside it. */
  readonly feed: string;
  readonly hold: FeedLease;
  cursor: Cursor | undefined;
  unwritten: { seen: number; since: number } | undefined;
  troubled: boolean;
  /** False: something of its last page could be read. */
  unreadable: boolean;
  readonly leaseTimer: ReturnType<typeof openLeaseTimer>;
}

/** When feeds that are blocked in the ledger are due again, by the clock of this process. */
const retries = new WeakMap<FeedSource, { readonly at: number; readonly delayMs: number }>();
const readings = new WeakMap<FeedSource, Reading>();
const busy = new WeakSet<FeedSource>();

async function read(app: PollApp, source: FeedSource): Promise<void> {
  const reading = await claimFeed(app, source);
  if (reading === undefined) return;
  try {
    const feed = await source.open();
    const signal = AbortSignal.any([app.stopping, reading.leaseTimer.signal]);
    for await (const page of feed.pages(reading.cursor, signal)) {
      await ingest(app, source, reading, page);
      if (signal.aborted) break;
    }
    await writeProgress(app, reading, { force: false });
    if (reading.troubled) {
      const now = await app.ledger.now();
      await app.ledger.transact((tx) => recordHealthy(tx, reading.hold, now));
      reading.troubled = false;
    }
    app.emit({ kind: 'read', feed: source.name });
  } catch (error) {
    const isTakenOver = reading.leaseTimer.signal.aborted;
    release(source, reading);
    if (!app.stopping.aborted && !isTakenOver) await postpone(app, source, { hold: reading.hold, error });
  }
  // The poll feed fills the gap that the closed stream leaves.
  if (source.streamOf !== undefined && !app.stopping.aborted) await app.queue.enqueue('poll', source.streamOf);
}

/** Ends the reading of a feed in this process. */
function release(source: FeedSource, reading: Reading): void {
  reading.leaseTimer.end();
  if (readings.get(source) === reading) readings.delete(source);
}

async function claimFeed(app: PollApp, source: FeedSource): Promise<Reading | undefined> {
  const current = readings.get(source);
  if (current !== undefined && !current.leaseTimer.signal.aborted) return current;
  const from = app.clock.now();
  const now = await app.ledger.now();
  const leaseMs = app.timeouts.feedLeaseMs;
  const hold = await app.ledger.transact((tx) => leaseFeed(tx, { name: source.name, holder: app.id, leaseMs }, now));
  if (hold === undefined) {
    // It may be blocked since before this process began, or by another one.
    const row = (await feedRows(app.ledger.db)).find(({ name }) => name === source.name);
    if (row !== undefined && row.due_at > now) retryIn(source, from, row.due_at - now);
    return undefined;
  }
  app.failpoint('poll: feed claimed');
  const leaseTimer = openLeaseTimer(leaseMs);
  const { cursor, troubled } = hold;
  const feed = source.streamOf ?? source.name;
  const reading = { feed, hold, cursor, unwritten: undefined, troubled, unreadable: true, leaseTimer };
  readings.set(source, reading);
  return reading;
}

function retryIn(source: FeedSource, from: number, delayMs: number): void {
  retries.set(source, { at: from + delayMs, delayMs });
}

/** Part of the lease after which the work is aborted; the rest is time to wind down. */
const leaseShare = 0.8;

/** Aborts `signal` before a lease expires, even if the ledger cannot be reached: another process may hold the lease after that. */
function openLeaseTimer(leaseMs: number) {
  const ended = new AbortController();
  const end = () => {
    clearTimeout(timer);
    ended.abort(new Error('another process may hold it now'));
  };
  const timer = setTimeout(end, leaseMs * leaseShare);
  timer.unref();
  /** Call `renew` after the lease was extended. */
  return { signal: ended.signal, renew: () => void timer.refresh(), end };
}

async function ingest(app: PollApp, source: FeedSource, reading: Reading, page: Page): Promise<void> {
  const filtered = await withoutStrangers(app.ledger.db, await prefilter(page, source, app.clock.now()));
  app.failpoint('poll: page read');
  const now = await app.ledger.now();
  reading.cursor = page.cursor;
  reading.unwritten ??= { seen: 0, since: now };
  reading.unwritten.seen += page.posts.length;
  const writes = filtered.ingested.length + filtered.changes.length + page.rejects.length > 0;
  const { fresh, rejects, due } = writes ? await write(app, reading, filtered, page.rejects) : nothing;
  if (!writes) await writeProgress(app, reading, { force: false });
  // A stream brings items one by one: a stranger's nonsense is all of an answer.
  if (source.streamOf === undefined)
    reading.unreadable = await countUnreadable(app.ledger, source.name, page, reading.unreadable);
  app.failpoint('poll: page ingested');
  if (filtered.changes.length > 0) app.failpoint('follow: change ingested');
  for (const reject of rejects) app.emit({ kind: 'rejected', feed: source.name, reject });
  app.emit({ kind: 'polled', feed: source.name, seen: page.posts.length, ingested: fresh.length });
  await Promise.all(due.map(({ queue, key }) => app.queue.enqueue(queue, key)));
  app.failpoint('poll: enqueued');
}

type Written = Pick<Ingested, 'fresh' | 'due'> & { readonly rejects: readonly Reject[] };
const nothing: Written = { fresh: [], rejects: [], due: [] };

async function writeProgress(app: PollApp, reading: Reading, { force }: { force: boolean }): Promise<void> {
  if (reading.unwritten === undefined) return;
  if (!force && (await app.ledger.now()) - reading.unwritten.since < cursorEveryMs) return;
  await write(app, reading, { ingested: [], changes: [] }, []);
}

/** Writes posts, changes, rejects and the cursor in one transaction. */
async function write(app: PollApp, reading: Reading, filtered: Filtered, unread: readonly Reject[]): Promise<Written> {
  const now = await app.ledger.now();
  const { cursor, hold, unwritten } = reading;
  const leaseMs = app.timeouts.feedLeaseMs;
  if (cursor === undefined) return nothing;
  const { withdrawWithSource } = app.config.replies;
  const weakCounts = (post: Post, feed: string) => weakCountsIn(app.config, post, feed);
  const terms = { now, withdrawWithSource, weakCounts };
  const written = await app.ledger.transact(async (tx) => {
    const { fresh, contradicted, due } = await ingestPage(tx, reading.feed, filtered, terms);
    const rejects = [...unread, ...contradicted.map(contradiction)];
    const { troubled: recovered } = reading;
    const progress = { cursor, seen: unwritten?.seen ?? 0, ingested: fresh.length, rejects, recovered };
    if (await advanceFeed(tx, hold, progress, { now, leaseMs })) return { fresh, rejects, due };
    throw new RetryLater(`another process reads ${hold.name} now`, leaseMs);
  });
  reading.unwritten = undefined;
  reading.troubled = false;
  return written;
}

/** Two posts with the same id: the first stays. Without an excerpt, as platforms limit how long texts are stored, and rejects are stored longer. */
function contradiction({ key }: Post): Reject {
  return {
    position: `post ${shortId(key)}`,
    reason: 'a post with this id but another text is already stored',
    excerpt: '',
  };
}

async function postpone(
  app: PollApp,
  source: FeedSource,
  { hold, error }: { hold: FeedLease; error: unknown },
): Promise<void> {
  const failed = !(error instanceof RetryLater);
  const failureDelayMs = error instanceof PermanentError ? permanentRetryMs : backoffMs(hold.failures, retry);
  const delayMs = failed ? failureDelayMs : error.delayMs;
  const from = app.clock.now();
  const now = await app.ledger.now();
  const reason = messageOf(error);
  await app.ledger.transact((tx) => blockFeed(tx, hold, { error: reason, failed, now, dueAt: now + delayMs }));
  retryIn(source, from, delayMs);
  const message = `${reason}; next try in ${Math.ceil(delayMs / 1000)} s`;
  app.emit({ kind: 'error', what: hold.name, feed: hold.name, message });
}
