import type { Kysely, Transaction } from 'kysely';
import { UsageError } from '../../core/errors.ts';
import type { Ledger, LedgerReader } from '../ledger.ts';
import { countRows } from './queries.ts';
import type { Executor } from './schema.ts';

/** Progress of a copy, for people. */
export type Progress = (table: string, copied: number) => void;

/**
 * Copies a whole ledger into an empty one in one transaction, and verifies the row counts. Feed leases end. Errors: UsageError if the
 * target is not empty.
 */
export async function copyLedger(from: LedgerReader, to: Ledger, progress: Progress): Promise<Record<string, number>> {
  const tables = await tablesOf(from);
  return await to.transact(async (tx) => {
    await refuseIfUsed(tx, tables);
    const counts: Record<string, number> = {};
    for (const table of tables) counts[table] = await copyTable(from.db, tx, table, progress);
    await tx.updateTable('feeds').set({ lease_until: 0 }).execute();
    for (const table of tables) await compare(tx, table, counts[table] ?? 0);
    return counts;
  });
}

/** All tables of a ledger; that of the posts first, because others refer to it. */
async function tablesOf({ db }: LedgerReader): Promise<string[]> {
  const tables = (await db.introspection.getTables()).map(({ name }) => name);
  return ['posts', ...tables.filter((name) => name !== 'posts').toSorted()];
}

/** Tables about processes rather than contents: the target may have rows in them. */
const processTables: ReadonlySet<string> = new Set(['settings', 'scheduler_locks', 'sessions']);

async function refuseIfUsed(tx: Executor, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    if (processTables.has(table)) await rowsOf(tx).deleteFrom(table).execute();
    else if ((await countRows(tx, rowsOf(tx).selectFrom(table).selectAll())) > 0)
      throw new UsageError(`the ledger to copy to is not empty: it has rows in ${table}. Give it a new database.`);
  }
}

/** Untyped rows of any table. */
type Rows = Record<string, Record<string, unknown>>;

function rowsOf(db: Executor): Kysely<Rows> {
  return db as unknown as Kysely<Rows> | Transaction<Rows>;
}

/** PostgreSQL takes 65,535 values a statement; the widest table has 23 columns. */
const batch = 500;

async function copyTable(from: Executor, to: Executor, table: string, progress: Progress): Promise<number> {
  let copied = 0;
  let waiting: Record<string, unknown>[] = [];
  async function write(): Promise<void> {
    if (waiting.length > 0) await rowsOf(to).insertInto(table).values(waiting).execute();
    copied += waiting.length;
    waiting = [];
    progress(table, copied);
  }
  for await (const row of rowsOf(from).selectFrom(table).selectAll().stream()) {
    if (waiting.push(row) === batch) await write();
  }
  await write();
  return copied;
}

async function compare(tx: Executor, table: string, copied: number): Promise<void> {
  const found = await countRows(tx, rowsOf(tx).selectFrom(table).selectAll());
  if (found !== copied)
    throw new Error(`${table}: ${copied} rows were copied, but ${found} arrived; the copy is rolled back`);
}
