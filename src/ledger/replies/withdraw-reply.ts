import { sql } from 'kysely';
import type { Published } from '../../core/reply.ts';
import { codecs } from '../db/codecs.ts';
import { readEach } from '../db/json-column.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';
import { findsRow, isPostgres } from '../db/queries.ts';
import { type LeasedReply, leaseReply, type LeaseTerms, publishedColumns } from './replies.ts';
import { moveReplies } from './states.ts';
import { wakeSuccessors } from './successors.ts';

/** Result of a request to withdraw a reply; `cancel_requested`: its outcome is not known yet, and it is withdrawn once it is. */
export type WithdrawalResult = 'abandoned' | 'withdrawing' | 'cancel_requested';

/** A person's request: withdraws the reply, or cancels it. Undefined: there is nothing to withdraw. */
export async function requestWithdrawal(
  tx: Executor,
  key: string,
  now: number,
  who = 'the operator',
): Promise<WithdrawalResult | undefined> {
  // Its sender may be writing the outcome: this waits for it. SQLite has one writer.
  if (isPostgres(tx)) await tx.selectFrom('replies').select('key').where('key', '=', key).forUpdate().execute();
  return await withdraw(tx, key, { now, reason: `withdrawn by ${who} before it was sent` });
}

/** Reason of replies that were superseded before they were sent. */
export const supersededBefore = 'the post changed before the reply was sent';

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
  return await withdraw(tx, key, { now, reason: supersededBefore });
}

/** A scope with the same citations that no longer blocks another reply. */
function freedScope(scope: ReplyRow['scope'], key: string): ReplyRow['scope'] {
  const [[platform = '', ...rest] = []] = readEach([scope], (text) => codecs.replies.scope.decode(text, key));
  return codecs.replies.scope.encode([`${platform} superseded ${key}`, ...rest]);
}

interface Because {
  readonly now: number;
  readonly reason: string;
}

/** Withdraws a reply, or cancels it; the reason is that of one which was not sent yet. */
async function withdraw(tx: Executor, key: string, { now, reason }: Because): Promise<WithdrawalResult | undefined> {
  const cancelled = await cancelUnsent(tx, ['key', key], { now, reason });
  if (cancelled !== undefined) return cancelled;
  const withdrawing = moveReplies(tx, ['sent'], 'withdrawing', { due_at: now, updated_at: now });
  if (await findsRow(withdrawing.where('key', '=', key))) return 'withdrawing';
  const cancelRequested = tx
    .updateTable('replies')
    .set({ cancel_requested: 1, updated_at: now })
    .where('key', '=', key)
    .where('state', 'in', ['sending', 'unknown']);
  return (await findsRow(cancelRequested)) ? 'cancel_requested' : undefined;
}

/**
 * Abandons planned and held replies, by key or author. An earlier attempt of one that was planned again may have succeeded, so that one is
 * looked up, now or at the end of its account's cooldown, and withdrawn: `cancel_requested`. One that is being replaced is withdrawn, because
 * its text no longer fits. Undefined: there are none.
 */
export async function cancelUnsent(
  tx: Executor,
  [column, value]: readonly ['key' | 'author', string],
  { now, reason }: Because,
): Promise<WithdrawalResult | undefined> {
  const dueAt = sql<number>`coalesce(
    (select blocked_until from accounts where accounts.name = replies.publisher and blocked_until > ${now}), ${now})`;
  const uncertain = moveReplies(tx, ['planned'], 'unknown', { due_at: dueAt, cancel_requested: 1, updated_at: now })
    .where(column, '=', value)
    .where('first_attempt_at', 'is not', null);
  const isUncertain = await findsRow(uncertain);
  const unsent = moveReplies(tx, ['planned', 'held'], 'abandoned', { reason, updated_at: now });
  const isAbandoned = await findsRow(unsent.where(column, '=', value));
  const replacing = moveReplies(tx, ['replacing'], 'withdrawing', { due_at: now, updated_at: now });
  const isWithdrawing = await findsRow(replacing.where(column, '=', value));
  if (isUncertain) return 'cancel_requested';
  if (isAbandoned) return 'abandoned';
  return isWithdrawing ? 'withdrawing' : undefined;
}

/** Carries out a cancellation that was requested before the outcome of the reply was known. */
export async function applyCancellation(tx: Executor, key: string, now: number): Promise<void> {
  const cancelled = tx
    .updateTable('replies')
    .set({ cancel_requested: 0 })
    .where('key', '=', key)
    .where('cancel_requested', '=', 1)
    .where('state', 'in', ['planned', 'sent', 'refused']);
  if (await findsRow(cancelled)) await withdraw(tx, key, { now, reason: 'withdrawn before it was sent' });
  await wakeSuccessors(tx, key, now);
}

/** A reply to withdraw, or a withdrawn one to recheck. */
export interface Withdrawal extends LeasedReply {
  readonly state: 'withdrawing' | 'withdrawn';
  readonly published: Published;
}

export async function claimWithdrawal(tx: Executor, key: string, terms: LeaseTerms): Promise<Withdrawal | undefined> {
  const claimed = await leaseReply(tx, key, ['withdrawing', 'withdrawn'], terms);
  if (claimed === undefined || claimed.row.published === null) return undefined;
  const { leased, row } = claimed;
  const state = row.state === 'withdrawn' ? 'withdrawn' : 'withdrawing';
  return { ...leased, state, published: codecs.replies.published.decode(claimed.row.published, key) };
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

/** Returns the keys of replies that waited for the end of this one, and are due now. */
export async function endWithdrawal(
  tx: Executor,
  withdrawal: Withdrawal,
  ending: WithdrawalEnding,
  now: number,
): Promise<string[]> {
  const from = [withdrawal.state];
  const values = {
    due_at: ending.dueAt,
    lookups: ending.state === withdrawal.state ? withdrawal.lookups + 1 : 0,
    updated_at: now,
  };
  const ended =
    ending.state === 'withdrawn'
      ? moveReplies(tx, from, 'withdrawn', values)
      : moveReplies(tx, from, 'withdrawing', {
          ...values,
          due_at: ending.dueAt,
          reason: ending.reason,
          ...(ending.published && publishedColumns(ending.published)),
        });
  await ended.where('key', '=', withdrawal.key).execute();
  return ending.state === 'withdrawn' ? await wakeSuccessors(tx, withdrawal.key, now) : [];
}
