import { DatabaseSync, StatementSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { askEverything, grownTables, isOfGrownTable, mayScan } from '../support/asked.ts';

test('whatever the bot, a page or a command asks is found by an index, in an embedded ledger', async () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
  const runs = [vi.spyOn(StatementSync.prototype, 'all'), vi.spyOn(StatementSync.prototype, 'run')];
  const { app } = await askEverything();
  const texts = new Map<unknown, string>(
    prepare.mock.results.map(({ value }, at) => [value, prepare.mock.calls[at]?.[0] ?? '']),
  );
  const asked = new Map<string, Parameters<StatementSync['all']>>();
  for (const { mock } of runs)
    for (const [at, parameters] of mock.calls.entries()) asked.set(texts.get(mock.contexts[at]) ?? '', parameters);
  vi.restoreAllMocks();
  using database = new DatabaseSync(app.ledger.place);
  let explained = 0;
  const scans: string[] = [];
  for (const [text, parameters] of asked) {
    const plan = isOfGrownTable.test(text) ? planOf(database, text, parameters) : [];
    const found = plan.filter((step) => isScan(step, text));
    const permitted = mayScan.some(([words]) => text.includes(words)) ? 1 : 0;
    scans.push(...found.slice(permitted).map((step) => `${step}: ${text.replaceAll(/\s+/g, ' ')}`));
    if (plan.length > 0) explained += 1;
  }
  expect(explained).toBeGreaterThan(50);
  expect(scans).toEqual([]);
});

/** Empty for statements of the corpus, a database of its own. */
function planOf(database: DatabaseSync, text: string, parameters: Parameters<StatementSync['all']>): string[] {
  try {
    const steps = database.prepare(`explain query plan ${text}`).all(...parameters);
    return steps.map((step) => String(step['detail']));
  } catch {
    return [];
  }
}

/** In the order of an index a scan with a limit reads what it shows. */
function isScan(step: string, text: string): boolean {
  const [, table = '', index] = /^SCAN (\w+)( USING (?:COVERING )?INDEX \w+)?/.exec(step) ?? [];
  return grownTables.includes(table) && (index === undefined || !/\blimit\b/i.test(text));
}
