import { sql, type SqlBool } from 'kysely';
import { backoffMs } from '../../core/durations.ts';
import type { Trouble } from '../../core/errors.ts';
import type { Limits } from '../../core/limits.ts';
import { onLine } from '../../core/text/strangers.ts';
import type { AccountRow, Executor, PauseRow } from '../db/schema.ts';

/**
 * Locks the account's row, and creates it if missing. Other senders of the account wait until this transaction ends, so that no two pass a
 * limit together.
 */
export async function lockAccount(tx: Executor, name: string): Promise<AccountRow> {
  return await tx
    .insertInto('accounts')
    .values({ name, refusals: 0, blocked_until: 0, cooldowns: 0 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ name }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Condition on `replies`: the account is blocked at `input.now`, or was until one reply has shown that it is over. */
export const accountIsBlocked = sql<SqlBool>`exists (select 1 from accounts
  where accounts.name = replies.publisher and (accounts.blocked_until > input.now or accounts.cooldowns > 0))`;

/** Starts a cooldown: the account sends nothing before `until`. */
export async function blockAccount(
  tx: Executor,
  name: string,
  { until, reason }: { until: number; reason: string },
): Promise<void> {
  await lockAccount(tx, name);
  await tx
    .updateTable('accounts')
    .set({ blocked_until: until, reason: onLine(reason) })
    .where('name', '=', name)
    .where('blocked_until', '<', until)
    .execute();
}

/** Cooldowns in a row are longer each time, yet short enough that a renewed login is soon tried. */
export const cooldownBackoff = { firstMs: 60_000, maxMs: 15 * 60_000 };

/** Starts a cooldown, longer each time in a row. Attempts that were in flight when it began do not start another. */
export async function startCooldown(
  tx: Executor,
  name: string,
  { now, reason, trouble }: { now: number; reason: string; trouble: Trouble },
): Promise<void> {
  const { cooldowns, blocked_until: blockedUntil, login_refused_at: since } = await lockAccount(tx, name);
  const isNext = blockedUntil <= now;
  await tx
    .updateTable('accounts')
    .set({
      cooldowns: isNext ? cooldowns + 1 : cooldowns,
      login_refused_at: trouble === 'login' ? (since ?? now) : since,
    })
    .where('name', '=', name)
    .execute();
  const waitMs = Math.max(cooldownBackoff.firstMs, backoffMs(cooldowns, cooldownBackoff));
  if (isNext) await blockAccount(tx, name, { until: now + waitMs, reason });
}

/** Counts a refusal, which also shows that the login works; the breaker opens at the threshold and again at each further one. */
export async function recordRefusal(
  tx: Executor,
  name: string,
  { now, reason, limits }: { now: number; reason: string; limits: Limits },
): Promise<void> {
  const { refusals, blocked_until: blockedUntil } = await lockAccount(tx, name);
  const inARow = refusals + 1;
  const recovered = blockedUntil > now ? {} : { cooldowns: 0, login_refused_at: null };
  await tx
    .updateTable('accounts')
    .set({ refusals: inARow, ...recovered })
    .where('name', '=', name)
    .execute();
  if (limits.failureThreshold === null || inARow < limits.failureThreshold) return;
  await blockAccount(tx, name, {
    until: now + limits.cooldownMs,
    reason: `${inARow} refusals in a row, the last: ${onLine(reason)}`,
  });
}

/** Closes the breaker. A current cooldown stays: replies that were in flight when it began do not end it. */
export async function recordSuccess(tx: Executor, name: string, now: number): Promise<void> {
  const isBlocked = sql<SqlBool>`blocked_until > ${now}`;
  await sql`
    update accounts set refusals = 0, blocked_until = case when ${isBlocked} then blocked_until else 0 end,
      cooldowns = case when ${isBlocked} then cooldowns else 0 end,
      login_refused_at = case when ${isBlocked} then login_refused_at end,
      reason = case when ${isBlocked} then reason end
    where name = ${name} and (refusals > 0 or (blocked_until > 0 and not ${isBlocked}))`.execute(tx);
}

/** Accounts with a cooldown or with refusals, for people and metrics. */
export async function troubledAccounts(db: Executor): Promise<AccountRow[]> {
  return await db
    .selectFrom('accounts')
    .selectAll()
    .where((is) => is.or([is('refusals', '>', 0), is('blocked_until', '>', 0)]))
    .orderBy('name')
    .execute();
}

export type Pause = Readonly<PauseRow>;
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
    .where('state', 'in', ['planned', 'replacing'])
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
