import { sql, type SqlBool } from 'kysely';
import type { Executor } from '../db/schema.ts';

/** What can be stopped: everything, a platform, or an account (a publisher of the configuration). */
export type PauseScope = 'all' | `platform:${string}` | `account:${string}`;

export interface Pause {
  readonly scope: PauseScope;
  readonly reason: string;
  readonly since: number;
}

/** Stops sending. A second pause of the same scope changes nothing. */
export async function pause(tx: Executor, { scope, reason, since }: Pause): Promise<void> {
  await tx
    .insertInto('pauses')
    .values({ scope, reason, since })
    .onConflict((conflict) => conflict.column('scope').doNothing())
    .execute();
}

/** What the pause held back is due again. False: it was not stopped. */
export async function resume(tx: Executor, scope: PauseScope, now: number): Promise<boolean> {
  const result = await tx.deleteFrom('pauses').where('scope', '=', scope).executeTakeFirst();
  if (result.numDeletedRows === 0n) return false;
  await tx
    .updateTable('replies')
    .set({ due_at: now })
    .where('state', '=', 'planned')
    .where('reason', 'like', `${heldBy(scope)}%`)
    .execute();
  return true;
}

/** How a reply that a pause holds back says so. */
export function heldBy(scope: PauseScope): string {
  return `paused (${scope})`;
}

export async function pauses(db: Executor): Promise<Pause[]> {
  const rows = await db.selectFrom('pauses').selectAll().orderBy('since').execute();
  return rows.map((row) => ({ ...row, scope: row.scope as PauseScope }));
}

/** Whether one stops the account of a reply, on `input.platform`, as part of a question for replies. */
export const replyIsPaused = sql<SqlBool>`exists (select 1 from pauses
  where pauses.scope in ('all', 'platform:' || input.platform, 'account:' || replies.publisher))`;

/** The pause that stops this account, if one does. */
export async function pauseOf(db: Executor, platform: string, account: string): Promise<Pause | undefined> {
  const scopes = ['all', `platform:${platform}`, `account:${account}`];
  return (await pauses(db)).find(({ scope }) => scopes.includes(scope));
}
