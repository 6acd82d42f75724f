import { describe, expect, test } from 'vitest';
import { postgresIsHere } from '../servers/postgres.ts';
import { redisIsHere } from '../servers/redis.ts';
import { divisions, runFallback } from '../support/chaos/fallback.ts';
import { redisConditions, type RedisConditionName } from '../support/chaos/redis-conditions.ts';

const conditions = Object.keys(redisConditions) as RedisConditionName[];
const cells = conditions.flatMap((name) =>
  (['together', 'split'] as const).map((division) => [name, division] as const),
);
const good = { lost: [], doubled: [], false: [], falls: [], done: true, meanwhile: 20 };

describe.skipIf(!postgresIsHere || !redisIsHere)('three processes whose Redis fails', () => {
  test.each(cells)(
    '%s, roles %s: all posts are answered meanwhile, none twice',
    { timeout: 180_000 },
    async (...cell) => {
      const result = await runFallback(...cell, { posts: 20, perSecond: 5 });
      expect(result).toEqual({ ...result, ...good });
    },
  );
});

test('the matrix has both ways to deal out roles', () => {
  expect(Object.keys(divisions)).toEqual(['together', 'split']);
});
