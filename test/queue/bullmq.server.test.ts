import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openBullQueue } from '../../src/queue/bullmq.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { queueContract } from '../contract/queue.ts';
import { openRedis, redisIsHere, type RedisServer } from '../servers/redis.ts';
import { startProxy } from '../support/proxy.ts';
import { wait } from '../support/wait.ts';

async function openServer(): Promise<RedisServer> {
  const redis = await openRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

/** A queue with a consumer that writes down what it hears, and what the store was said to do. */
async function openQueue(port: number) {
  const told: string[] = [];
  const errors: unknown[] = [];
  const queue = await openBullQueue({
    url: `redis://127.0.0.1:${port}`,
    prefix: 'test',
    onError: (_bell, _key, error) => errors.push(error),
    onStore: ({ kind }) => told.push(kind),
  });
  onTestFinished(() => queue[Symbol.asyncDispose]());
  const rung: string[] = [];
  const listen = () => queue.consume('resolve', { concurrency: 4 }, (key) => Promise.resolve(void rung.push(key)));
  return { queue, told, errors, rung, listen };
}

/** A ring may be dropped while the store comes back; one of the next is heard. */
async function heardAgain(queue: Queue, rung: readonly string[], key: string): Promise<void> {
  await vi.waitFor(async () => {
    await queue.enqueue('resolve', key);
    expect(rung).toContain(key);
  }, wait);
}

describe.skipIf(!redisIsHere)('BullMQ bell', () => {
  queueContract(async () => await openQueue((await openServer()).port));

  describe('with a store of its own, which the in-process bell does not have:', () => {
    test('a ring in one process is heard by one consumer of another', async () => {
      const { port } = await openServer();
      const [here, there] = [await openQueue(port), await openQueue(port)];
      there.listen();
      await here.queue.enqueue('resolve', 'a');
      await vi.waitFor(() => expect(there.rung).toEqual(['a']), wait);
      expect(await here.queue.depths()).toMatchObject({ resolve: 0 });
    });

    test('what a consumer has taken and not begun when it ends is heard by another one', async () => {
      const { port } = await openServer();
      const [here, there] = [await openQueue(port), await openQueue(port)];
      const gate = Promise.withResolvers<void>();
      const begun: string[] = [];
      const consumer = here.queue.consume('resolve', { concurrency: 1 }, async (key) => {
        begun.push(key);
        await gate.promise;
      });
      const keys = ['a', 'b', 'c', 'd'];
      await Promise.all(keys.map((key) => there.queue.enqueue('resolve', key)));
      await vi.waitFor(() => expect(begun).toHaveLength(1), wait);
      const disposed = consumer[Symbol.asyncDispose]();
      gate.resolve();
      await disposed;
      there.listen();
      await vi.waitFor(() => expect(new Set([...begun, ...there.rung])).toEqual(new Set(keys)), wait);
      expect(begun).toHaveLength(1);
    });

    test('nothing is kept of a job that ended', async () => {
      const redis = await openServer();
      const { queue, rung, listen } = await openQueue(redis.port);
      listen();
      await Promise.all(['a', 'b', '42'].map((key) => queue.enqueue('resolve', key)));
      await vi.waitFor(() => expect(rung).toHaveLength(3), wait);
      // Counters, the stream of events and BullMQ's own settings, but no job.
      await vi.waitFor(async () => expect(await redis.send('KEYS', 'test:resolve:[0-9]*')).toBe('*0'), wait);
      for (const kept of ['completed', 'failed', 'active', 'delayed']) {
        expect(await redis.send('EXISTS', `test:resolve:${kept}`), kept).toBe(':0');
      }
    });

    test('the store is down: rings return, thousands of them, are told of once, and later ones are heard', async () => {
      const redis = await openServer();
      const { queue, told, rung, listen } = await openQueue(redis.port);
      listen();
      await heardAgain(queue, rung, 'before');
      await redis.kill();
      await vi.waitFor(() => expect(told).toEqual(['lost']), wait);
      await Promise.all(Array.from({ length: 20_000 }, (_, i) => queue.enqueue('resolve', `lost ${i}`)));
      await expect(queue.depths()).rejects.toBeInstanceOf(Error);
      await redis.start();
      await heardAgain(queue, rung, 'after');
      expect(told).toEqual(['lost', 'back']);
    });

    test('the store is down at the start: the queue opens, and hears once it is up', async () => {
      const redis = await openServer();
      await redis.stop();
      const { queue, rung, listen } = await openQueue(redis.port);
      listen();
      await queue.enqueue('resolve', 'dropped');
      await redis.start();
      await heardAgain(queue, rung, 'after');
      expect(rung).not.toContain('dropped');
    });

    test('a ring that was acknowledged survives kill -9 of a store with AOF', async () => {
      const redis = await openServer();
      const { queue, rung, listen } = await openQueue(redis.port);
      await queue.enqueue('resolve', 'kept');
      await redis.kill();
      await redis.start();
      listen();
      await vi.waitFor(() => expect(rung).toEqual(['kept']), wait);
    });

    test('flushed under running workers: what waited is lost, what rings later is heard', async () => {
      const redis = await openServer();
      const { queue, rung, listen } = await openQueue(redis.port);
      listen();
      await heardAgain(queue, rung, 'before');
      await redis.send('FLUSHALL');
      await redis.send('SCRIPT', 'FLUSH');
      await queue.enqueue('resolve', 'after');
      await vi.waitFor(() => expect(rung).toContain('after'), wait);
    });

    test('flushed while a handler runs: it ends in peace, and the next ring is heard', async () => {
      const redis = await openServer();
      const { queue } = await openQueue(redis.port);
      const gate = Promise.withResolvers<void>();
      const ended: string[] = [];
      queue.consume('resolve', { concurrency: 1 }, async (key) => {
        if (key === 'a') await gate.promise;
        ended.push(key);
      });
      await queue.enqueue('resolve', 'a');
      await vi.waitFor(async () => expect(await queue.depths()).toMatchObject({ resolve: 0 }), wait);
      await redis.send('FLUSHALL');
      gate.resolve();
      await queue.enqueue('resolve', 'b');
      await vi.waitFor(() => expect(ended).toEqual(['a', 'b']), wait);
    });
  });

  describe('behind a wire that is cut:', () => {
    test('reset connections are made again', async () => {
      const redis = await openServer();
      await using proxy = await startProxy(redis.port);
      const { queue, rung, listen } = await openQueue(proxy.port);
      listen();
      await heardAgain(queue, rung, 'before');
      proxy.reset();
      await heardAgain(queue, rung, 'after');
    });

    test('a store that takes and never answers: rings give up, and are heard when it answers again', async () => {
      const redis = await openServer();
      await using proxy = await startProxy(redis.port);
      const { queue, rung, listen } = await openQueue(proxy.port);
      listen();
      await heardAgain(queue, rung, 'before');
      proxy.become('black hole');
      await queue.enqueue('resolve', 'into the dark');
      proxy.become('fair');
      await heardAgain(queue, rung, 'after');
    });

    test.each(['black hole', 'reset'] as const)('%s: disposing comes to an end', async (trouble) => {
      const redis = await openServer();
      await using proxy = await startProxy(redis.port);
      const { queue, rung, listen } = await openQueue(proxy.port);
      const consumer = listen();
      await heardAgain(queue, rung, 'before');
      proxy.become('black hole');
      if (trouble === 'reset') proxy.reset();
      void queue.enqueue('resolve', 'lost');
      await consumer[Symbol.asyncDispose]();
      await queue[Symbol.asyncDispose]();
      expect(rung).not.toContain('lost');
    });
  });
});
