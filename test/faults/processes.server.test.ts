import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { App } from '../../src/app.ts';
import { countByState } from '../../src/ledger/posts/flow.ts';
import { openBullStore } from '../../src/queue/bullmq.ts';
import { openFallbackQueue } from '../../src/queue/fallback.ts';
import { openInProcessQueue } from '../../src/queue/in-process.ts';
import { byQueue, type Queue } from '../../src/queue/queue.ts';
import { startWorkers, type WorkerName } from '../../workers/index.ts';
import { poll } from '../../workers/poll.ts';
import { sweep } from '../../workers/sweep.ts';
import { openRedis, redisIsHere } from '../servers/redis.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';
import { wait } from '../support/wait.ts';

const cited = Array.from({ length: 20 }, (_, i) => ({
  id: String(i),
  createdAt: '2026-11-23T10:00:00Z',
  text: `#07ASTANA2244 ¶${i + 1}`,
}));

/** The same bot in another process: its own id, feeds and queue over the same ledger. */
function beside(app: App, id: string, queue: Queue): App {
  const feeds = new Map([...app.feeds].map(([name, source]) => [name, { ...source }]));
  return { ...app, id, queue, feeds };
}

function work(app: App, only: readonly WorkerName[]): void {
  const workers = startWorkers(app, only);
  onTestFinished(() => workers[Symbol.asyncDispose]());
}

function inProcess(): Queue {
  const queue = openInProcessQueue({ onError: () => {} });
  onTestFinished(() => queue[Symbol.asyncDispose]());
  return queue;
}

describe.skipIf(!redisIsHere)('processes that share the work through Redis', () => {
  async function throughRedis(): Promise<() => Promise<Queue>> {
    const redis = await openRedis();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    return async () => {
      const store = await openBullStore({ url: redis.url, prefix: 'test', onError: () => {}, onStore: () => {} });
      const queue = openFallbackQueue(openInProcessQueue({ onError: () => {} }), store);
      onTestFinished(() => queue[Symbol.asyncDispose]());
      return queue;
    };
  }

  test('each run their workers, and every post is answered once', async () => {
    const platform = scriptedPublisher('doubles', []);
    const { app } = await openTestApp(cited, platform);
    const open = await throughRedis();
    await poll.work(beside(app, 'reader', await open()), 'posts');
    work(beside(app, 'a', await open()), ['resolve', 'respond', 'reconcile', 'withdraw']);
    work(beside(app, 'b', await open()), ['resolve', 'respond', 'reconcile', 'withdraw']);
    await vi.waitFor(async () => expect(await countByState(app.ledger.db, 'replies')).toEqual({ sent: 20 }), wait);
    expect(platform.record).toHaveLength(20);
  });

  test('leave other workers’ queues alone', async () => {
    const { app } = await openTestApp(cited, scriptedPublisher('doubles', []));
    const open = await throughRedis();
    await poll.work(beside(app, 'reader', await open()), 'posts');
    work(beside(app, 'a', await open()), ['resolve', 'sweep']);
    await vi.waitFor(async () => expect(await countByState(app.ledger.db, 'replies')).toEqual({ planned: 20 }), wait);
  });
});

test('without Redis no wake-up comes from another process, and each sweeps for itself', async () => {
  const { app, clock } = await openTestApp(cited, scriptedPublisher('doubles', []));
  work(beside(app, 'a', inProcess()), ['poll', 'sweep']);
  work(beside(app, 'b', inProcess()), ['resolve', 'respond']);
  await vi.waitFor(async () => {
    clock.advance(5000);
    expect(await countByState(app.ledger.db, 'replies')).toEqual({ sent: 20 });
  }, wait);
});

test('sweep skips a queue with a thousand waiting wake-ups until it has fewer', async () => {
  const { app } = await openTestApp(cited);
  await poll.work(app, 'posts');
  const woken: string[] = [];
  let depth = 1000;
  const queue: Queue = {
    ...app.queue,
    enqueue: (_name, key) => Promise.resolve(void woken.push(key)),
    depths: () => Promise.resolve(byQueue((name) => (name === 'resolve' ? depth : 0))),
  };
  await sweep({ ...app, queue });
  expect(woken).toEqual([]);
  depth = 999;
  await sweep({ ...app, queue });
  expect(woken).toHaveLength(20);
});
