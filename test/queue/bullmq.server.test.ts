import { describe, expect, test, vi } from 'vitest';
import { queueContract } from '../contract/queue.ts';
import { redisIsHere } from '../servers/redis.ts';
import { handlesAgain, handlesItself, openQueue, openServer } from '../support/bull-queue.ts';
import { wait } from '../support/wait.ts';

describe.skipIf(!redisIsHere)('BullMQ queue', () => {
  queueContract(async () => await openQueue((await openServer()).port));

  describe('with a store of its own, which the in-process queue does not have:', () => {
    test('a wake-up in one process is handled by one consumer of another', async () => {
      const { port } = await openServer();
      const [here, there] = [await openQueue(port), await openQueue(port)];
      there.listen();
      await here.queue.enqueue('resolve', 'a');
      await vi.waitFor(() => expect(there.handled).toEqual(['a']), wait);
      expect(await here.queue.depths()).toMatchObject({ resolve: 0 });
    });

    test('keys that a consumer fetched and did not start before its end go to another one', async () => {
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
      await vi.waitFor(() => expect(new Set([...begun, ...there.handled])).toEqual(new Set(keys)), wait);
      expect(begun).toHaveLength(1);
    });

    test('Redis keeps no finished job', async () => {
      const redis = await openServer();
      const { queue, handled, listen } = await openQueue(redis.port);
      listen();
      await Promise.all(['a', 'b', '42'].map((key) => queue.enqueue('resolve', key)));
      await vi.waitFor(() => expect(handled).toHaveLength(3), wait);
      // Counters, the stream of events and BullMQ's own settings, but no job.
      await vi.waitFor(async () => expect(await redis.send('KEYS', 'test:resolve:[0-9]*')).toBe('*0'), wait);
      for (const kept of ['completed', 'failed', 'active', 'delayed']) {
        expect(await redis.send('EXISTS', `test:resolve:${kept}`), kept).toBe(':0');
      }
    });

    test('the store is down: thousands of wake-ups are handled here, one event reports it, and later ones use it', async () => {
      const redis = await openServer();
      const { queue, events, handled, listen } = await openQueue(redis.port);
      listen();
      await handlesAgain(queue, handled, 'before');
      await redis.kill();
      await vi.waitFor(() => expect(events).toEqual(['lost']), wait);
      expect(queue.shared).toBe(false);
      const keys = Array.from({ length: 20_000 }, (_, i) => `lost ${i}`);
      await Promise.all(keys.map((key) => queue.enqueue('resolve', key)));
      await vi.waitFor(() => expect(new Set(handled)).toEqual(new Set(['before', ...keys])), wait);
      expect(await queue.depths()).toMatchObject({ resolve: 0 });
      await redis.start();
      await handlesAgain(queue, handled, 'after');
      await vi.waitFor(() => expect(events).toEqual(['lost', 'back']), wait);
    });

    test('the store is down: keys of queues that this process does not consume cost no memory', async () => {
      const redis = await openServer();
      await redis.stop();
      const { queue, listen } = await openQueue(redis.port);
      listen();
      await queue.enqueue('respond', 'not mine');
      expect(await queue.depths()).toMatchObject({ respond: 0 });
    });

    test('full: a key that the store does not take is handled here', () => handlesItself('full'));

    test('keys of the store and of this process share the handlers, no more than the concurrency allows', async () => {
      const redis = await openServer();
      const { queue, store } = await openQueue(redis.port);
      const gate = Promise.withResolvers<void>();
      const begun: string[] = [];
      queue.consume('resolve', { concurrency: 2 }, (key) => (begun.push(key), gate.promise));
      for (const key of ['a', 'b', 'c']) await store.enqueue('resolve', key);
      await vi.waitFor(() => expect(begun).toHaveLength(2), wait);
      await redis.kill();
      await vi.waitFor(() => expect(queue.shared).toBe(false), wait);
      for (const key of ['d', 'e', 'f']) await queue.enqueue('resolve', key);
      await vi.waitFor(async () => expect(await queue.depths()).toMatchObject({ resolve: 1 }), wait);
      expect(begun).toHaveLength(2);
      gate.resolve();
      await vi.waitFor(() => expect(begun).toEqual(expect.arrayContaining(['d', 'e', 'f'])), wait);
    });

    test('an acknowledged wake-up survives kill -9 of a store with AOF', async () => {
      const redis = await openServer();
      const { queue, handled, listen } = await openQueue(redis.port);
      await queue.enqueue('resolve', 'kept');
      await redis.kill();
      await redis.start();
      listen();
      await vi.waitFor(() => expect(handled).toEqual(['kept']), wait);
    });

    test('flushed under running workers: waiting wake-ups are lost, later ones are handled', async () => {
      const redis = await openServer();
      const { queue, handled, listen } = await openQueue(redis.port);
      listen();
      await handlesAgain(queue, handled, 'before');
      await redis.send('FLUSHALL');
      await redis.send('SCRIPT', 'FLUSH');
      await queue.enqueue('resolve', 'after');
      await vi.waitFor(() => expect(handled).toContain('after'), wait);
    });

    test('flushed while a handler runs: it ends normally, and the next wake-up is handled', async () => {
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
      // A store that answers late may bring a wake-up twice.
      await vi.waitFor(() => expect(new Set(ended)).toEqual(new Set(['a', 'b'])), wait);
    });
  });
});
