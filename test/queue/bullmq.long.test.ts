import { describe, expect, test } from 'vitest';
import { redisIsHere } from '../servers/redis.ts';
import { handlesAgain, handlesItself, openQueue, openServer } from '../support/bull-queue.ts';
import { startProxy } from '../support/proxy.ts';

describe.skipIf(!redisIsHere)('BullMQ queue', () => {
  test('the store is down at the start: the queue opens, and works once it is up', async () => {
    const redis = await openServer();
    await redis.stop();
    const { queue, store, handled, listen } = await openQueue(redis.port);
    listen();
    expect(await store.enqueue('resolve', 'refused')).toBe(false);
    await redis.start();
    await handlesAgain(queue, handled, 'after');
    expect(handled).not.toContain('refused');
  });

  test('hanging: a key that the store does not take is handled here', () => handlesItself('hanging'));

  describe('behind a broken network:', () => {
    test('reset connections are replaced', async () => {
      const redis = await openServer();
      await using proxy = await startProxy(redis.port);
      const { queue, handled, listen } = await openQueue(proxy.port);
      listen();
      await handlesAgain(queue, handled, 'before');
      proxy.reset();
      await handlesAgain(queue, handled, 'after');
    });

    test('a store that never answers: enqueue gives up, and later wake-ups are handled when it answers again', async () => {
      const redis = await openServer();
      await using proxy = await startProxy(redis.port);
      const { queue, handled, listen } = await openQueue(proxy.port);
      listen();
      await handlesAgain(queue, handled, 'before');
      proxy.become('black hole');
      await queue.enqueue('resolve', 'into the dark');
      proxy.become('fair');
      await handlesAgain(queue, handled, 'after');
    });

    test.each(['black hole', 'reset'] as const)('%s: disposing comes to an end', async (trouble) => {
      const redis = await openServer();
      await using proxy = await startProxy(redis.port);
      const { queue, handled, listen } = await openQueue(proxy.port);
      const consumer = listen();
      await handlesAgain(queue, handled, 'before');
      proxy.become('black hole');
      if (trouble === 'reset') proxy.reset();
      void queue.enqueue('resolve', 'lost');
      await consumer[Symbol.asyncDispose]();
      await queue[Symbol.asyncDispose]();
      expect(handled).not.toContain('lost');
    });
  });
});
