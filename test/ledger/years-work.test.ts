import { expect, test, vi } from 'vitest';
import { openAsked, questionsTo } from '../support/asked.ts';
import { pagesReadIn, statementsOf, watchSqlite } from '../support/counted-work.ts';
import { growing, sizes, yearsIn } from '../support/years-ledger.ts';

test('what the bot, a page or a command asks of an embedded ledger costs the same in one of four times as many posts', async () => {
  const counts = [];
  for (const copies of sizes) {
    const file = await yearsIn(copies);
    const site = await openAsked({ ledger: file });
    const asked = await statementsOf(questionsTo(site), watchSqlite());
    vi.restoreAllMocks();
    counts.push(
      new Map([...asked].map(([name, statements]) => [name, pagesReadIn(site.app.ledger.place, statements)])),
    );
  }
  expect(growing(counts)).toEqual([]);
}, 300_000);
