import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { FeedSource } from '../../src/app/open-drivers.ts';
import type { App } from '../../src/app.ts';
import { type Page, shortId } from '../../src/core/post.ts';
import { feedRows, leaseFeed } from '../../src/ledger/feeds/feed-rows.ts';
import { duePosts } from '../../src/ledger/posts/posts.ts';
import { poll, releaseAllFeeds, renewHolds } from '../../workers/poll.ts';
import { startSchedule } from '../../workers/schedule.ts';
import { shiftClock } from '../support/shift-clock.ts';
import { openTestApp } from '../support/app.ts';
import { post } from '../support/posts.ts';
import type { Feed } from '../../src/platforms/platform.ts';
import { wait } from '../support/wait.ts';

/** The bot over a feed that the test drives by hand. */
async function withFeed(pages: Feed['pages']) {
  const opened = await openTestApp([]);
  const source: FeedSource = { name: 'posts', everyMs: 1000, onTopic: false, open: () => Promise.resolve({ pages }) };
  const app: App = { ...opened.app, feeds: new Map([['posts', source]]) };
  return { ...opened, app };
}

function page(id: string): Page {
  return { posts: [post({ id })], rejects: [], cursor: id };
}

describe('a feed', () => {
  test('that is slow is read by one reader, for longer than its lease, without a loss', async () => {
    const gate = Promise.withResolvers<void>();
    let readers = 0;
    const { app, clock, events } = await withFeed(async function* () {
      readers += 1;
      yield page('1');
      await gate.promise;
      yield page('2');
    });
    const first = poll.work(app, 'posts');
    await vi.waitFor(async () => expect(await duePosts(app.ledger.db, clock.now(), 9)).toHaveLength(1), wait);
    for (let i = 0; i < 5; i += 1) {
      clock.advance(20_000);
      await renewHolds(app);
      await poll.work(app, 'posts');
    }
    gate.resolve();
    await first;
    expect(readers).toBe(1);
    expect(await duePosts(app.ledger.db, clock.now(), 9)).toEqual(['file:1', 'file:2']);
    expect(events.filter(({ kind }) => kind === 'error')).toEqual([]);
  });

  test('that another process claimed ingests nothing of ours, and says so', async () => {
    const gate = Promise.withResolvers<void>();
    const { app, clock, events } = await withFeed(async function* () {
      await gate.promise;
      yield page('late');
    });
    const ours = poll.work(app, 'posts');
    await vi.waitFor(async () => expect(await feedRows(app.ledger.db)).toHaveLength(1), wait);
    clock.advance(61_000);
    await app.ledger.transact((tx) => leaseFeed(tx, { name: 'posts', holder: 'other', leaseMs: 1000 }, clock.now()));
    gate.resolve();
    await ours;
    expect(await duePosts(app.ledger.db, clock.now(), 9)).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'error', message: expect.stringContaining('another process') }),
    );
  });

  test('whose page cannot be stored is read again from the same cursor', async () => {
    const places: (string | undefined)[] = [];
    const { app } = await withFeed(async function* (after) {
      places.push(after);
      yield page('1');
    });
    const db = app.ledger.db;
    let full = true;
    const failing: App = {
      ...app,
      ledger: {
        ...app.ledger,
        // The disk is full as soon as a post is to be written.
        transact: (work) =>
          app.ledger.transact(async (tx) => {
            const result = await work(tx);
            const { ingested } = await tx
              .selectFrom('posts')
              .select(({ fn }) => fn.countAll<number>().as('ingested'))
              .executeTakeFirstOrThrow();
            if (full && ingested > 0) throw new Error('database or disk is full');
            return result;
          }),
      },
    };
    await poll.work(failing, 'posts');
    expect(await feedRows(db)).toMatchObject([{ cursor: null, ingested: 0 }]);
    full = false;
    await app.ledger.transact((tx) => tx.updateTable('feeds').set({ due_at: 0 }).execute());
    await poll.work(app, 'posts');
    expect(places).toEqual([undefined, undefined]);
    expect(await feedRows(db)).toMatchObject([{ cursor: '1', ingested: 1 }]);
  });

  test('that fails is polled less and less often, and is healthy again after an empty poll', async () => {
    let broken = true;
    const { app, clock } = await withFeed(async function* () {
      if (broken) throw new Error('answered 500');
      yield* [];
    });
    await poll.work(app, 'posts');
    clock.advance(3600_000);
    await poll.work(app, 'posts');
    expect(await feedRows(app.ledger.db)).toMatchObject([{ failures: 2, last_error: 'answered 500' }]);
    broken = false;
    clock.advance(3600_000);
    await poll.work(app, 'posts');
    expect(await feedRows(app.ledger.db)).toMatchObject([{ failures: 0, last_error: null }]);
  });

  test('whose posts cite nothing moves its cursor all the same, at the latest when the bot stops', async () => {
    const { app, events } = await withFeed(async function* () {
      yield { posts: [post({ id: '1', text: 'nothing' })], rejects: [], cursor: 'behind 1' };
    });
    await poll.work(app, 'posts');
    await releaseAllFeeds(app);
    expect(await feedRows(app.ledger.db)).toMatchObject([{ cursor: 'behind 1', seen: 1, ingested: 0, lease_until: 0 }]);
    expect(events).toContainEqual({ kind: 'polled', feed: 'posts', seen: 1, ingested: 0 });
  });

  test('with two posts of one id keeps the first and rejects the second by its short id', async () => {
    const { app, events } = await withFeed(async function* () {
      yield { posts: [post({ id: '1' })], rejects: [], cursor: 'a' };
      yield { posts: [post({ id: '1', text: 'other words, #07ASTANA2244 ¶7' })], rejects: [], cursor: 'b' };
    });
    await poll.work(app, 'posts');
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'rejected',
        reject: expect.objectContaining({ position: `post ${shortId('file:1')}` }),
      }),
    );
    expect(await feedRows(app.ledger.db)).toMatchObject([{ ingested: 1, rejected: 1 }]);
  });
});

