import { readFileSync } from 'node:fs';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import pg from 'pg';
import { vi } from 'vitest';
import { z } from 'zod';
import type { Question } from './asked.ts';

export type Statement = readonly [text: string, parameters: readonly unknown[]];

/** What each question asks of a database, in order. */
export async function statementsOf(
  questions: readonly Question[],
  asked: () => readonly Statement[],
): Promise<ReadonlyMap<string, readonly Statement[]>> {
  const found = new Map<string, readonly Statement[]>();
  for (const [name, ask] of questions) {
    const before = asked().length;
    await ask();
    found.set(
      name,
      asked()
        .slice(before)
        .filter(([text]) => /^\s*(?:select|with|insert|update|delete)\b/i.test(text)),
    );
  }
  return found;
}

/** Hears all that is asked of embedded databases. */
export function watchSqlite(): () => readonly Statement[] {
  const asked: Statement[] = [];
  for (const method of ['all', 'run', 'iterate'] as const) {
    const original = StatementSync.prototype[method] as (...parameters: unknown[]) => never;
    vi.spyOn(StatementSync.prototype, method).mockImplementation(function asks(
      this: StatementSync,
      ...parameters: unknown[]
    ) {
      asked.push([this.sourceSQL, parameters]);
      return original.apply(this, parameters);
    });
  }
  return () => asked;
}

/** Hears all that is asked of PostgreSQL. */
export function watchPostgres(): () => readonly Statement[] {
  const { mock } = vi.spyOn(pg.Client.prototype, 'query');
  return () =>
    mock.calls.flatMap(([query]: readonly unknown[]) => {
      const { data } = Query.safeParse(query);
      return data === undefined ? [] : [[data.text, data.values] as const];
    });
}

const Query = z.object({ text: z.string(), values: z.array(z.unknown()).default([]) });

/** Pages of tables and indexes that these statements read or find in memory. */
export async function pagesAskedOf(url: string, statements: readonly Statement[]): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  // A small table it would read whole, where a large one has an index.
  await client.query('set enable_seqscan = off');
  await client.query('begin');
  let read = 0;
  for (const [text, parameters] of statements) {
    await client.query('savepoint one');
    try {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Blocks }] }>(
        `explain (analyze, buffers, format json) ${text}`,
        [...parameters],
      );
      const { Plan: blocks } = rows[0]!['QUERY PLAN'][0];
      read += blocks['Shared Hit Blocks'] + blocks['Shared Read Blocks'];
    } catch {
      // It writes what is there already.
    }
    await client.query('rollback to savepoint one');
  }
  await client.end();
  return read;
}

interface Blocks {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** Pages of the file that these statements read, each once: on a connection of their own that keeps nothing. */
export function pagesReadIn(file: string, statements: readonly Statement[]): number {
  using ledger = new DatabaseSync(file, { timeout: 5000 });
  ledger.exec('begin immediate');
  const before = bytesRead();
  for (const [text, parameters] of statements) {
    try {
      ledger.prepare(text).all(...(parameters as Parameters<StatementSync['all']>));
    } catch {
      // Of another database, or it writes what is there already.
    }
  }
  const read = bytesRead() - before;
  ledger.exec('rollback');
  return Math.round(read / 4096);
}

/** By this thread. */
function bytesRead(): number {
  return Number(/rchar: (\d+)/.exec(readFileSync('/proc/thread-self/io', 'utf8'))?.[1]);
}
