import type { FeedSource } from '../src/app/drivers.ts';
import type { App } from '../src/app.ts';
import { findCitations } from '../src/cables/find.ts';
import { backoffMs } from '../src/core/backoff.ts';
import { messageOf, PermanentError, RetryLater } from '../src/core/errors.ts';
import type { Cursor, Page, Post, Reject } from '../src/core/post.ts';
import { advanceFeed, type FeedHold, holdFeed, restFeed } from '../src/ledger/feeds.ts';
import { type KeptPost, keepPosts } from '../src/ledger/posts.ts';
import type { Worker } from './worker.ts';

const leaseMs = 60_000;
/** A cursor that kept nothing is written this often: replaying is harmless, a disk flush a page is not. */
const cursorEveryMs = 5000;
const retry = { firstMs: 2000, maxMs: 15 * 60_000 };
/** A source that says it will never work as configured is still asked now and then: the operator may mend it over there. */
const hopelessMs = 60 * 60_000;

/** Reads what is new in a feed, keeps the posts that cite a cable, and rings for them. */
export const poll: Worker = {
  bell: 'poll',
  concurrency: 8,
  async work(app, name) {
    const source = app.feeds.get(name);
    if (source === undefined) return;
    const reading = await startReading(app, source);
    if (reading === undefined) return;
    try {
      const feed = await source.open();
      for await (const page of feed.pages(reading.cursor, app.stopping)) {
        await take(app, source, reading, page);
        if (app.stopping.aborted) break;
      }
      await writeProgress(app, reading, { force: false });
    } catch (error) {
      readings.delete(source);
      if (!app.stopping.aborted) await rest(app, reading.hold, error);
    }
  },
};

/** Writes every cursor that is not written yet: before the process ends. */
export async function writeCursors(app: App): Promise<void> {
  for (const source of app.feeds.values()) {
    const reading = readings.get(source);
    if (reading !== undefined) await writeProgress(app, reading, { force: true });
    readings.delete(source);
  }
}

/** A feed in our hands: where we are, and what the ledger does not know yet. */
interface Reading {
  readonly hold: FeedHold;
  readonly leaseRenewAt: number;
  cursor: Cursor | undefined;
  unwritten: { seen: number; since: number } | undefined;
}

const readings = new WeakMap<FeedSource, Reading>();

async function startReading(app: App, source: FeedSource): Promise<Reading | undefined> {
  const now = await app.ledger.now();
  const current = readings.get(source);
  if (current !== undefined && now < current.leaseRenewAt) return current;
  if (current !== undefined) await writeProgress(app, current, { force: true });
  readings.delete(source);
  const hold = await app.ledger.transact((tx) => holdFeed(tx, { name: source.name, holder: app.id, leaseMs }, now));
  if (hold === undefined) return undefined;
  const reading = { hold, leaseRenewAt: now + leaseMs / 2, cursor: hold.cursor, unwritten: undefined };
  readings.set(source, reading);
  return reading;
}

async function take(app: App, source: FeedSource, reading: Reading, page: Page): Promise<void> {
  const kept = page.posts.map((post) => sift(post, source)).filter((post) => post !== undefined);
  const now = await app.ledger.now();
  reading.cursor = page.cursor;
  reading.unwritten = {
    seen: (reading.unwritten?.seen ?? 0) + page.posts.length,
    since: reading.unwritten?.since ?? now,
  };
  if (kept.length === 0 && page.rejects.length === 0) return await writeProgress(app, reading, { force: false });
  const fresh = await write(app, reading, kept, page.rejects);
  for (const reject of page.rejects) {
    app.tell({ kind: 'trouble', what: `${source.name}: ${reject.position}`, message: reject.reason });
  }
  app.tell({
    kind: 'polled',
    feed: source.name,
    seen: page.posts.length,
    kept: fresh.length,
    rejected: page.rejects.length,
  });
  await Promise.all(fresh.map((key) => app.queue.ring('resolve', key)));
}

/** Finds citations, once and for all; a post without any that counts is dropped here and never stored. */
function sift(post: Post, source: FeedSource): KeptPost | undefined {
  const { citations, surplus } = findCitations(post, { weakCounts: source.tag || post.summoned });
  return citations.length > 0 ? { post, citations, surplus } : undefined;
}

async function writeProgress(app: App, reading: Reading, { force }: { force: boolean }): Promise<void> {
  if (reading.unwritten === undefined) return;
  if (!force && (await app.ledger.now()) - reading.unwritten.since < cursorEveryMs) return;
  await write(app, reading, [], []);
}

/** One transaction: the posts, what could not be read, and the cursor behind them. Returns the keys that are new. */
async function write(
  app: App,
  reading: Reading,
  kept: readonly KeptPost[],
  rejects: readonly Reject[],
): Promise<readonly string[]> {
  const now = await app.ledger.now();
  const { cursor, hold, unwritten } = reading;
  if (cursor === undefined) return [];
  const fresh = await app.ledger.transact(async (tx) => {
    const keys = await keepPosts(tx, hold.name, kept, now);
    const progress = { cursor, seen: unwritten?.seen ?? 0, kept: keys.length, rejects };
    if (await advanceFeed(tx, hold, progress, { now, leaseMs })) return keys;
    throw new RetryLater(`another process reads ${hold.name} now`, leaseMs);
  });
  reading.unwritten = undefined;
  return fresh;
}

async function rest(app: App, hold: FeedHold, error: unknown): Promise<void> {
  const message = messageOf(error);
  const delayMs =
    error instanceof RetryLater
      ? error.delayMs
      : error instanceof PermanentError
        ? hopelessMs
        : backoffMs(hold.failures, retry);
  const dueAt = (await app.ledger.now()) + delayMs;
  await app.ledger.transact((tx) =>
    restFeed(tx, hold, { error: message, failed: !(error instanceof RetryLater), dueAt }),
  );
  app.tell({
    kind: 'trouble',
    what: hold.name,
    message: `${message}; next try in ${Math.ceil(delayMs / 1000)} s`,
  });
}
