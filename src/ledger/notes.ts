import { sql } from 'kysely';
import type { Executor } from './schema.ts';

/** Who works on the ledger, or did last. */
export interface Runner {
  readonly pid: number;
  readonly host: string;
  readonly since: number;
  /** When its clockwork last ticked, to within half a minute. */
  readonly aliveAt: number;
}

export async function noteRunner(tx: Executor, runner: Runner): Promise<void> {
  await tx
    .insertInto('notes')
    .values({ name: 'runner', value: JSON.stringify(runner) })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: JSON.stringify(runner) }))
    .execute();
}

export async function noteAlive(tx: Executor, aliveAt: number): Promise<void> {
  const runner = await lastRunner(tx);
  if (runner !== undefined) await noteRunner(tx, { ...runner, aliveAt });
}

export async function lastRunner(db: Executor): Promise<Runner | undefined> {
  const row = await db.selectFrom('notes').select('value').where('name', '=', 'runner').executeTakeFirst();
  return row && (JSON.parse(row.value) as Runner);
}

/** Where the process is alone by proof of the worker lock: what a dead process left in its hands is free now, not when its leases end. */
export async function takeOver(tx: Executor, now: number): Promise<void> {
  await tx.updateTable('feeds').set({ lease_until: 0 }).execute();
  await tx
    .updateTable('replies')
    .set({ due_at: now })
    .where('state', '=', 'sending')
    .where('due_at', '>', now)
    .execute();
}

/** Is the file sound? `ok`, or what SQLite finds wrong. */
export async function quickCheck(db: Executor): Promise<string> {
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check`.execute(db);
  return rows.map((row) => row.quick_check).join('; ');
}
