import { describe, expect, test } from 'vitest';
import { redisFaults } from '../../src/queue/redis-checks.ts';
import { redirectLibraryOutput } from '../../src/observe/library-output.ts';
import { openRedis, redisIsHere } from '../servers/redis.ts';
import { redisConditions } from '../support/chaos/redis-conditions.ts';

describe.skipIf(!redisIsHere)('the check of a Redis', () => {
  async function faultsOf(setup: Parameters<typeof openRedis>[0]) {
    await using server = await openRedis(setup);
    return await redisFaults({ url: server.url, prefix: 'test' });
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

  const { slow: _slow, hanging: _hanging, ...others } = redisConditions;
  test.each(Object.entries(others))('names one that is %s, with the remedy, and refuses nothing', async (_, how) => {
    await using server = await openRedis();
    await how.begin(server);
    const faults = await redisFaults({ url: server.url, prefix: 'test' });
    expect(faults.filter(({ fatal }) => fatal)).toEqual([]);
    const message = faults.map((fault) => fault.message).join('\n');
    expect(message).toMatch(how.words);
    expect(message).toContain('each process finds its own due work');
  });

  test('a user without INFO and CONFIG, with which `run` works, is no failure', async () => {
    await using server = await openRedis();
    await server.send('ACL', 'SETUSER', 'bot', 'on', '>secret', '~test:*', '+@all', '-@admin', '-info', '-config');
    const printed: unknown[] = [];
    using _redirected = redirectLibraryOutput((event) => printed.push(event));
    const faults = await redisFaults({ url: server.url.replace('//', '//bot:secret@'), prefix: 'test' });
    expect(faults).toMatchObject([{ fatal: false, message: expect.stringContaining('cannot be read') }]);
    // ioredis prints this to the console.
    const skipped = expect.objectContaining({ message: expect.stringContaining('Skipping the ready check') });
    expect(printed).toContainEqual(skipped);
  });

  test('leaves nothing behind', async () => {
    await using server = await openRedis();
    await redisFaults({ url: server.url, prefix: 'test' });
    expect(await server.send('DBSIZE')).toBe(':0');
  });
});

test.each([
  'redis//:hunter2@127.0.0.1:1',
  'http://:hunter2@127.0.0.1:1',
  ':hunter2@127.0.0.1:1',
  'redis://:hunter2@a b',
])('an invalid URL is refused, and the message does not repeat its password: %s', async (url) => {
  const error = await redisFaults({ url, prefix: 'test' }).catch(String);
  expect(error).toContain('UsageError: invalid URL of the queue');
  expect(error).not.toContain('hunter2');
});
