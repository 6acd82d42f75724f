import { describe, expect, test } from 'vitest';
import { postgresIsHere } from '../servers/postgres.ts';
import { redisIsHere } from '../servers/redis.ts';
import { runRolling } from '../support/chaos/rolling.ts';

const good = { lost: [], doubled: [], false: [], falls: [], done: true };
const run = { processes: 3, seed: 1, stallMs: 90_000 };

describe.skipIf(!postgresIsHere || !redisIsHere)('three processes on one PostgreSQL and one Redis', () => {
  test('each stopped and replaced under load: nothing lost, nothing doubled', { timeout: 120_000 }, async () => {
    const result = await runRolling({ ...run, posts: 300, perSecond: 60, repeat: 'doubles' });
    const exits = Array.from({ length: Math.max(3, result.exits.length) }, () => 0);
    // All of the result is compared, so that a failure shows all of it.
    expect(result).toEqual({ ...result, ...good, breaches: 0, exits });
  });
});
