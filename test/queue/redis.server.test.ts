import { describe, expect, test } from 'vitest';
import { redisFaults } from '../../src/queue/redis.ts';
import { openRedis, redisIsHere } from '../servers/redis.ts';

describe.skipIf(!redisIsHere)('the check of a Redis', () => {
  async function faultsOf(setup: Parameters<typeof openRedis>[0]) {
    await using server = await openRedis(setup);
    return await redisFaults(server.url);
  }

  test('finds nothing in one that is set up well', async () => {
    expect(await faultsOf({})).toEqual([]);
  });

  test('warns of one without AOF, with the remedy', async () => {
    expect(await faultsOf({ appendonly: false })).toMatchObject([
      { fatal: false, message: expect.stringContaining('--appendonly yes') },
    ]);
  });

  test('refuses one that evicts keys, with the remedy', async () => {
    expect(await faultsOf({ maxmemoryPolicy: 'allkeys-lru' })).toMatchObject([
      { fatal: true, message: expect.stringContaining('--maxmemory-policy noeviction') },
    ]);
  });

  test('leaves the question to the operator where CONFIG is forbidden', async () => {
    expect(await faultsOf({ more: ['--rename-command', 'CONFIG', ''] })).toMatchObject([
      { fatal: false, message: expect.stringContaining('cannot be read') },
    ]);
  });

  test('reports one that does not run as unreachable', async () => {
    await expect(redisFaults('redis://127.0.0.1:1')).rejects.toThrow('cannot be reached');
  });
});

test.each([
  'redis//:hunter2@127.0.0.1:1',
  'http://:hunter2@127.0.0.1:1',
  ':hunter2@127.0.0.1:1',
  'redis://:hunter2@a b',
])('an invalid URL is refused, and the message does not repeat its password: %s', async (url) => {
  const error = await redisFaults(url).catch(String);
  expect(error).toContain('UsageError: invalid URL of the queue');
  expect(error).not.toContain('hunter2');
});
