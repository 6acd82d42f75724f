import type { Payload, Published, ReplyState } from '../core/reply.ts';
import type { Executor, ReplyRow } from './schema.ts';

/** A reply as planned: everything that goes out is frozen in `payload`. */
export interface PlannedReply {
  readonly postKey: string;
  readonly publisher: string;
  readonly payload: Payload;
  /** Thread, cables and paragraphs: the ledger holds one reply for each. */
  readonly scope: string;
}

/** Returns false when the post or its scope has a reply already. */
export async function insertReply(tx: Executor, reply: PlannedReply, now: number): Promise<boolean> {
  const result = await tx
    .insertInto('replies')
    .values({
      key: reply.payload.key,
      post_key: reply.postKey,
      publisher: reply.publisher,
      state: 'planned',
      payload: JSON.stringify(reply.payload),
      scope: reply.scope,
      due_at: now,
      attempts: 0,
      looks: 0,
      planned_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

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
    .where('key', '=', key)
    .where('state', '=', 'planned')
    .where('due_at', '<=', now)
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

/** A reply of which nobody knows whether it is out. */
export interface Unknown {
  readonly key: string;
  readonly publisher: string;
  readonly payload: Payload;
  readonly attempt: number;
  readonly firstAttemptAt: number;
  readonly looks: number;
}

export async function unknownReply(db: Executor, key: string, now: number): Promise<Unknown | undefined> {
  const row = await db
    .selectFrom('replies')
    .select(['key', 'publisher', 'payload', 'attempts', 'first_attempt_at', 'looks'])
    .where('key', '=', key)
    .where('state', '=', 'unknown')
    .where('due_at', '<=', now)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    key: row.key,
    publisher: row.publisher,
    payload: JSON.parse(row.payload) as Payload,
    attempt: row.attempts,
    firstAttemptAt: row.first_attempt_at ?? now,
    looks: row.looks,
  };
}

/** What a look on the platform came to. */
export type Settlement =
  | { readonly state: 'sent'; readonly published: Published }
  | { readonly state: 'planned' }
  | { readonly state: 'unknown'; readonly dueAt: number }
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
      looks: settlement.state === 'unknown' ? unknown.looks + 1 : 0,
      due_at: settlement.state === 'planned' ? now : 'dueAt' in settlement ? settlement.dueAt : null,
      updated_at: now,
      ...(settlement.state === 'sent'
        ? { published: JSON.stringify(settlement.published), sent_at: now, reason: null }
        : {}),
      ...(settlement.state === 'abandoned' ? { reason: settlement.reason } : {}),
    })
    .where('key', '=', unknown.key)
    .where('state', '=', 'unknown')
    .where('attempts', '=', unknown.attempt)
    .where('looks', '=', unknown.looks)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Keys of replies in `state` that are due, the longest waiting first. */
export async function dueReplies(
  db: Executor,
  state: 'planned' | 'sending' | 'unknown' | 'withdrawing',
  now: number,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('replies')
    .select('key')
    .where('state', '=', state)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.key);
}

/** A person's word: refused or abandoned -> planned. Returns false where there is no such reply in such a state. */
export async function retryReply(tx: Executor, key: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set({ state: 'planned', due_at: now, first_attempt_at: null, looks: 0, reason: null, updated_at: now })
    .where('key', '=', key)
    .where('state', 'in', ['refused', 'abandoned'])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** A person's word: planned -> abandoned, or sent -> withdrawing, which `withdraw` carries out. Undefined: in no such state. */
export async function askWithdrawal(
  tx: Executor,
  key: string,
  now: number,
): Promise<'abandoned' | 'withdrawing' | undefined> {
  const abandoned = await tx
    .updateTable('replies')
    .set({ state: 'abandoned', due_at: null, reason: 'withdrawn by the operator before it was sent', updated_at: now })
    .where('key', '=', key)
    .where('state', 'in', ['planned', 'held'])
    .executeTakeFirst();
  if (abandoned.numUpdatedRows > 0n) return 'abandoned';
  const withdrawing = await tx
    .updateTable('replies')
    .set({ state: 'withdrawing', due_at: now, looks: 0, updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'sent')
    .executeTakeFirst();
  return withdrawing.numUpdatedRows > 0n ? 'withdrawing' : undefined;
}

/** A sent reply that is to be taken back. */
export interface Withdrawal {
  readonly key: string;
  readonly publisher: string;
  readonly published: Published;
  readonly looks: number;
}

export async function dueWithdrawal(db: Executor, key: string, now: number): Promise<Withdrawal | undefined> {
  const row = await db
    .selectFrom('replies')
    .select(['key', 'publisher', 'published', 'looks'])
    .where('key', '=', key)
    .where('state', '=', 'withdrawing')
    .where('due_at', '<=', now)
    .executeTakeFirst();
  if (row === undefined || row.published === null) return undefined;
  return {
    key: row.key,
    publisher: row.publisher,
    published: JSON.parse(row.published) as Published,
    looks: row.looks,
  };
}

/** withdrawing -> withdrawn, or, with a due time, withdrawing again after one more try. */
export async function endWithdrawal(
  tx: Executor,
  withdrawal: Withdrawal,
  retry: { reason: string; dueAt: number } | undefined,
  now: number,
): Promise<void> {
  await tx
    .updateTable('replies')
    .set({
      state: retry === undefined ? 'withdrawn' : 'withdrawing',
      due_at: retry?.dueAt ?? null,
      reason: retry?.reason ?? null,
      looks: withdrawal.looks + 1,
      updated_at: now,
    })
    .where('key', '=', withdrawal.key)
    .where('state', '=', 'withdrawing')
    .execute();
}

export async function listReplies(db: Executor, states: readonly ReplyState[], limit: number): Promise<ReplyRow[]> {
  const query = db.selectFrom('replies').selectAll().orderBy('updated_at', 'desc').orderBy('key').limit(limit);
  return await (states.length > 0 ? query.where('state', 'in', states) : query).execute();
}

export async function replyRow(db: Executor, key: string): Promise<ReplyRow | undefined> {
  return await db.selectFrom('replies').selectAll().where('key', '=', key).executeTakeFirst();
}

/** Replies by state, for people. */
export async function countReplies(db: Executor): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('replies')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}
