import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { dayMs } from '../../src/core/durations.ts';
import { tidy } from '../../workers/sweep.ts';
import { openTestApp } from '../support/app.ts';

test('a bot that is to end does not purge years of posts first: the next tidying goes on', async () => {
  const posts = Array.from({ length: 1600 }, (_, at) => ({ id: `${at}`, text: `#07ASTANA2244 ¶${(at % 20) + 1}` }));
  const { app, clock, work } = await openTestApp(posts);
  await work();
  clock.advance(366 * dayMs);
  const stored = async () => (await app.ledger.db.selectFrom('posts').select('key').execute()).length;
  const stop = new AbortController();
  const purging = tidy({ ...app, stopping: stop.signal });
  while ((await stored()) === posts.length) await turn();
  stop.abort();
  await purging;
  expect(await stored()).toBeGreaterThan(0);
  await tidy(app);
  expect(await stored()).toBe(0);
});
