import type { Payload, Published } from '../core/reply.ts';
import { spendingId } from './limits.ts';
import { settle } from './money.ts';
import type { Executor } from './schema.ts';
import { applyCancellation } from './sending.ts';

/** A reply of which nobody knows whether it is out. */
export interface Unknown {
  readonly key: string;
  readonly publisher: string;
  readonly payload: Payload;
  readonly attempt: number;
  readonly firstAttemptAt: number;
  readonly looks: number;
  /** When others may look for it. */
  readonly leaseUntil: number;
  /** It is to be taken back when it is found, and never sent again. */
  readonly cancelRequested: boolean;
}

/** Takes a reply for a look: for `leaseMs` nobody else looks for it. Undefined: it is not unknown, not due, or somebody looks. */
export async function takeUnknown(
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
    .returning(['key', 'publisher', 'payload', 'attempts', 'first_attempt_at', 'looks', 'cancel_requested'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    key: row.key,
    publisher: row.publisher,
    payload: JSON.parse(row.payload) as Payload,
    attempt: row.attempts,
    firstAttemptAt: row.first_attempt_at ?? now,
    looks: row.looks,
    leaseUntil: now + leaseMs,
    cancelRequested: row.cancel_requested === 1,
  };
}

/** What a look on the platform came to. */
export type Settlement =
  | { readonly state: 'sent'; readonly published: Published }
  /** To be sent again, where that is harmless until `repeatUntil`; null: for ever. */
  | { readonly state: 'planned'; readonly repeatUntil: number | null; readonly dueAt: number }
  /** Still unknown; `looked` false: nobody could be asked, which is not counted. */
  | { readonly state: 'unknown'; readonly dueAt: number; readonly looked: boolean }
  | { readonly state: 'abandoned'; readonly reason: string };

/** unknown -> sent | planned | abandoned, or unknown again after one more look. False: it changed meanwhile. */
export async function settleReply(
  tx: Executor,
  unknown: Unknown,
  settlement: Settlement,
  now: number,
): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set({
      state: settlement.state,
      looks: settlement.state === 'unknown' ? unknown.looks + (settlement.looked ? 1 : 0) : 0,
      due_at: 'dueAt' in settlement ? settlement.dueAt : null,
      lease_until: null,
      updated_at: now,
      ...factsOf(settlement, now),
    })
    .where('key', '=', unknown.key)
    .where('state', '=', 'unknown')
    .where('attempts', '=', unknown.attempt)
    .where('looks', '=', unknown.looks)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  if (settlement.state === 'sent') {
    await settle(tx, spendingId(unknown.key, unknown.attempt), settlement.published.cost);
    await applyCancellation(tx, unknown.key, 'sent', now);
  }
  return true;
}

function factsOf(settlement: Settlement, now: number) {
  if (settlement.state === 'planned') return { repeat_until: settlement.repeatUntil };
  if (settlement.state === 'abandoned') return { reason: settlement.reason };
  if (settlement.state !== 'sent') return {};
  const { published } = settlement;
  return { published: JSON.stringify(published), published_id: published.id, sent_at: now, reason: null };
}
