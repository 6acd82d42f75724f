import { sql } from 'kysely';
import { isPostgres } from '../db/dialect.ts';
import type { Executor } from '../db/schema.ts';

/** A process that works on the ledger, or did last. */
export interface Runner {
  readonly pid: number;
  readonly host: string;
  readonly since: number;
  /** Last tick of its scheduler, accurate to half a minute. */
  readonly aliveAt: number;
}

/** Stores a heartbeat: one per process id on a shared ledger, else one in all. */
export async function recordHeartbeat(tx: Executor, runner: Runner, id?: string): Promise<void> {
  await tx
    .insertInto('settings')
    .values({ name: settingName(id), value: JSON.stringify(runner) })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: JSON.stringify(runner) }))
    .execute();
}

export async function renewHeartbeat(tx: Executor, aliveAt: number): Promise<void> {
  const runner = await lastRunner(tx);
  if (runner !== undefined) await recordHeartbeat(tx, { ...runner, aliveAt });
}

export async function lastRunner(db: Executor): Promise<Runner | undefined> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', settingName()).executeTakeFirst();
  return row && (JSON.parse(row.value) as Runner);
}

/** Processes that work on a shared ledger or crashed, the latest heartbeat first. */
export async function runners(db: Executor): Promise<Runner[]> {
  const rows = await db
    .selectFrom('settings')
    .select('value')
    .where('name', 'like', `${settingName('')}%`)
    .execute();
  return rows.map(({ value }) => JSON.parse(value) as Runner).toSorted((a, b) => b.aliveAt - a.aliveAt);
}

export async function forgetRunner(tx: Executor, id: string): Promise<void> {
  await tx.deleteFrom('settings').where('name', '=', settingName(id)).execute();
}

/** Deletes heartbeats older than `before`. */
export async function forgetSilentRunners(tx: Executor, before: number): Promise<void> {
  const rows = await tx
    .selectFrom('settings')
    .selectAll()
    .where('name', 'like', `${settingName('')}%`)
    .execute();
  const silent = rows.filter(({ value }) => (JSON.parse(value) as Runner).aliveAt < before);
  for (const { name } of silent) await tx.deleteFrom('settings').where('name', '=', name).execute();
}

function settingName(id?: string): string {
  return id === undefined ? 'heartbeat' : `heartbeat:${id}`;
}

/** Ends all leases at once. Only for the holder of the worker lock: every other process is dead. */
export async function releaseDeadLeases(tx: Executor, now: number): Promise<void> {
  await tx.updateTable('feeds').set({ lease_until: 0 }).execute();
  await tx
    .updateTable('replies')
    .set({ due_at: now })
    .where('lease_until', 'is not', null)
    .where('due_at', '>', now)
    .execute();
}

/** SQLite's check of the file: `ok` or its findings. PostgreSQL checks its own files. */
export async function quickCheck(db: Executor): Promise<string> {
  if (isPostgres(db)) return 'ok';
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check`.execute(db);
  return rows.map((row) => row.quick_check).join('; ');
}
