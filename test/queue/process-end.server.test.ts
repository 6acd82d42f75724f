import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRedis, redisIsHere, type RedisServer } from '../servers/redis.ts';

const file = fileURLToPath(new URL('../support/queue-child.ts', import.meta.url));

/** What happens to Redis before the queue opens, and before it is disposed. */
const courses: Readonly<Record<string, readonly ((redis: RedisServer) => Promise<void> | void)[]>> = {
  'answers all the time': [],
  'was never there': [(redis) => redis.stop()],
  'is there too late': [(redis) => redis.stop(), (redis) => redis.start()],
  'is gone': [() => {}, (redis) => redis.kill()],
  hangs: [() => {}, (redis) => redis.freeze()],
};

describe.skipIf(!redisIsHere)('a process with a BullMQ queue ends by itself where Redis', () => {
  test.each(Object.entries(courses))('%s', async (_, [beforeOpen, beforeEnd]) => {
    await using redis = await openRedis();
    await beforeOpen?.(redis);
    const child = fork(file, [redis.url]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    await once(child, 'message');
    await beforeEnd?.(redis);
    child.send('end');
    expect(await exit).toEqual([0, null]);
  });
});
