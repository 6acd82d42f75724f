import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openBullQueue } from '../../src/queue/bullmq.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { redisFaults } from '../../src/queue/redis-checks.ts';
import { queueContract } from '../contract/queue.ts';
import { openRedis, type RedisServer, redisIsHere } from '../servers/redis.ts';
import { startProxy } from '../support/proxy.ts';

const wait = { timeout: 20_000, interval: 20 };
let prefixes = 0;

async function openQueue(url: string, prefix = `t${(prefixes += 1)}`) {
  const errors: unknown[] = [];
  const told: string[] = [];
  const queue = await openBullQueue({
    url,
    prefix,
    onError: (_bell, _key, error) => errors.push(error),
    onStore: ({ kind, message }) => told.push(`${kind}: ${message}`),
  });
  onTestFinished(() => queue[Symbol.asyncDispose]());
  return { queue, errors, told };
}

/** Rings until it is heard: a ring may be lost with its store, and sweep rings again. */
async function rungUntilHeard(queue: Queue, key: string, heard: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    await queue.ring('resolve', key);
    expect(heard).toContain(key);
  }, wait);
}

describe.skipIf(!redisIsHere)('BullMQ bell', { timeout: 60_000 }, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await openRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  queueContract(() => openQueue(redis.url));

  async function openOwn() {
    const own = await openRedis();
    onTestFinished(() => own[Symbol.asyncDispose]());
    return own;
  }

  function hear(queue: Queue): string[] {
    const heard: string[] = [];
    queue.consume('resolve', { concurrency: 2 }, (key) => {
      heard.push(key);
      return Promise.resolve();
    });
    return heard;
  }

  test('a ring of one process is heard in another, once', async () => {
    const one = await openQueue(redis.url, 'both');
    const other = await openQueue(redis.url, 'both');
    const heard = hear(other.queue);
    await one.queue.ring('resolve', 'a');
    await vi.waitFor(() => expect(heard).toEqual(['a']), wait);
  });

  test('thousands of rings are sent in bulk, and none is left over', async () => {
    const { queue } = await openQueue(redis.url);
    const heard = hear(queue);
    await Promise.all(Array.from({ length: 3000 }, (_, i) => queue.ring('resolve', `${i}`)));
    await vi.waitFor(() => expect(new Set(heard).size).toBe(3000), wait);
    expect(await queue.depths()).toMatchObject({ resolve: 0, respond: 0 });
  });

  test('a bell that is wiped is heard again', async () => {
    const own = await openOwn();
    const { queue } = await openQueue(own.url);
    const heard = hear(queue);
    await rungUntilHeard(queue, 'before', heard);
    const client = new Redis(own.url);
    await client.flushall();
    await client.quit();
    await rungUntilHeard(queue, 'after', heard);
  });

  test('with Redis gone a ring gives up at once and never throws, and is heard again when Redis is back', async () => {
    const own = await openOwn();
    const { queue, told } = await openQueue(own.url);
    const heard = hear(queue);
    await rungUntilHeard(queue, 'before', heard);
    await own.kill();
    await Promise.all(Array.from({ length: 100 }, (_, i) => queue.ring('resolve', `lost ${i}`)));
    await vi.waitFor(() => expect(told.join()).toContain('lost:'), wait);
    await expect(queue.depths()).rejects.toThrow(/not connected|writeable|closed/);
    await own.start();
    await rungUntilHeard(queue, 'after', heard);
    expect(told.filter((line) => line.startsWith('lost:'))).toHaveLength(1);
    expect(told.join()).toContain('back:');
  });

  test('opens, rings in vain and ends with no Redis at all', async () => {
    const { queue } = await openQueue('redis://127.0.0.1:1');
    hear(queue);
    await queue.ring('resolve', 'nobody');
    await queue[Symbol.asyncDispose]();
  });

  test('a Redis that no longer answers holds up neither a ring nor the end, and is replaced when it does', async () => {
    await using proxy = await startProxy(redis.port);
    const { queue } = await openQueue(`redis://127.0.0.1:${proxy.port}`);
    const heard = hear(queue);
    await rungUntilHeard(queue, 'before', heard);
    proxy.become('black hole');
    await Promise.all(Array.from({ length: 50 }, (_, i) => queue.ring('resolve', `lost ${i}`)));
    proxy.become('fair');
    await rungUntilHeard(queue, 'after', heard);
    proxy.become('black hole');
    await queue[Symbol.asyncDispose]();
  });

  test('connections that are reset are made again', async () => {
    await using proxy = await startProxy(redis.port);
    const { queue } = await openQueue(`redis://127.0.0.1:${proxy.port}`);
    const heard = hear(queue);
    await rungUntilHeard(queue, 'before', heard);
    expect(proxy.reset()).toBeGreaterThan(0);
    await rungUntilHeard(queue, 'after', heard);
  });
});

describe.skipIf(!redisIsHere)('what Redis must be like', { timeout: 30_000 }, () => {
  async function faultsOf(setup: Parameters<typeof openRedis>[0]) {
    await using server = await openRedis(setup);
    return await redisFaults(server.url);
  }

  test('nothing is said of one that is set up as it should be', async () => {
    expect(await faultsOf({})).toEqual([]);
  });

  test('one that forgets when it dies is warned of, with the mend', async () => {
    expect(await faultsOf({ appendonly: false })).toMatchObject([
      { fatal: false, message: expect.stringContaining('--appendonly yes') },
    ]);
  });

  test('one that drops keys is refused, with the mend', async () => {
    expect(await faultsOf({ maxmemoryPolicy: 'allkeys-lru' })).toMatchObject([
      { fatal: true, message: expect.stringContaining('--maxmemory-policy noeviction') },
    ]);
  });

  test('one that hides its settings leaves the question to the operator', async () => {
    expect(await faultsOf({ more: ['--rename-command', 'CONFIG', ''] })).toMatchObject([
      { fatal: false, message: expect.stringContaining('cannot be read') },
    ]);
  });

  test('one that is not there is said to be unreachable', async () => {
    await expect(redisFaults('redis://127.0.0.1:1')).rejects.toThrow('cannot be reached');
  });
});
