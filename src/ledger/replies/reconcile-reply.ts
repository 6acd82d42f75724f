import type { Published } from '../../core/reply.ts';
import { spendingId } from '../accounts/reply-limits.ts';
import { settle } from '../accounts/spending.ts';
import type { Executor } from '../db/schema.ts';
import { findsRow } from '../db/queries.ts';
import { type LeasedReply, leaseReply, type LeaseTerms, publishedColumns } from './replies.ts';
import { moveReplies } from './states.ts';
import { applyCancellation } from './withdraw-reply.ts';

/** A reply with unknown outcome, to look up. */
export interface Unknown extends LeasedReply {
  readonly attempt: number;
  readonly firstAttemptAt: number;
  readonly plannedAt: number;
  /** Withdraw it when found, and never send it again. */
  readonly cancelRequested: boolean;
  /** Lookups in a row, the last included, that found a complete listing without it. */
  readonly absences: number;
}

export async function claimUnknown(tx: Executor, key: string, terms: LeaseTerms): Promise<Unknown | undefined> {
  const claimed = await leaseReply(tx, key, ['unknown'], terms);
  if (claimed === undefined) return undefined;
  const { leased, row } = claimed;
  const { attempts: attempt, absences, planned_at: plannedAt } = row;
  const firstAttemptAt = row.first_attempt_at ?? terms.now;
  return { ...leased, attempt, absences, firstAttemptAt, plannedAt, cancelRequested: row.cancel_requested === 1 };
}

/** Result of a lookup on the platform. */
export type Reconciliation =
  | { readonly state: 'sent'; readonly published: Published }
  /** Send again: a repeat is harmless until `repeatUntil`; null: always. */
  | { readonly state: 'planned'; readonly repeatUntil: number | null; readonly dueAt: number }
  /** Still unknown; `answered` false: a failed lookup, which does not count; `absent`: a complete listing is without it. */
  | { readonly state: 'unknown'; readonly dueAt: number; readonly answered: boolean; readonly absent?: boolean }
  | { readonly state: 'abandoned'; readonly reason: string };

/** Writes the result of a lookup. False: the reply changed meanwhile. */
export async function reconcileReply(
  tx: Executor,
  unknown: Unknown,
  reconciliation: Reconciliation,
  now: number,
): Promise<boolean> {
  const reconciled = reconcile(tx, unknown, reconciliation, now)
    .where('key', '=', unknown.key)
    .where('attempts', '=', unknown.attempt)
    .where('lookups', '=', unknown.lookups);
  if (!(await findsRow(reconciled))) return false;
  if (reconciliation.state === 'sent')
    await settle(tx, spendingId(unknown.key, unknown.attempt), reconciliation.published.cost);
  await applyCancellation(tx, unknown.key, now);
  return true;
}

function reconcile(tx: Executor, { lookups, absences }: Unknown, to: Reconciliation, now: number) {
  const common = { updated_at: now };
  if (to.state === 'sent')
    return moveReplies(tx, ['unknown'], 'sent', { ...publishedColumns(to.published), sent_at: now, ...common });
  if (to.state === 'abandoned') return moveReplies(tx, ['unknown'], 'abandoned', { reason: to.reason, ...common });
  const values = { due_at: to.dueAt, ...common };
  if (to.state === 'planned')
    return moveReplies(tx, ['unknown'], 'planned', { ...values, repeat_until: to.repeatUntil });
  if (!to.answered) return moveReplies(tx, ['unknown'], 'unknown', { ...values, lookups, absences });
  const counts = { lookups: lookups + 1, absences: to.absent === true ? absences + 1 : 0 };
  return moveReplies(tx, ['unknown'], 'unknown', { ...values, ...counts });
}
