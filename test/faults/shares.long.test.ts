import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { listReplies } from '../../src/ledger/replies/replies.ts';
import { checkShares } from '../contract/shares.ts';
import { testClock } from '../support/clock.ts';
import { openHooked } from '../support/hooked.ts';
import { tempDir } from '../support/temp.ts';

/** The whole bot, with a quota of 20 replies a day and without limits of one author. */
async function answeredOn(accounts: number): Promise<number> {
  const flood = Array.from({ length: accounts * 60 }, (_, i) => {
    return { id: `f${i}`, author: `flood-${Math.floor(i / 60)}`, text: '#07ASTANA2244 ¶5' };
  });
  const honest = { id: 'honest', author: 'ada', text: '#07ASTANA2244 ¶5' };
  const { app, clock, work } = await openHooked({
    posts: [...flood, honest],
    configured: (text) => text.replace('platform: log', 'platform: log\n    limits: { perDay: 20 }'),
    hook: (_request, response) => void response.end(),
  });
  for (let day = 1; day < 5; day += 1) {
    await work();
    const sent = await listReplies(app.ledger.db, ['sent'], 10_000);
    expect(sent.length).toBeLessThanOrEqual(20 * day);
    if (sent.some(({ key }) => key === 'file:honest')) return day;
    clock.advance(24 * 3_600_000);
  }
  return Number.NaN;
}

test(
  'five accounts with 60 posts each do not keep an honest one from an answer on the same day',
  { timeout: 300_000 },
  async () => {
    expect(await answeredOn(5)).toBe(1);
  },
);

test('twenty accounts do so for one day at most', { timeout: 300_000 }, async () => {
  expect(await answeredOn(20)).toBeLessThanOrEqual(2);
});

test('no share and no quota is passed, and nobody starves, in many runs', { timeout: 600_000 }, async () => {
  await using ledger = await openSqliteLedger({ file: join(await tempDir(), 'ledger.db'), clock: testClock() });
  await checkShares(ledger, 100);
});
