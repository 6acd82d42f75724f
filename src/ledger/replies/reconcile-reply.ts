import type { Payload, Published } from '../../core/reply.ts';
import { spendingId } from '../accounts/reply-limits.ts';
import { settle } from '../accounts/spending.ts';
import type { Executor } from '../db/schema.ts';
import { applyCancellation } from './end-sending.ts';

/** A reply with unknown outcome. */
export interface Unknown {
  readonly key: string;
  readonly publisher: string;
  readonly payload: Payload;
  readonly attempt: number;
  readonly firstAttemptAt: number;
  readonly lookups: number;
  /** End of the lookup lease. */
  readonly leaseUntil: number;
  /** Withdraw it when found, and never send it again. */
  readonly cancelRequested: boolean;
}

/** Leases a reply for a lookup. Undefined: it is not unknown, not due, or leased by another process. */
export async function claimUnknown(
  tx: Executor,
  key: string,
  { now, leaseMs }: { now: number; leaseMs: number },
): Promise<Unknown | undefined> {
  const row = await tx
    .updateTable('replies')
    .set({ due_at: now + leaseMs, lease_until: now + leaseMs })
    .where('key', '=', key)
    .where('state', '=', 'unknown')
    .where('due_at', '<=', now)
    .returning(['key', 'publisher', 'payload', 'attempts', 'first_attempt_at', 'lookups', 'cancel_requested'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    key: row.key,
    publisher: row.publisher,
    payload: JSON.parse(row.payload) as Payload,
    attempt: row.attempts,
    firstAttemptAt: row.first_attempt_at ?? now,
    lookups: row.lookups,
    leaseUntil: now + leaseMs,
    cancelRequested: row.cancel_requested === 1,
  };
}

/** Result of a lookup on the platform. */
export type Reconciliation =
  | { readonly state: 'sent'; readonly published: Published }
  /** Send again: a repeat is harmless until `repeatUntil`; null: always. */
  | { readonly state: 'planned'; readonly repeatUntil: number | null; readonly dueAt: number }
  /** Still unknown; `answered` false: a failed lookup, which does not count. */
  | { readonly state: 'unknown'; readonly dueAt: number; readonly answered: boolean }
  | { readonly state: 'abandoned'; readonly reason: string };

/** unknown -> sent | planned | abandoned, or unknown after another lookup. False: the reply changed meanwhile. */
export async function reconcileReply(
  tx: Executor,
  unknown: Unknown,
  reconciliation: Reconciliation,
  now: number,
): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set({
      state: reconciliation.state,
      lookups: reconciliation.state === 'unknown' ? unknown.lookups + (reconciliation.answered ? 1 : 0) : 0,
      due_at: 'dueAt' in reconciliation ? reconciliation.dueAt : null,
      lease_until: null,
      updated_at: now,
      ...factsOf(reconciliation, now),
    })
    .where('key', '=', unknown.key)
    .where('state', '=', 'unknown')
    .where('attempts', '=', unknown.attempt)
    .where('lookups', '=', unknown.lookups)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  if (reconciliation.state === 'sent') {
    await settle(tx, spendingId(unknown.key, unknown.attempt), reconciliation.published.cost);
    await applyCancellation(tx, unknown.key, 'sent', now);
  }
  return true;
}

function factsOf(reconciliation: Reconciliation, now: number) {
  if (reconciliation.state === 'planned') return { repeat_until: reconciliation.repeatUntil };
  if (reconciliation.state === 'abandoned') return { reason: reconciliation.reason };
  if (reconciliation.state !== 'sent') return {};
  const { published } = reconciliation;
  return { published: JSON.stringify(published), published_id: published.id, sent_at: now, reason: null };
}
