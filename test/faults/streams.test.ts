import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type FeedSource, streamBeside } from '../../src/app/open-drivers.ts';
import type { App } from '../../src/app.ts';
import type { Page } from '../../src/core/post.ts';
import { feedRows } from '../../src/ledger/feeds/feed-rows.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { duePosts, postRow } from '../../src/ledger/posts/posts.ts';
import { poll, releaseAllFeeds, renewHolds } from '../../workers/poll.ts';
import { openTestApp } from '../support/app.ts';
import { fakeStream } from '../support/fake-platform/driver.ts';
import { openFakePlatform } from '../support/fake-platform/platform.ts';
import { post } from '../support/posts.ts';
import { tempDir } from '../support/temp.ts';
import { wait } from '../support/wait.ts';

/** A platform's stream, and who listens to it. */
function openWire() {
  const listeners = new Set<string>();
  let most = 0;
  const waiting: Page[] = [];
  async function* pages(who: string, signal: AbortSignal): AsyncGenerator<Page> {
    listeners.add(who);
    most = Math.max(most, listeners.size);
    try {
      while (!signal.aborted) {
        for (const page of waiting.splice(0)) yield page;
        await delay(5, undefined, { signal }).catch(() => {});
      }
    } finally {
      listeners.delete(who);
    }
  }
  return {
    listeners,
    pages,
    send: (id: string) => waiting.push({ posts: [post({ id })], rejects: [], cursor: id }),
    get most() {
      return most;
    },
  };
}

/** Processes of one ledger, each with the same stream. */
async function openProcesses(count: number) {
  const wire = openWire();
  const { app: first, clock } = await openTestApp([]);
  const stop = new AbortController();
  const woken: string[] = [];
  const processes = await Promise.all(
    Array.from({ length: count }, async (_, i): Promise<App> => {
      const ledger = i === 0 ? first.ledger : await openSqliteLedger({ file: first.ledger.place, clock });
      if (i > 0) onTestFinished(() => ledger[Symbol.asyncDispose]());
      const open = () =>
        Promise.resolve({ pages: (_after: unknown, signal: AbortSignal) => wire.pages(`${i}`, signal) });
      const feeds = new Map<string, FeedSource>([streamBeside({ name: 'tag', onTopic: false }, open)]);
      const queue = {
        ...first.queue,
        enqueue: (name: string, key: string) => Promise.resolve(void woken.push(`${name} ${key}`)),
      };
      return { ...first, id: `process ${i}`, ledger, feeds, queue, stopping: stop.signal };
    }),
  );
  onTestFinished(() => stop.abort());
  return { processes, wire, clock, stop, woken };
}

const stream = 'tag~stream';
const feedLeaseMs = 60_000;