test('a clock set back stops neither polls nor what was due', async () => {
  let polls = 0;
  const { app, clock, events } = await withFeed(async function* () {
    polls += 1;
    yield { posts: [post({ id: String(polls) })], rejects: [], cursor: String(polls) };
  });
  const woken: string[] = [];
  const queue = {
    ...app.queue,
    enqueue: async (name: string, key: string) => {
      woken.push(`${name} ${key}`);
      if (name === 'poll') await poll.work(app, key);
    },
  };
  await using _schedule = startSchedule({ ...app, queue });
  // The first tick is over with its sweep.
  await vi.waitFor(() => expect(woken).toContain('resolve file:1'), wait);
  expect(polls).toBe(1);
  clock.advance(-3_600_000);
  await vi.waitFor(() => expect(polls).toBe(2), wait);
  await delay(0);
  expect(events).toContainEqual(expect.objectContaining({ what: 'clock' }));
  await vi.waitFor(() => expect(woken.filter((wakeUp) => wakeUp === 'resolve file:1').length).toBeGreaterThan(1), wait);
});

describe('a feed that is polled every 15 minutes', () => {
  /** Counts the polls, of which the first one fails, and moves the clock by so many seconds. */
  async function failingOnce(before?: (opened: Awaited<ReturnType<typeof withFeed>>) => Promise<void>) {
    let polls = 0;
    const opened = await withFeed(async function* () {
      polls += 1;
      if (polls === 1) throw new Error('502');
      yield page('1');
    });
    const { app, clock } = opened;
    const source = { ...app.feeds.get('posts')!, everyMs: 15 * 60_000 };
    const slow: App = { ...app, feeds: new Map([['posts', source]]) };
    const enqueued: string[] = [];
    const queue = {
      ...app.queue,
      enqueue: async (name: string, key: string) => {
        if (name !== 'poll') return;
        enqueued.push(key);
        await poll.work(slow, key);
      },
    };
    await before?.({ ...opened, app: slow });
    const schedule = startSchedule({ ...slow, queue });
    onTestFinished(() => schedule[Symbol.asyncDispose]());
    const ticks = () => opened.events.filter(({ kind }) => kind === 'ticked').length;
    /** Two ticks later: the first one may have begun before. */
    const after = async (ms: number) => {
      clock.advance(ms);
      const begun = ticks();
      await vi.waitFor(() => expect(ticks()).toBeGreaterThan(begun + 1), wait);
    };
    return { ...opened, after, polls: () => polls, enqueued };
  }

  test('is tried again after the two seconds that were promised, once', async () => {
    const { events, after, polls, enqueued } = await failingOnce();
    await vi.waitFor(() => expect(polls()).toBe(1), wait);
    const promised = expect.objectContaining({ message: expect.stringMatching(/^502; next try in [12] s$/) });
    await vi.waitFor(() => expect(events).toContainEqual(promised), wait);
    await after(900);
    expect(polls()).toBe(1);
    await after(1100);
    expect(polls()).toBe(2);
    await after(1000);
    expect(enqueued).toEqual(['posts', 'posts']);
  });

  test('and was blocked before this process began is tried when it is due', async () => {
    const { after, polls } = await failingOnce(async ({ app }) => poll.work(app, 'posts'));
    await after(900);
    expect(polls()).toBe(1);
    await after(1100);
    expect(polls()).toBe(2);
  });
});

test('a wall clock set back by an hour does not stop the scheduler for an hour', async () => {
  const { app, events } = await withFeed(async function* () {
    yield page('1');
  });
  const ticks = () => events.filter(({ kind }) => kind === 'ticked').length;
  await using _schedule = startSchedule(app);
  await vi.waitFor(() => expect(ticks()).toBeGreaterThan(1), wait);
  shiftClock(-3_600_000);
  onTestFinished(() => shiftClock(0));
  const before = ticks();
  await vi.waitFor(() => expect(ticks()).toBeGreaterThan(before + 2), wait);
});
