import { sql } from 'kysely';
import { type Limits, isPaid } from '../../core/limits.ts';
import type { Published } from '../../core/reply.ts';
import { recordRefusal, recordSuccess, blockAccount } from '../accounts/accounts.ts';
import type { Batch } from '../db/batch.ts';
import { spendingId } from '../accounts/reply-limits.ts';
import { valuesList } from '../db/values-list.ts';
import { release, settle } from '../accounts/spending.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';
import type { Lease } from './claim-reply.ts';
import { lookupState } from './withdraw-reply.ts';

/** Outcome of an attempt to send. */
export type Ending =
  | { readonly state: 'sent'; readonly published: Published }
  | { readonly state: 'planned'; readonly reason: string; readonly dueAt: number; readonly holdAccount?: boolean }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string; readonly dueAt: number };

/** A finished attempt. */
export interface Ended {
  readonly lease: Lease;
  readonly ending: Ending;
  readonly now: number;
  readonly limits: Limits;
}

/**
 * sending -> sent | planned | refused | unknown. No result: the lease was lost. A late `sent` is still true, so it overwrites the state that
 * others gave the same attempt meanwhile.
 */
export const endSending: Batch<Ended, true> = {
  keyOf: ({ lease }) => lease.key,
  async run(tx, all) {
    const results = new Map<string, true>();
    const ended = await writeEndings(tx, all);
    for (const one of all.toSorted(byAccount)) {
      const { key } = one.lease;
      const cancelRequested = ended.get(key);
      if (cancelRequested === undefined) continue;
      if (one.ending.state === 'planned') await forgetAttempt(tx, key);
      await updateAccount(tx, one);
      // After the account: no lookup during its cooldown.
      if (cancelRequested && one.ending.state !== 'unknown')
        await applyCancellation(tx, key, one.ending.state, one.now);
      results.set(key, true);
    }
    return results;
  },
};

/** Lock order of the accounts. */
function byAccount({ lease: a }: Ended, { lease: b }: Ended): number {
  return a.publisher < b.publisher ? -1 : Number(a.publisher > b.publisher);
}

/** Writes the outcomes. Returns the keys of the leases still held, each with its `cancelRequested`. */
async function writeEndings(tx: Executor, all: readonly Ended[]): Promise<ReadonlyMap<string, boolean>> {
  const columns = {
    key: 'text',
    attempt: 'bigint',
    state: 'text',
    reason: 'text',
    published: 'text',
    published_id: 'text',
    sent_at: 'bigint',
    due_at: 'bigint',
    now: 'bigint',
  } as const;
  const { rows } = await sql<Pick<ReplyRow, 'key' | 'cancel_requested'>>`
    update replies set state = input.state, reason = input.reason, published = input.published,
      published_id = input.published_id, sent_at = input.sent_at, due_at = input.due_at, lease_until = null, lookups = 0,
      updated_at = input.now
    from ${valuesList(tx, columns, all.map(endRow))}
    where replies.key = input.key and replies.attempts = input.attempt
      and (replies.state = 'sending'
        or (input.state = 'sent' and replies.state in ('unknown', 'planned', 'abandoned')))
    returning replies.key, replies.cancel_requested`.execute(tx);
  return new Map(rows.map(({ key, cancel_requested: cancelled }) => [key, cancelled === 1]));
}

function endRow({ lease, ending, now }: Ended) {
  const published = ending.state === 'sent' ? ending.published : undefined;
  return {
    key: lease.key,
    attempt: lease.attempt,
    state: ending.state,
    reason: 'reason' in ending ? ending.reason : null,
    published: published === undefined ? null : JSON.stringify(published),
    published_id: published?.id ?? null,
    sent_at: published === undefined ? null : now,
    due_at: 'dueAt' in ending ? ending.dueAt : null,
    now,
  };
}

/** The platform surely did not get this attempt. Keeps the time of an earlier one, which it may have got. */
async function forgetAttempt(tx: Executor, key: string): Promise<void> {
  await tx
    .updateTable('replies')
    .set({ first_attempt_at: null })
    .where('key', '=', key)
    .whereRef('first_attempt_at', '=', 'claimed_at')
    .execute();
}

/** Updates the account's spending, cooldown and breaker. */
async function updateAccount(tx: Executor, { lease, ending, now, limits }: Ended): Promise<void> {
  const { publisher } = lease;
  if (isPaid(limits)) {
    const id = spendingId(lease.key, lease.attempt);
    if (ending.state === 'sent') await settle(tx, id, ending.published.cost);
    if (ending.state === 'planned' || ending.state === 'refused') await release(tx, id);
  }
  if (ending.state === 'planned' && ending.holdAccount === true)
    await blockAccount(tx, publisher, { until: ending.dueAt, reason: ending.reason });
  if (limits.failureThreshold === null) return;
  if (ending.state === 'refused') await recordRefusal(tx, publisher, { now, reason: ending.reason, limits });
  if (ending.state === 'sent') await recordSuccess(tx, publisher, now);
}

/** Applies a cancellation that was requested while the reply was being sent. */
export async function applyCancellation(
  tx: Executor,
  key: string,
  state: ReplyRow['state'],
  now: number,
): Promise<void> {
  const cancelled = tx.updateTable('replies').where('key', '=', key).where('cancel_requested', '=', 1);
  if (state === 'sent')
    await cancelled.set({ state: 'withdrawing', due_at: now, cancel_requested: 0, lookups: 0 }).execute();
  if (state === 'refused') await cancelled.set({ cancel_requested: 0 }).execute();
  if (state !== 'planned') return;
  await cancelled.set(lookupState(now)).where('first_attempt_at', 'is not', null).execute();
  await cancelled
    .where('first_attempt_at', 'is', null)
    .set({ state: 'abandoned', due_at: null, cancel_requested: 0, reason: 'withdrawn before it was sent' })
    .execute();
}

/** sending -> unknown for every expired lease: the reply may be published, so it is never simply sent again. */
export async function expireSending(tx: Executor, now: number): Promise<number> {
  const result = await tx
    .updateTable('replies')
    .set({
      state: 'unknown',
      reason: 'the sender stopped before it knew the outcome',
      due_at: now,
      lease_until: null,
      lookups: 0,
      updated_at: now,
    })
    .where('state', '=', 'sending')
    .where('due_at', '<=', now)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
