import { expect, onTestFinished, vi } from 'vitest';
import { openBullStore } from '../../src/queue/bullmq.ts';
import { openFallbackQueue } from '../../src/queue/fallback.ts';
import { openInProcessQueue } from '../../src/queue/in-process.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { openRedis, type RedisServer } from '../servers/redis.ts';
import { redisConditions } from './chaos/redis-conditions.ts';
import { wait } from './wait.ts';

/** A Redis of this test. */
export async function openServer(): Promise<RedisServer> {
  const redis = await openRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

/** A queue with a store and a consumer that records its keys, and the reported events of the store. */
export async function openQueue(port: number) {
  const events: string[] = [];
  const errors: unknown[] = [];
  const onError = (_name: string, _key: string, error: unknown) => errors.push(error);
  const store = await openBullStore({
    url: `redis://127.0.0.1:${port}`,
    prefix: 'test',
    onError,
    onStore: ({ kind }) => events.push(kind),
  });
  const queue = openFallbackQueue(openInProcessQueue({ onError }), store);
  onTestFinished(() => queue[Symbol.asyncDispose]());
  const handled: string[] = [];
  const listen = () => queue.consume('resolve', { concurrency: 4 }, (key) => Promise.resolve(void handled.push(key)));
  return { queue, store, events, errors, handled, listen };
}

/** It uses its store again, which brings the key. */
export async function handlesAgain(queue: Queue, handled: readonly string[], key: string): Promise<void> {
  await vi.waitFor(() => expect(queue.shared).toBe(true), wait);
  await queue.enqueue('resolve', key);
  await vi.waitFor(() => expect(handled).toContain(key), wait);
}

/** A key that a store in this condition does not take is handled by the process itself, which uses the store again afterwards. */
export async function handlesItself(name: 'full' | 'hanging'): Promise<void> {
  const condition = redisConditions[name];
  const redis = await openServer();
  const { queue, handled, listen } = await openQueue(redis.port);
  await condition.begin(redis);
  listen();
  await queue.enqueue('resolve', 'mine');
  await vi.waitFor(() => expect(handled).toContain('mine'), wait);
  await vi.waitFor(() => expect(queue.shared).toBe(false), wait);
  await condition.end(redis);
  await handlesAgain(queue, handled, 'after');
}
