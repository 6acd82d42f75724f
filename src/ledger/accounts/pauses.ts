import { sql, type SqlBool } from 'kysely';
import type { Executor } from '../db/schema.ts';
import type { PausesTable } from '../db/tables/accounts-tables.ts';

export type Pause = Readonly<PausesTable>;
export type PauseScope = Pause['scope'];

/** Stops sending. A second pause of the same scope changes nothing. */
export async function pause(tx: Executor, { scope, reason, since }: Pause): Promise<void> {
  await tx
    .insertInto('pauses')
    .values({ scope, reason, since })
    .onConflict((conflict) => conflict.column('scope').doNothing())
    .execute();
}

/** Ends a pause and makes its replies due. False: there was none. */
export async function resume(tx: Executor, scope: PauseScope, now: number): Promise<boolean> {
  const result = await tx.deleteFrom('pauses').where('scope', '=', scope).executeTakeFirst();
  if (result.numDeletedRows === 0n) return false;
  await tx
    .updateTable('replies')
    .set({ due_at: now })
    .where('state', '=', 'planned')
    .where('reason', 'like', `${pausePrefix(scope)}%`)
    .execute();
  return true;
}

/** Start of the reason of replies that a pause defers. */
export function pausePrefix(scope: PauseScope): string {
  return `paused (${scope})`;
}

export async function pauses(db: Executor): Promise<Pause[]> {
  return await db.selectFrom('pauses').selectAll().orderBy('since').execute();
}

/** Condition on `replies`: a pause stops the account, on `input.platform`. */
export const replyIsPaused = sql<SqlBool>`exists (select 1 from pauses
  where pauses.scope in ('all', 'platform:' || input.platform, 'account:' || replies.publisher))`;

/** The pause that stops this account, if any. */
export async function pauseOf(db: Executor, platform: string, account: string): Promise<Pause | undefined> {
  const scopes = ['all', `platform:${platform}`, `account:${account}`];
  return (await pauses(db)).find(({ scope }) => scopes.includes(scope));
}
