import { sql, type SqlBool } from 'kysely';
import type { Limits } from '../../core/limits.ts';
import type { Executor } from '../db/schema.ts';
import type { AccountsTable } from '../db/tables/accounts-tables.ts';

/** State of an account's circuit breaker and cooldown. */
export interface Account {
  readonly name: string;
  readonly refusals: number;
  /** Nothing is sent before this time. */
  readonly blockedUntil: number;
  readonly reason: string | null;
}

/**
 * Locks the account's row, and creates it if missing. Other senders of the account wait until this transaction ends, so that no two pass a
 * limit together.
 */
export async function lockAccount(tx: Executor, name: string): Promise<Account> {
  const row = await tx
    .insertInto('accounts')
    .values({ name, refusals: 0, blocked_until: 0 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ name }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return accountIn(row);
}

function accountIn({ name, refusals, blocked_until: blockedUntil, reason }: AccountsTable): Account {
  return { name, refusals, blockedUntil, reason };
}

/** Condition on `replies`: the account is blocked at `input.now`. */
export const accountIsBlocked = sql<SqlBool>`exists (select 1 from accounts
  where accounts.name = replies.publisher and accounts.blocked_until > input.now)`;

/** Starts a cooldown: the account sends nothing before `until`. */
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

/** Counts a refusal; the breaker opens at the threshold and again at each further one. */
export async function recordRefusal(
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

/** Closes the breaker. A current cooldown stays: replies that were in flight when it began do not end it. */
export async function recordSuccess(tx: Executor, name: string, now: number): Promise<void> {
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

/** Accounts with a cooldown or with refusals, for people and metrics. */
export async function troubledAccounts(db: Executor): Promise<Account[]> {
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where((is) => is.or([is('refusals', '>', 0), is('blocked_until', '>', 0)]))
    .orderBy('name')
    .execute();
  return rows.map(accountIn);
}