describe('a stream', () => {
  test('is listened to by one process of many, which ingests its posts', async () => {
    const { processes, wire, clock } = await openProcesses(3);
    for (const app of processes) void poll.work(app, stream);
    await vi.waitFor(() => expect(wire.listeners.size).toBe(1), wait);
    wire.send('1');
    await vi.waitFor(
      async () => expect(await duePosts(processes[0]!.ledger.db, clock.now(), 9)).toEqual(['file:1']),
      wait,
    );
    expect(wire.most).toBe(1);
    // As a post of the feed beside it: rules, `maxAge` and `publisher` go by that.
    expect(await postRow(processes[0]!.ledger.db, 'file:1')).toMatchObject({ feed: 'tag' });
  });

  test('is taken over when its process sleeps through its lease, and the sleeper falls silent when it wakes', async () => {
    const { processes, wire, clock } = await openProcesses(2);
    const [first, other] = processes as [App, App];
    // Its lease timer would fire long after this test: the stream must end before.
    const leaseMs = 10 * wait.timeout;
    const sleeper: App = { ...first, timeouts: { ...first.timeouts, feedLeaseMs: leaseMs } };
    const sleeping = poll.work(sleeper, stream);
    await vi.waitFor(() => expect(wire.listeners).toEqual(new Set(['0'])), wait);
    clock.advance(leaseMs);
    await renewHolds(other);
    void poll.work(other, stream);
    await vi.waitFor(() => expect(wire.listeners.has('1')).toBe(true), wait);
    await renewHolds(sleeper);
    await vi.waitFor(() => expect(wire.listeners).toEqual(new Set(['1'])), wait);
    await sleeping;
    expect(await feedRows(other.ledger.db)).toMatchObject([{ name: stream, epoch: 2, holder: 'process 1' }]);
  });

  test('ends when its lease cannot be renewed, before another process may claim it', async () => {
    const { processes, wire, clock } = await openProcesses(2);
    const [cutOff, other] = processes as [App, App];
    const hasty: App = { ...cutOff, timeouts: { ...cutOff.timeouts, feedLeaseMs: 200 } };
    const listening = poll.work(hasty, stream);
    await vi.waitFor(() => expect(wire.listeners).toEqual(new Set(['0'])), wait);
    // Nobody renews: the ledger is out of reach.
    await listening;
    expect(wire.listeners.size).toBe(0);
    clock.advance(200);
    void poll.work(other, stream);
    await vi.waitFor(() => expect(wire.listeners).toEqual(new Set(['1'])), wait);
    expect(wire.most).toBe(1);
  });

  test('is renewed for as long as it goes on', async () => {
    const { processes, wire, clock } = await openProcesses(2);
    const [holder, other] = processes as [App, App];
    void poll.work(holder, stream);
    await vi.waitFor(() => expect(wire.listeners.size).toBe(1), wait);
    for (let i = 0; i < 6; i += 1) {
      clock.advance(feedLeaseMs / 3);
      await renewHolds(holder);
      await poll.work(other, stream);
    }
    expect(wire.most).toBe(1);
    expect(wire.listeners).toEqual(new Set(['0']));
  });

  test('that breaks has its feed read for what was missed', async () => {
    const { processes, wire, woken } = await openProcesses(1);
    const [app] = processes as [App];
    const listening = poll.work(app, stream);
    await vi.waitFor(() => expect(wire.listeners.size).toBe(1), wait);
    await releaseAllFeeds(app);
    await listening;
    expect(woken).toEqual(['poll tag']);
  });

  test('of a real server brings posts, edits and deletions', async () => {
    const dir = await tempDir();
    await using platform = await openFakePlatform({
      file: `${dir}/record.jsonl`,
      repeat: 'doubles',
      shares: [],
      seed: 1,
    });
    const { processes, clock } = await openProcesses(1);
    const [base] = processes as [App];
    const open = () =>
      Promise.resolve({
        async *pages(_after: unknown, signal: AbortSignal): AsyncGenerator<Page> {
          for await (const change of fakeStream({ url: platform.url, repeat: 'doubles' }, signal)) {
            if (change.kind === 'post') yield { posts: [change.post], rejects: [], cursor: change.post.id };
            else
              yield {
                posts: [],
                changes: [change],
                rejects: [],
                cursor: 'c',
              };
          }
        },
      });
    const app: App = { ...base, feeds: new Map([streamBeside({ name: 'tag', onTopic: false }, open)]) };
    void poll.work(app, stream);
    const { db } = app.ledger;
    await vi.waitFor(async () => {
      platform.people.post({ id: '1', text: '#07ASTANA2244' });
      expect(await duePosts(db, clock.now(), 9)).toEqual(['fake:1']);
    }, wait);
    platform.people.edit('1', '#07ASTANA2244 ¶7');
    await vi.waitFor(async () => expect(await postRow(db, 'fake:1')).toMatchObject({ revision: 1 }), wait);
    platform.people.delete('1');
    await vi.waitFor(async () => expect(await postRow(db, 'fake:1')).toMatchObject({ state: 'deleted' }), wait);
  });
});
