import { describe, expect, test } from 'vitest';
import { postgresIsHere } from '../servers/postgres.ts';
import { redisIsHere } from '../servers/redis.ts';
import { missing, runChaos } from '../support/chaos/chaos.ts';

/** All of a result is compared with this in it, so that a failure shows all of it. */
const good = { lost: [], doubled: [], false: [], falls: [], done: true };
const run = { processes: 3, seed: 1, stallMs: 90_000 };

describe.skipIf(!postgresIsHere || !redisIsHere)('three processes on one PostgreSQL and one Redis', () => {
  test('each kind of trouble, and nothing lost, doubled or untrue', { timeout: 180_000 }, async () => {
    const posts = { posts: 300, perSecond: 40, repeat: 'doubles' as const, pauseMs: 1000 };
    const result = await runChaos({ ...run, ...posts });
    const kinds = Object.keys(result.fired).length;
    process.stdout.write(`chaos: ${result.posts} posts, ${kinds} kinds of trouble; npm run prove chaos takes 20,000\n`);
    if (!result.diskOfOwn) process.stderr.write('SKIPPED: the full disk, because this user may not mount one\n');
    const impossible = result.diskOfOwn ? [] : ['full disk'];
    expect({ ...result, missing: missing(result) }).toEqual({ ...result, ...good, missing: impossible });
  });
});
