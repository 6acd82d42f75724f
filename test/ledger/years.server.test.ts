import pg from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { postgresIsHere, startPostgres } from '../servers/postgres.ts';
import { askEverything, grownTables, isOfGrownTable, mayScan } from '../support/asked.ts';

let server: ReturnType<typeof startPostgres> | undefined;
afterAll(async () => (await server)?.[Symbol.asyncDispose]());

/** A plan of PostgreSQL, and its parts. */
interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

test.skipIf(!postgresIsHere)(
  'whatever the bot, a page or a command asks is found by an index, in PostgreSQL',
  async () => {
    const url = await (await (server ??= startPostgres({ fsync: 'off' }))).database();
    vi.stubEnv('LEDGER_URL', url);
    const spy = vi.spyOn(pg.Client.prototype, 'query');
    await askEverything('ledger: { postgres: { url: { env: LEDGER_URL } } }', { LEDGER_URL: url });
    const asked = statementsIn(spy.mock.calls);
    expect(asked.size).toBeGreaterThan(50);
    const client = new pg.Client(url);
    await client.connect();
    // Without them it reads a table that is small, but only where no index serves.
    await client.query('set enable_seqscan = off');
    const scans: string[] = [];
    for (const [text, parameters] of asked) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${text}`, [
        ...parameters,
      ]);
      const found = scannedIn(rows[0]!['QUERY PLAN'][0].Plan);
      const permitted = mayScan.some(([words]) => text.includes(words)) ? 1 : 0;
      for (const table of found.slice(permitted)) scans.push(`${table}: ${text.replaceAll(/\s+/g, ' ')}`);
    }
    await client.end();
    expect(scans).toEqual([]);
  },
);

/** Tables that it reads from the first row to the last. */
function scannedIn({ Plans = [], ...plan }: Plan): string[] {
  const table = plan['Relation Name'] ?? '';
  const isScan = plan['Node Type'] === 'Seq Scan' && grownTables.includes(table);
  return [...(isScan ? [table] : []), ...Plans.flatMap(scannedIn)];
}

/** What the spy on `query` of a client has seen. */
function statementsIn(calls: readonly (readonly unknown[])[]): ReadonlyMap<string, readonly unknown[]> {
  return new Map(
    calls.flatMap((call) => {
      const { data } = Query.safeParse(call[0]);
      return data !== undefined && isOfGrownTable.test(data.text) ? [[data.text, data.values]] : [];
    }),
  );
}

const Query = z.object({ text: z.string(), values: z.array(z.unknown()).default([]) });
