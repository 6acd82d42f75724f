import { sql } from 'kysely';
import { isPostgres } from '../db/dialect.ts';
import type { Executor } from '../db/schema.ts';

/** Who works on the ledger, or did last. */
export interface Runner {
  readonly pid: number;
  readonly host: string;
  readonly since: number;
  /** When its clockwork last ticked, to within half a minute. */
  readonly aliveAt: number;
}

/** A ledger of one process knows the last one; where many work, each is noted under its own id. */
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

/** All that work on a shared ledger, or ended without a word, the newest sign of life first. */
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

/** Those of whom nothing was heard since `before`. */
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

/** Where the process is alone by proof of the worker lock: what a dead process left in its hands is free now, not when its leases end. */
export async function takeOver(tx: Executor, now: number): Promise<void> {
  await tx.updateTable('feeds').set({ lease_until: 0 }).execute();
  await tx
    .updateTable('replies')
    .set({ due_at: now })
    .where('lease_until', 'is not', null)
    .where('due_at', '>', now)
    .execute();
}

/** Is the file sound? `ok`, or what SQLite finds wrong. PostgreSQL looks after its files itself. */
export async function quickCheck(db: Executor): Promise<string> {
  if (isPostgres(db)) return 'ok';
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check`.execute(db);
  return rows.map((row) => row.quick_check).join('; ');
}
