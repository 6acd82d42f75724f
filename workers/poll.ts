import type { FeedSource } from '../src/app/open-drivers.ts';
import type { App } from '../src/app.ts';
import { backoffMs } from '../src/core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../src/core/errors.ts';
import type { Cursor, Page, Post, Reject } from '../src/core/post.ts';
import {
  advanceFeed,
  type FeedHold,
  holdFeed,
  noteHealthy,
  releaseFeeds,
  renewHold,
  blockFeed,
} from '../src/ledger/feeds/feed-rows.ts';
import { type LeaseTimer, openLeaseTimer } from './lib/lease-timer.ts';
import { ingestPage, type Ingested, prefilter, type Filtered } from './lib/ingest.ts';
import type { Worker } from './lib/worker.ts';

/** A cursor that kept nothing is written this often: replaying is harmless, a disk flush a page is not. */
const cursorEveryMs = 5000;
const retry = { firstMs: 2000, maxMs: 15 * 60_000 };
/** A source that says it will never work as configured is still asked now and then: the operator may mend it over there. */
const hopelessMs = 60 * 60_000;

/** Reads what is new in a feed, keeps the posts that cite a cable, and rings for them. A feed that is being read is left alone. */
export const poll: Worker = {
  queue: 'poll',
  // Streams stay open.
  concurrency: 64,
  async work(app, name) {
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

/** Keeps the feeds of this process in its hands, however long a page takes. */
export async function renewHolds(app: App): Promise<void> {
  const leaseUntil = (await app.ledger.now()) + app.timeouts.feedLeaseMs;
  for (const source of app.feeds.values()) {
    const reading = readings.get(source);
    if (reading === undefined) continue;
    if (await app.ledger.transact((tx) => renewHold(tx, reading.hold, leaseUntil))) reading.leaseTimer.renew();
    else lose(source, reading);
  }
}

/** Writes every cursor that is not written yet and lets go of the feeds: before the process ends. */
export async function releaseAllFeeds(app: App): Promise<void> {
  for (const source of app.feeds.values()) {
    const reading = readings.get(source);
    if (reading === undefined) continue;
    await writeProgress(app, reading, { force: true });
    lose(source, reading);
  }
  await app.ledger.transact((tx) => releaseFeeds(tx, app.id));
}

/** A feed in our hands: where we are, and what the ledger does not know yet. */
interface Reading {
  readonly hold: FeedHold;
  cursor: Cursor | undefined;
  unwritten: { seen: number; since: number } | undefined;
  troubled: boolean;
  readonly leaseTimer: LeaseTimer;
}

const readings = new WeakMap<FeedSource, Reading>();
const busy = new WeakSet<FeedSource>();

async function read(app: App, source: FeedSource): Promise<void> {
  const reading = await claimFeed(app, source);
  if (reading === undefined) return;
  try {
    const feed = await source.open();
    const signal = AbortSignal.any([app.stopping, reading.leaseTimer.signal]);
    for await (const page of feed.pages(reading.cursor, signal)) {
      await take(app, source, reading, page);
      if (signal.aborted) break;
    }
    await writeProgress(app, reading, { force: false });
    await recover(app, reading);
    app.emit({ kind: 'read', feed: source.name });
  } catch (error) {
    const taken = reading.leaseTimer.signal.aborted;
    lose(source, reading);
    if (!app.stopping.aborted && !taken) await rest(app, reading.hold, error);
  }
  // What happened while nobody listened is the feed's to find.
  if (source.streamOf !== undefined && !app.stopping.aborted) await app.queue.enqueue('poll', source.streamOf);
}

/** The feed is in our hands no more: whatever still reads it ends. */
function lose(source: FeedSource, reading: Reading): void {
  reading.leaseTimer.end();
  if (readings.get(source) === reading) readings.delete(source);
}

async function claimFeed(app: App, source: FeedSource): Promise<Reading | undefined> {
  const current = readings.get(source);
  if (current !== undefined && !current.leaseTimer.signal.aborted) return current;
  const now = await app.ledger.now();
  const leaseMs = app.timeouts.feedLeaseMs;
  const hold = await app.ledger.transact((tx) => holdFeed(tx, { name: source.name, holder: app.id, leaseMs }, now));
  if (hold === undefined) return undefined;
  app.failpoint('poll: feed claimed');
  const leaseTimer = openLeaseTimer(leaseMs);
  const reading = { hold, cursor: hold.cursor, unwritten: undefined, troubled: hold.troubled, leaseTimer };
  readings.set(source, reading);
  return reading;
}

async function recover(app: App, reading: Reading): Promise<void> {
  if (!reading.troubled) return;
  const now = await app.ledger.now();
  await app.ledger.transact((tx) => noteHealthy(tx, reading.hold, now));
  reading.troubled = false;
}

async function take(app: App, source: FeedSource, reading: Reading, page: Page): Promise<void> {
  const filtered = prefilter(page, source);
  app.failpoint('poll: page read');
  const now = await app.ledger.now();
  reading.cursor = page.cursor;
  reading.unwritten = {
    seen: (reading.unwritten?.seen ?? 0) + page.posts.length,
    since: reading.unwritten?.since ?? now,
  };
  const writes = filtered.ingested.length + filtered.changes.length + page.rejects.length > 0;
  const { fresh, rejects, due } = writes ? await write(app, reading, filtered, page.rejects) : nothing;
  if (!writes) await writeProgress(app, reading, { force: false });
  app.failpoint('poll: page ingested');
  if (filtered.changes.length > 0) app.failpoint('follow: change ingested');
  for (const reject of rejects) app.emit({ kind: 'rejected', feed: source.name, reject });
  app.emit({ kind: 'polled', feed: source.name, seen: page.posts.length, ingested: fresh.length });
  await Promise.all(due.map(({ queue, key }) => app.queue.enqueue(queue, key)));
  app.failpoint('poll: enqueued');
}

interface Written extends Pick<Ingested, 'fresh' | 'due'> {
  readonly rejects: readonly Reject[];
}

const nothing: Written = { fresh: [], rejects: [], due: [] };

async function writeProgress(app: App, reading: Reading, { force }: { force: boolean }): Promise<void> {
  if (reading.unwritten === undefined) return;
  if (!force && (await app.ledger.now()) - reading.unwritten.since < cursorEveryMs) return;
  await write(app, reading, { ingested: [], changes: [] }, []);
}

/** One transaction: the posts, their changes, what could not be read, and the cursor behind them. */
async function write(app: App, reading: Reading, filtered: Filtered, unread: readonly Reject[]): Promise<Written> {
  const now = await app.ledger.now();
  const { cursor, hold, unwritten } = reading;
  const leaseMs = app.timeouts.feedLeaseMs;
  if (cursor === undefined) return nothing;
  const { withdrawWithSource } = app.config;
  const written = await app.ledger.transact(async (tx) => {
    const { fresh, contradicted, due } = await ingestPage(tx, hold.name, filtered, { now, withdrawWithSource });
    const rejects = [...unread, ...contradicted.map(contradiction)];
    const progress = {
      cursor,
      seen: unwritten?.seen ?? 0,
      ingested: fresh.length,
      rejects,
      recovered: reading.troubled,
    };
    if (await advanceFeed(tx, hold, progress, { now, leaseMs })) return { fresh, rejects, due };
    throw new RetryLater(`another process reads ${hold.name} now`, leaseMs);
  });
  reading.unwritten = undefined;
  reading.troubled = false;
  return written;
}

/** Two posts under one id: the first stays, and the second is not passed over in silence. */
function contradiction({ key }: Post): Reject {
  return {
    position: key,
    reason: 'a post with this id but another text is known already',
    // Its words are not kept: rejects stand longer than some platforms let texts be kept.
    excerpt: '',
  };
}

async function rest(app: App, hold: FeedHold, error: unknown): Promise<void> {
  const message = messageOf(error);
  const delayMs =
    error instanceof RetryLater
      ? error.delayMs
      : error instanceof PermanentError
        ? hopelessMs
        : backoffMs(hold.failures, retry);
  const now = await app.ledger.now();
  const failed = !(error instanceof RetryLater);
  await app.ledger.transact((tx) => blockFeed(tx, hold, { error: message, failed, now, dueAt: now + delayMs }));
  app.emit({
    kind: 'error',
    what: hold.name,
    feed: hold.name,
    message: `${message}; next try in ${Math.ceil(delayMs / 1000)} s`,
  });
}
