import { sql, type SqlBool } from 'kysely';
import type { Limits } from '../../core/limits.ts';
import type { Executor } from '../db/schema.ts';

/** How the platform treats an account of ours at present. */
export interface Account {
  readonly refusals: number;
  /** Nothing is sent before. */
  readonly blockedUntil: number;
  readonly reason: string | null;
}

/**
 * The account's row, made where there is none. Writing to it makes everybody else who sends through the account wait until this
 * transaction ends, so that no two pass a brake together.
 */
export async function lockAccount(tx: Executor, name: string): Promise<Account> {
  const row = await tx
    .insertInto('accounts')
    .values({ name, refusals: 0, blocked_until: 0 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ name }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return { refusals: row.refusals, blockedUntil: row.blocked_until, reason: row.reason };
}

/** Whether the account of a reply rests at `input.now`, as part of a question for replies. */
export const accountIsBlocked = sql<SqlBool>`exists (select 1 from accounts
  where accounts.name = replies.publisher and accounts.blocked_until > input.now)`;

/** The platform asked for patience: nothing goes out through the account before `until`. */
export async function blockAccount(
  tx: Executor,
  name: string,
  { until, reason }: { until: number; reason: string },
): Promise<void> {
  await lockAccount(tx, name);
  await tx
    .updateTable('accounts')
    .set({ blocked_until: until, reason })
    .where('name', '=', name)
    .where('blocked_until', '<', until)
    .execute();
}

/** One more refusal in a row; the breaker opens at the limit and again at each one after it. */
export async function noteRefusal(
  tx: Executor,
  name: string,
  { now, reason, limits }: { now: number; reason: string; limits: Limits },
): Promise<void> {
  const { refusals } = await lockAccount(tx, name);
  const inARow = refusals + 1;
  await tx.updateTable('accounts').set({ refusals: inARow }).where('name', '=', name).execute();
  if (limits.failureThreshold === null || inARow < limits.failureThreshold) return;
  await blockAccount(tx, name, {
    until: now + limits.cooldownMs,
    reason: `${inARow} refusals in a row, the last: ${reason}`,
  });
}

/** The account is taken again: the breaker closes. A rest that is not over stays: what was under way when it was asked for does not end it. */
export async function noteSuccess(tx: Executor, name: string, now: number): Promise<void> {
  const isBlocked = sql<SqlBool>`blocked_until > ${now}`;
  await tx
    .updateTable('accounts')
    .set({
      refusals: 0,
      blocked_until: sql`case when ${isBlocked} then blocked_until else 0 end`,
      reason: sql`case when ${isBlocked} then reason end`,
    })
    .where('name', '=', name)
    .where((is) =>
      is.or([is('refusals', '>', 0), is.and([is('blocked_until', '>', 0), is('blocked_until', '<=', now)])]),
    )
    .execute();
}

/** Accounts that rest or were refused lately, for people and metrics. */
export async function troubledAccounts(db: Executor): Promise<(Account & { readonly name: string })[]> {
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where((is) => is.or([is('refusals', '>', 0), is('blocked_until', '>', 0)]))
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    refusals: row.refusals,
    blockedUntil: row.blocked_until,
    reason: row.reason,
  }));
}
