import { sql } from 'kysely';
import type { Payload, Published } from '../../core/reply.ts';
import type { Executor } from '../db/schema.ts';

/** Result of a request to withdraw a reply; `cancel_requested`: its outcome is not known yet, and it is withdrawn once it is. */
export type WithdrawalResult = 'abandoned' | 'withdrawing' | 'cancel_requested';

/** A person's request: withdraws the reply, or cancels it. Undefined: there is nothing to withdraw. */
export async function requestWithdrawal(
  tx: Executor,
  key: string,
  now: number,
  who = 'the operator',
): Promise<WithdrawalResult | undefined> {
  return await withdraw(tx, key, { now, reason: `withdrawn by ${who} before it was sent` });
}

/**
 * Withdraws a reply that no longer fits its post, and frees its scope for another one. Only a published reply is withdrawn at once: one that is
 * still in flight could arrive after the withdrawal.
 */
export async function supersedeReply(tx: Executor, key: string, now: number): Promise<WithdrawalResult | undefined> {
  const row = await tx.selectFrom('replies').select('scope').where('key', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  await tx
    .updateTable('replies')
    .set({ scope: freedScope(row.scope, key) })
    .where('key', '=', key)
    .execute();
  return await withdraw(tx, key, { now, reason: 'the post changed before the reply was sent' });
}

/** A scope with the same citations that no longer blocks another reply. */
function freedScope(scope: string, key: string): string {
  const parts = JSON.parse(scope) as string[];
  return JSON.stringify([`${parts[0]} superseded ${key}`, ...parts.slice(1)]);
}

async function withdraw(
  tx: Executor,
  key: string,
  { now, reason }: { now: number; reason: string },
): Promise<WithdrawalResult | undefined> {
  const reply = () => tx.updateTable('replies').where('key', '=', key);
  if (await markForLookup(tx, key, now)) return 'cancel_requested';
  const abandoned = await reply()
    .set({ state: 'abandoned', due_at: null, reason, updated_at: now })
    .where('state', 'in', ['planned', 'held'])
    .executeTakeFirst();
  if (abandoned.numUpdatedRows > 0n) return 'abandoned';
  const withdrawing = await reply()
    .set({ state: 'withdrawing', due_at: now, lookups: 0, updated_at: now })
    .where('state', '=', 'sent')
    .executeTakeFirst();
  if (withdrawing.numUpdatedRows > 0n) return 'withdrawing';
  const cancelRequested = await reply()
    .set({ cancel_requested: 1, updated_at: now })
    .where('state', 'in', ['sending', 'unknown'])
    .executeTakeFirst();
  return cancelRequested.numUpdatedRows > 0n ? 'cancel_requested' : undefined;
}

/**
 * Cancels a reply that was planned again as a harmless repeat: an earlier attempt may have succeeded, so it is looked up and withdrawn.
 * False: no attempt can have succeeded.
 */
export async function markForLookup(tx: Executor, key: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set(lookupState(now))
    .where('key', '=', key)
    .where('state', '=', 'planned')
    .where('first_attempt_at', 'is not', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** planned -> unknown with a cancellation, due now or at the end of the account's cooldown. */
export function lookupState(now: number) {
  const dueAt = sql<number>`coalesce(
    (select blocked_until from accounts where accounts.name = replies.publisher and blocked_until > ${now}), ${now})`;
  return {
    state: 'unknown',
    cancel_requested: 1,
    due_at: dueAt,
    repeat_until: null,
    lookups: 0,
    updated_at: now,
  } as const;
}

/** A reply to withdraw, or a withdrawn one to recheck. */
export interface Withdrawal {
  readonly key: string;
  readonly state: 'withdrawing' | 'withdrawn';
  readonly publisher: string;
  readonly payload: Payload;
  readonly published: Published;
  readonly lookups: number;
  /** End of the lease. */
  readonly leaseUntil: number;
}

/** Leases a reply for its withdrawal or recheck. Undefined: it is not due, or leased by another process. */
export async function claimWithdrawal(
  tx: Executor,
  key: string,
  { now, leaseMs }: { now: number; leaseMs: number },
): Promise<Withdrawal | undefined> {
  const row = await tx
    .updateTable('replies')
    .set({ due_at: now + leaseMs, lease_until: now + leaseMs })
    .where('key', '=', key)
    .where('state', 'in', ['withdrawing', 'withdrawn'])
    .where('due_at', '<=', now)
    .returning(['key', 'state', 'publisher', 'payload', 'published', 'lookups'])
    .executeTakeFirst();
  if (row === undefined || row.published === null) return undefined;
  return {
    key: row.key,
    state: row.state === 'withdrawn' ? 'withdrawn' : 'withdrawing',
    publisher: row.publisher,
    payload: JSON.parse(row.payload) as Payload,
    published: JSON.parse(row.published) as Published,
    lookups: row.lookups,
    leaseUntil: now + leaseMs,
  };
}

/** Result of an attempt to withdraw a reply. */
export type WithdrawalEnding =
  /** Rechecked at the due time, if any: a request that was in flight may have published it again. */
  | { readonly state: 'withdrawn'; readonly dueAt: number | null }
  | {
      readonly state: 'withdrawing';
      readonly dueAt: number;
      readonly reason: string | null;
      readonly published?: Published;
    };

export async function endWithdrawal(
  tx: Executor,
  withdrawal: Withdrawal,
  ending: WithdrawalEnding,
  now: number,
): Promise<void> {
  const again = 'published' in ending && ending.published !== undefined ? ending.published : undefined;
  await tx
    .updateTable('replies')
    .set({
      state: ending.state,
      due_at: ending.dueAt,
      lease_until: null,
      reason: ending.state === 'withdrawing' ? ending.reason : null,
      lookups: ending.state === withdrawal.state ? withdrawal.lookups + 1 : 0,
      updated_at: now,
      ...(again === undefined ? {} : { published: JSON.stringify(again), published_id: again.id }),
    })
    .where('key', '=', withdrawal.key)
    .where('state', '=', withdrawal.state)
    .execute();
}
