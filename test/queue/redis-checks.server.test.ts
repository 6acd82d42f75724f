import { describe, expect, test } from 'vitest';
import { redisFaults } from '../../src/queue/redis-checks.ts';
import { openRedis, redisIsHere } from '../servers/redis.ts';

describe.skipIf(!redisIsHere)('what Redis must be like', () => {
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

test.each([
  'redis//:hunter2@127.0.0.1:1',
  'http://:hunter2@127.0.0.1:1',
  ':hunter2@127.0.0.1:1',
  'redis://:hunter2@a b',
])('what is no URL of Redis is refused, and the password in it is not repeated: %s', async (url) => {
  const error = await redisFaults(url).catch(String);
  expect(error).toContain('UsageError: the URL of the bell is none');
  expect(error).not.toContain('hunter2');
});
