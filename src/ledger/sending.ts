import type { Brakes } from '../core/brakes.ts';
import type { Payload, Published } from '../core/reply.ts';
import { noteRefusal, noteSuccess, restAccount } from './accounts.ts';
import { type Braked, brakeOn, type Candidate, spendingId, type Terms } from './brakes.ts';
import { claim } from './claim.ts';
import { release, settle } from './money.ts';
import { authorIsOptedOut } from './opt-outs.ts';
import { replyIsPaused } from './pauses.ts';
import { lookedFor, lookForIt } from './withdrawing.ts';
import type { Executor, ReplyRow } from './schema.ts';

/** A reply that waits to be sent. */
export interface Planned {
  readonly key: string;
  readonly publisher: string;
  readonly payload: Payload;
}

export async function plannedReply(db: Executor, key: string, now: number): Promise<Planned | undefined> {
  const row = await db
    .selectFrom('replies')
    .select(['key', 'publisher', 'payload'])
    .where('key', '=', key)
    .where('state', '=', 'planned')
    .where('due_at', '<=', now)
    .executeTakeFirst();
  return row && { ...row, payload: JSON.parse(row.payload) as Payload };
}

/** A reply that this process may send now, until the lease ends. `attempt` is the token that later writes carry. */
export interface Sending extends Planned {
  readonly attempt: number;
  readonly leaseUntil: number;
}

/**
 * planned -> sending, unless a brake is on: everything that may hold a reply back is asked, and reserved, in this one transaction.
 * Undefined: it is not planned, not due, or someone else has it.
 */
export async function takeForSending(
  tx: Executor,
  key: string,
  now: number,
  terms: Terms & { readonly leaseMs: number },
): Promise<Sending | Braked | undefined> {
  const row = await claimed(tx, key, now, terms.platform);
  if (row === undefined) return undefined;
  const leaseUntil = now + terms.leaseMs;
  if (row.repeat_until !== null && now >= row.repeat_until) return await tooLate(tx, row, now);
  const brake = await brakeOn(tx, row, now, terms);
  if (brake !== undefined) return await hold(tx, row, brake, now);
  const attempt = row.attempts + 1;
  await tx
    .updateTable('replies')
    .set({
      state: 'sending',
      attempts: attempt,
      lease_until: leaseUntil,
      first_attempt_at: row.first_attempt_at ?? now,
      taken_at: now,
      due_at: leaseUntil,
      updated_at: now,
    })
    .where('key', '=', key)
    .execute();
  return { key, publisher: row.publisher, payload: JSON.parse(row.payload) as Payload, attempt, leaseUntil };
}

/** In one question with what stops most often: each is a way to the server. */
async function claimed(tx: Executor, key: string, now: number, platform: string): Promise<Candidate | undefined> {
  const planned = tx
    .selectFrom('replies')
    .selectAll()
    .select([replyIsPaused(platform).as('paused'), authorIsOptedOut.as('opted_out')])
    .where('key', '=', key)
    .where('state', '=', 'planned')
    .where('due_at', '<=', now);
  return await claim(tx, planned).executeTakeFirst();
}

/** It was planned again because a repeat did no harm; while it waited, the time for that ran out. */
async function tooLate(tx: Executor, { key }: ReplyRow, now: number): Promise<undefined> {
  await tx
    .updateTable('replies')
    .set({ state: 'unknown', due_at: now, repeat_until: null, looks: 0, updated_at: now })
    .where('key', '=', key)
    .execute();
  return undefined;
}

async function hold(tx: Executor, { key }: ReplyRow, brake: Braked, now: number): Promise<Braked> {
  if (brake.dueAt === null && (await lookForIt(tx, key, now))) return { ...brake, dueAt: now };
  await tx
    .updateTable('replies')
    .set({
      state: brake.dueAt === null ? 'abandoned' : 'planned',
      due_at: brake.dueAt,
      reason: brake.reason,
      updated_at: now,
    })
    .where('key', '=', key)
    .execute();
  return brake;
}

