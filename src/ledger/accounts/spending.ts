import { dayMs } from '../../core/durations.ts';
import type { Caps } from '../../core/limits.ts';
import type { Executor } from '../db/schema.ts';

/** A planned paid call, in millionths of a dollar. */
export interface PaidCall {
  readonly id: string;
  readonly account: string;
  readonly amount: number;
}

/** The reason why a call exceeds the budget. */
export interface Overdraft {
  readonly reason: string;
  /** Start of the next period. */
  readonly until: number;
}

/**
 * Reserves the cost of a call, if the account's spending of the day and the month stays within the caps. Call it with the account locked.
 * A reservation that is never settled stays spent: the call may have been made.
 */
export async function reserve(
  tx: Executor,
  { id, account, amount }: PaidCall,
  { now, caps }: { now: number; caps: Caps },
): Promise<Overdraft | undefined> {
  const spans = [
    { name: 'month', cap: caps.perMonth, from: monthOf(now), until: nextMonthOf(now) },
    { name: 'day', cap: caps.perDay, from: dayOf(now), until: dayOf(now) + dayMs },
  ];
  for (const { name, cap, from, until } of spans) {
    if (cap === null || (await spentSince(tx, account, from)) + amount <= cap) continue;
    return { reason: `the budget of $${cap / 1e6} a ${name} is used up`, until };
  }
  await tx
    .insertInto('spending')
    .values({ id, account, amount, settled: 0, at: now })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return undefined;
}

/** Records the actual cost of a call; undefined: the platform does not say, so the reservation counts. */
export async function settle(tx: Executor, id: string, amount: number | undefined): Promise<void> {
  await tx
    .updateTable('spending')
    .set({ settled: 1, ...(amount === undefined ? {} : { amount }) })
    .where('id', '=', id)
    .execute();
}

/** Removes the reservation of a call that was surely not charged. */
export async function release(tx: Executor, id: string): Promise<void> {
  await tx.deleteFrom('spending').where('id', '=', id).where('settled', '=', 0).execute();
}

export async function spentSince(db: Executor, account: string, since: number): Promise<number> {
  const { total } = await db
    .selectFrom('spending')
    .select(({ fn }) => fn.sum<number | string | null>('amount').as('total'))
    .where('account', '=', account)
    .where('at', '>=', since)
    .executeTakeFirstOrThrow();
  return Number(total ?? 0);
}

/** Deletes the spending of past months, a day late, so that a wrong clock does not forget what was spent. */
export async function purgeSpending(tx: Executor, now: number): Promise<void> {
  await tx
    .deleteFrom('spending')
    .where('at', '<', monthOf(now - dayMs))
    .execute();
}

/** The start of the day, UTC. */
function dayOf(time: number): number {
  return time - (time % dayMs);
}

/** The start of the calendar month, UTC. */
export function monthOf(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

function nextMonthOf(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
