import { sql } from 'kysely';
import type { Trouble } from '../../core/errors.ts';
import { type Limits, isPaid } from '../../core/limits.ts';
import type { Published } from '../../core/reply.ts';
import { recordRefusal, recordSuccess, blockAccount, startCooldown } from '../accounts/accounts.ts';
import type { Batch } from '../db/batch.ts';
import { spendingId } from '../accounts/reply-limits.ts';
import type { Json } from '../db/json-column.ts';
import { valuesList } from '../db/values-list.ts';
import { release, settle } from '../accounts/spending.ts';
import type { Executor } from '../db/schema.ts';
import type { Lease } from './claim-reply.ts';
import { publishedColumns } from './replies.ts';
import { moveReplies } from './states.ts';
import { applyCancellation } from './withdraw-reply.ts';

/** Outcome of an attempt to send. */
export type Ending =
  | { readonly state: 'sent'; readonly published: Published }
  | {
      readonly state: 'planned';
      readonly reason: string;
      readonly dueAt: number;
      readonly holdAccount?: boolean;
      /** Why the account is held, where nobody says for how long. */
      readonly trouble?: Trouble | undefined;
      /** The platform says that it did nothing, but it had the request. */
      readonly mayBeOut?: boolean;
    }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string; readonly dueAt: number };

/** A finished attempt. */
export interface Ended {
  readonly lease: Lease;
  readonly ending: Ending;
  readonly now: number;
  readonly limits: Limits;
}

/** Writes outcomes. No result: the lease was lost. A late `sent` is still true, so it overwrites what others wrote meanwhile. */
export const endSending: Batch<Ended, true> = {
  keyOf: ({ lease }) => lease.key,
  async run(tx, all) {
    const results = new Map<string, true>();
    const ended = await writeEndings(tx, all);
    for (const one of all.toSorted(byAccount)) {
      const { key } = one.lease;
      const cancelRequested = ended.get(key);
      if (cancelRequested === undefined) continue;
      await updateAccount(tx, one);
      // After the account: no lookup during its cooldown.
      if (cancelRequested) await applyCancellation(tx, key, one.now);
      results.set(key, true);
    }
    return results;
  },
};

/** Lock order of the accounts. */
function byAccount({ lease: a }: Ended, { lease: b }: Ended): number {
  return a.publisher < b.publisher ? -1 : Number(a.publisher > b.publisher);
}

/** Returns the keys of the leases still held, each with its `cancelRequested`. */
async function writeEndings(tx: Executor, all: readonly Ended[]): Promise<ReadonlyMap<string, boolean>> {
  const columns = {
    text: ['key', 'reason', 'published', 'published_id'],
    bigint: ['attempt', 'due_at', 'now', 'may_be_out'],
  } as const;
  const written = new Map<string, boolean>();
  for (const state of ['sent', 'planned', 'refused', 'unknown'] as const) {
    const these = all.filter(({ ending }) => ending.state === state);
    if (these.length === 0) continue;
    const rows = await leaveSending(tx, state)
      .from(valuesList(tx, columns, these.map(endRow)))
      .whereRef('replies.key', '=', 'input.key')
      .whereRef('replies.attempts', '=', 'input.attempt')
      .returning(['replies.key', 'replies.cancel_requested'])
      .execute();
    for (const { key, cancel_requested: cancelRequested } of rows) written.set(key, cancelRequested === 1);
  }
  return written;
}

/** By the values of `input`. */
function leaveSending(tx: Executor, state: Ending['state']) {
  const [dueAt, now] = [sql.ref<number>('input.due_at'), sql.ref<number>('input.now')];
  const [published, id] = [sql.ref<Json<Published>>('input.published'), sql.ref<string>('input.published_id')];
  if (state === 'sent')
    return moveReplies(tx, ['sending', 'unknown', 'planned', 'abandoned'], 'sent', {
      published,
      published_id: id,
      sent_at: now,
      updated_at: now,
    });
  const values = { reason: sql.ref<string>('input.reason'), updated_at: now };
  if (state === 'refused') return moveReplies(tx, ['sending'], 'refused', values);
  if (state === 'unknown') return moveReplies(tx, ['sending'], 'unknown', { ...values, due_at: dueAt });
  return moveReplies(tx, ['sending'], 'planned', {
    ...values,
    due_at: dueAt,
    // Unless the platform had this attempt, only an earlier one may have arrived.
    first_attempt_at: sql<number | null>`case when input.may_be_out = 1 then first_attempt_at
      else nullif(first_attempt_at, claimed_at) end`,
  });
}

function endRow({ lease, ending, now }: Ended) {
  return {
    key: lease.key,
    attempt: lease.attempt,
    reason: 'reason' in ending ? ending.reason : null,
    ...(ending.state === 'sent' ? publishedColumns(ending.published) : { published: null, published_id: null }),
    due_at: 'dueAt' in ending ? ending.dueAt : null,
    now,
    may_be_out: ending.state === 'planned' && ending.mayBeOut === true ? 1 : 0,
  };
}

/** Updates the account's spending, cooldown and breaker. */
async function updateAccount(tx: Executor, { lease, ending, now, limits }: Ended): Promise<void> {
  const { publisher } = lease;
  if (isPaid(limits)) {
    const id = spendingId(lease.key, lease.attempt);
    if (ending.state === 'sent') await settle(tx, id, ending.published.cost);
    if (ending.state === 'planned' || ending.state === 'refused') await release(tx, id);
  }
  if (ending.state === 'planned' && ending.holdAccount === true) {
    const { dueAt: until, reason, trouble } = ending;
    if (trouble === undefined) await blockAccount(tx, publisher, { until, reason });
    else await startCooldown(tx, publisher, { now, reason, trouble });
  }
  if (limits.failureThreshold === null && !lease.onTrial) return;
  if (ending.state === 'refused') await recordRefusal(tx, publisher, { now, reason: ending.reason, limits });
  if (ending.state === 'sent') await recordSuccess(tx, publisher, now);
}

/** Every expired lease: the reply may be published, so it is never simply sent again. */
export async function expireSending(tx: Executor, now: number): Promise<number> {
  const reason = 'the sender stopped before it knew the outcome';
  const expired = await moveReplies(tx, ['sending'], 'unknown', { due_at: now, reason, updated_at: now })
    .where('due_at', '<=', now)
    .executeTakeFirst();
  return Number(expired.numUpdatedRows);
}