/** Puts a planned reply off for a reason that has nothing to do with it. */
export async function postponeReply(tx: Executor, key: string, { reason, dueAt }: Braked, now: number): Promise<void> {
  await tx
    .updateTable('replies')
    .set({ due_at: dueAt, reason, updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'planned')
    .execute();
}

/** How an attempt to send ended. */
export type Ending =
  | { readonly state: 'sent'; readonly published: Published }
  | { readonly state: 'planned'; readonly reason: string; readonly dueAt: number; readonly holdAccount?: boolean }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string; readonly dueAt: number };

/**
 * sending -> sent | planned | refused | unknown. False: the attempt was no longer ours. A `sent` is true even then, so it is
 * also written over what others made of the same attempt meanwhile.
 */
export async function endSending(
  tx: Executor,
  sending: Sending,
  ending: Ending,
  terms: { readonly now: number; readonly brakes: Brakes },
): Promise<boolean> {
  const { now, brakes } = terms;
  const ended = await tx
    .updateTable('replies')
    .set({
      state: ending.state,
      reason: 'reason' in ending ? ending.reason : null,
      published: ending.state === 'sent' ? JSON.stringify(ending.published) : null,
      published_id: ending.state === 'sent' ? ending.published.id : null,
      sent_at: ending.state === 'sent' ? now : null,
      due_at: 'dueAt' in ending ? ending.dueAt : null,
      lease_until: null,
      looks: 0,
      updated_at: now,
    })
    .where('key', '=', sending.key)
    .where('attempts', '=', sending.attempt)
    .where('state', 'in', ending.state === 'sent' ? ['sending', 'unknown', 'planned', 'abandoned'] : ['sending'])
    .returning('unwanted')
    .executeTakeFirst();
  if (ended === undefined) return false;
  if (ending.state === 'planned') await forgetAttempt(tx, sending.key);
  if (ended.unwanted === 1 && ending.state !== 'unknown') await followWish(tx, sending.key, ending.state, now);
  await account(tx, sending, ending, now, brakes);
  return true;
}

/** The platform surely did not take it, and has nothing of it to remember, unless an earlier attempt is what it remembers. */
async function forgetAttempt(tx: Executor, key: string): Promise<void> {
  await tx
    .updateTable('replies')
    .set({ first_attempt_at: null })
    .where('key', '=', key)
    .whereRef('first_attempt_at', '=', 'taken_at')
    .execute();
}

/** What the outcome says about the account, and what it cost. */
async function account(tx: Executor, sending: Sending, ending: Ending, now: number, brakes: Brakes): Promise<void> {
  const { publisher } = sending;
  if (brakes.budget !== null) {
    const id = spendingId(sending.key, sending.attempt);
    if (ending.state === 'sent') await settle(tx, id, ending.published.cost);
    if (ending.state === 'planned' || ending.state === 'refused') await release(tx, id);
  }
  if (ending.state === 'planned' && ending.holdAccount === true)
    await restAccount(tx, publisher, { until: ending.dueAt, reason: ending.reason });
  if (brakes.refusals === null) return;
  if (ending.state === 'refused') await noteRefusal(tx, publisher, { now, reason: ending.reason, brakes });
  if (ending.state === 'sent') await noteSuccess(tx, publisher);
}

/** Somebody asked for it to be taken back while it was under way: now it is known what there is to take back. */
export async function followWish(tx: Executor, key: string, state: ReplyRow['state'], now: number): Promise<void> {
  const wish = tx.updateTable('replies').where('key', '=', key).where('unwanted', '=', 1);
  if (state === 'sent') await wish.set({ state: 'withdrawing', due_at: now, unwanted: 0, looks: 0 }).execute();
  if (state === 'refused') await wish.set({ unwanted: 0 }).execute();
  if (state !== 'planned') return;
  await wish.set(lookedFor(now)).where('first_attempt_at', 'is not', null).execute();
  await wish
    .where('first_attempt_at', 'is', null)
    .set({ state: 'abandoned', due_at: null, unwanted: 0, reason: 'withdrawn before it was sent' })
    .execute();
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
