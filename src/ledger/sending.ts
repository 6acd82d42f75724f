import type { Payload, Published } from '../core/reply.ts';
import { claim } from './claim.ts';
import type { Executor } from './schema.ts';

/** A reply that this process may send now, until the lease ends. `attempt` is the token that later writes carry. */
export interface Sending {
  readonly key: string;
  readonly publisher: string;
  readonly payload: Payload;
  readonly attempt: number;
}

/** planned -> sending. Undefined: it is not planned, not due, or someone else has it. */
export async function takeForSending(
  tx: Executor,
  key: string,
  now: number,
  leaseMs: number,
): Promise<Sending | undefined> {
  const planned = tx
    .selectFrom('replies')
    .select('key')
    .where('key', '=', key)
    .where('state', '=', 'planned')
    .where('due_at', '<=', now);
  const row = await tx
    .updateTable('replies')
    .set((current) => ({
      state: 'sending',
      attempts: current('attempts', '+', 1),
      lease_until: now + leaseMs,
      first_attempt_at: current.fn.coalesce('first_attempt_at', current.val(now)),
      due_at: now + leaseMs,
      updated_at: now,
    }))
    .where('key', '=', claim(tx, planned))
    .returning(['key', 'publisher', 'payload', 'attempts'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    key: row.key,
    publisher: row.publisher,
    payload: JSON.parse(row.payload) as Payload,
    attempt: row.attempts,
  };
}

/** How an attempt to send ended. */
export type Ending =
  | { readonly state: 'sent'; readonly published: Published }
  | { readonly state: 'planned'; readonly reason: string; readonly dueAt: number }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string; readonly dueAt: number };

/**
 * sending -> sent | planned | refused | unknown. False: the attempt was no longer ours. A `sent` is true even then, so it is
 * also written over `unknown` of the same attempt.
 */
export async function endSending(tx: Executor, sending: Sending, ending: Ending, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set({
      state: ending.state,
      reason: 'reason' in ending ? ending.reason : null,
      published: ending.state === 'sent' ? JSON.stringify(ending.published) : null,
      sent_at: ending.state === 'sent' ? now : null,
      due_at: 'dueAt' in ending ? ending.dueAt : null,
      lease_until: null,
      looks: 0,
      updated_at: now,
    })
    .where('key', '=', sending.key)
    .where('attempts', '=', sending.attempt)
    .where('state', 'in', ending.state === 'sent' ? ['sending', 'unknown'] : ['sending'])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** sending -> unknown for every lease that has ended: the reply may be out, so it is never simply sent again. */
export async function expireSending(tx: Executor, now: number): Promise<number> {
  const result = await tx
    .updateTable('replies')
    .set({
      state: 'unknown',
      reason: 'the sender stopped before it knew the outcome',
      due_at: now,
      lease_until: null,
      looks: 0,
      updated_at: now,
    })
    .where('state', '=', 'sending')
    .where('due_at', '<=', now)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
