import { sql } from 'kysely';
import type { Payload, Published } from '../../core/reply.ts';
import type { Executor } from '../db/schema.ts';

/** What became of the wish to take a reply back; `cancelRequested`: nobody knows yet whether it is out, so it is taken back once that is known. */
export type TakenBack = 'abandoned' | 'withdrawing' | 'cancel_requested';

/** A person's word: the reply is taken back, or never sent. Undefined: there is nothing to take back. */
export async function askWithdrawal(
  tx: Executor,
  key: string,
  now: number,
  who = 'the operator',
): Promise<TakenBack | undefined> {
  return await withdraw(tx, key, { now, reason: `withdrawn by ${who} before it was sent` });
}

/**
 * The reply no longer says what is asked: it is taken back, and its scope is free for another one. Only what is known to be out is
 * withdrawn: to withdraw what may still be on its way would leave it standing.
 */
export async function takeBack(tx: Executor, key: string, now: number): Promise<TakenBack | undefined> {
  const row = await tx.selectFrom('replies').select('scope').where('key', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  await tx
    .updateTable('replies')
    .set({ scope: freed(row.scope, key) })
    .where('key', '=', key)
    .execute();
  return await withdraw(tx, key, { now, reason: 'what it answers was changed before it was sent' });
}

/** Still tells what was answered, but is no longer in the way of another reply. */
function freed(scope: string, key: string): string {
  const parts = JSON.parse(scope) as string[];
  return JSON.stringify([`${parts[0]} taken back ${key}`, ...parts.slice(1)]);
}

async function withdraw(
  tx: Executor,
  key: string,
  { now, reason }: { now: number; reason: string },
): Promise<TakenBack | undefined> {
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
 * Planned again because a repeat does no harm, and now no longer wanted: an earlier attempt may be out, so it is looked for and taken back.
 * False: it was surely never out.
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

/** What such a reply becomes. It is looked for now, or when the rest is over that the platform asked its account to take. */
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

/** A reply that is to be taken back, or was, and is looked at once more. */
export interface Withdrawal {
  readonly key: string;
  readonly state: 'withdrawing' | 'withdrawn';
  readonly publisher: string;
  readonly payload: Payload;
  readonly published: Published;
  readonly lookups: number;
  /** When others may take it. */
  readonly leaseUntil: number;
}

/** Takes a reply to take it back, or to look again: for `leaseMs` nobody else does. Undefined: nothing is due, or somebody is at it. */
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

/** What came of an attempt to take a reply back. */
export type WithdrawalEnding =
  /** With a due time it is looked at again then: a request that was on its way may have posted it anew. */
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
