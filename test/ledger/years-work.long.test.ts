import pg from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { copyLedger } from '../../src/ledger/db/copy.ts';
import { migrationLimits, openPostgresLedger } from '../../src/ledger/db/postgres.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { postgresIsHere, startPostgres } from '../servers/postgres.ts';
import { openAsked, questionsTo } from '../support/asked.ts';
import { pagesAskedOf, statementsOf, watchPostgres } from '../support/counted-work.ts';
import { growing, sizes, yearsIn } from '../support/years-ledger.ts';

let server: ReturnType<typeof startPostgres> | undefined;
afterAll(async () => (await server)?.[Symbol.asyncDispose]());

test.skipIf(!postgresIsHere)(
  'what the bot, a page or a command asks of PostgreSQL costs the same in a ledger of four times as many posts',
  async () => {
    const counts = [];
    for (const copies of sizes) {
      const url = await (await (server ??= startPostgres({ fsync: 'off' }))).database();
      await fill(url, await yearsIn(copies));
      vi.stubEnv('LEDGER_URL', url);
      const site = await openAsked({ before: 'ledger: { postgres: { url: { env: LEDGER_URL } } }' });
      const asked = await statementsOf(questionsTo(site, { LEDGER_URL: url }), watchPostgres());
      vi.restoreAllMocks();
      const read = new Map<string, number>();
      for (const [name, statements] of asked) read.set(name, await pagesAskedOf(url, statements));
      counts.push(read);
    }
    // PostgreSQL chooses plans by samples of its tables: of a day's posts it may read each page once, or once for each post.
    expect(growing(counts, 0.3)).toEqual([]);
  },
  900_000,
);

async function fill(url: string, file: string): Promise<void> {
  await using from = await openSqliteLedger({ file, clock: systemClock });
  await using to = await openPostgresLedger({ url, limits: migrationLimits });
  await copyLedger(from, to, () => {});
  const client = new pg.Client(url);
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
}
