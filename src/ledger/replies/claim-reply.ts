import { sql } from 'kysely';
import type { Payload } from '../../core/reply.ts';
import type { Batch } from '../db/batch.ts';
import { type Deferred, limitOn, type Candidate, hasLimits, type Terms } from '../accounts/reply-limits.ts';
import { skipClaimed } from './skip-claimed.ts';
import { accountIsBlocked } from '../accounts/accounts.ts';
import { valuesList } from '../db/values-list.ts';
import { authorIsOptedOut } from '../operators/consents.ts';
import { replyIsPaused } from '../accounts/pauses.ts';
import type { DueKey } from '../posts/posts.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';
import { markForLookup } from './withdraw-reply.ts';

/** A reply that waits to be sent. */
export interface Planned {
  readonly key: string;
  readonly publisher: string;
  readonly payload: Payload;
}

export const plannedReplies: Batch<DueKey, Planned> = {
  keyOf: ({ key }) => key,
  async run(db, items) {
    const { rows } = await sql<PlannedRow>`
      select replies.key, publisher, payload
      from ${valuesList(db, { key: 'text', now: 'bigint' }, items)}
      cross join replies
      where replies.key = input.key and state = 'planned' and due_at <= input.now`.execute(db);
    return new Map(rows.map((row) => [row.key, { ...row, payload: JSON.parse(row.payload) as Payload }]));
  },
};

type PlannedRow = Pick<ReplyRow, 'key' | 'publisher' | 'payload'>;

/** This process may send the reply now, until the lease ends. `attempt` is the token that later writes carry. */
export interface Lease {
  readonly key: string;
  readonly publisher: string;
  readonly attempt: number;
  /** An earlier attempt may have brought it out. */
  readonly mayBeOut: boolean;
  readonly leaseUntil: number;
  /** It may be a repeat, which is harmless until then; null: for ever, or it is none. */
  readonly repeatUntil: number | null;
}

/** A process that wants to send a reply. */
export interface Claim extends DueKey {
  readonly terms: Terms & { readonly leaseMs: number };
  /** Once it is aborted nothing is taken: many may wait for their turn, and leave the reply to others when the process is to end. */
  readonly unless?: AbortSignal;
}

/**
 * planned -> sending, unless a brake is on: everything that may hold a reply back is asked, and reserved, in this one transaction.
 * No result: it is not planned, not due, or someone else has it.
 */
export const claimForSending: Batch<Claim, Lease | Deferred> = {
  keyOf: ({ key }) => key,
  async run(tx, all) {
    const wanted = new Map(all.filter(({ unless }) => unless?.aborted !== true).map((claim) => [claim.key, claim]));
    const results = new Map<string, Lease | Deferred>();
    const free: Claimed[] = [];
    const limited: Claimed[] = [];
    for (const row of await lockDue(tx, [...wanted.values()])) {
      const candidate = { row, ...wanted.get(row.key)! };
      (hasLimits(candidate.terms.limits) || row.blocked ? limited : free).push(candidate);
    }
    // Locks accounts in one order everywhere, so that no two processes deadlock.
    limited.sort((a, b) => (a.row.publisher < b.row.publisher ? -1 : Number(a.row.publisher > b.row.publisher)));
    // One by one: each claim counts towards the limits of the next.
    for (const group of [free, ...limited.map((one) => [one])]) {
      for (const [key, result] of await claimGroup(tx, group)) results.set(key, result);
    }
    return results;
  },
};

/** Where limits are set for the account: each taking asks many questions, and meanwhile the account is closed to all others. */
export const claimLimited: Batch<Claim, Lease | Deferred> = { ...claimForSending, most: 32 };

interface Claimed extends Claim {
  readonly row: Candidate;
}

/** In one question with what stops most often: each is a way to the server. */
async function lockDue(tx: Executor, claims: readonly Claim[]): Promise<readonly Candidate[]> {
  if (claims.length === 0) return [];
  const columns = { key: 'text', now: 'bigint', platform: 'text' } as const;
  const rows = claims.map(({ key, now, terms }) => ({ key, now, platform: terms.platform }));
  const { rows: found } = await sql<Candidate>`
    select replies.key, publisher, author, thread, attempts, first_attempt_at, repeat_until,
      ${replyIsPaused} as paused, ${authorIsOptedOut} as opted_out, ${accountIsBlocked} as blocked
    from ${valuesList(tx, columns, rows)}
    cross join replies
    where replies.key = input.key and replies.state = 'planned' and replies.due_at <= input.now
    ${skipClaimed(tx)}`.execute(tx);
  return found;
}

/** Those that nothing holds back are written as `sending`, together. */
async function claimGroup(tx: Executor, all: readonly Claimed[]): Promise<ReadonlyMap<string, Lease | Deferred>> {
  const results = new Map<string, Lease | Deferred>();
  const rows: { key: string; now: number; until: number }[] = [];
  for (const { row, key, now, terms } of all) {
    const until = now + terms.leaseMs;
    if (row.repeat_until !== null && now >= row.repeat_until) {
      await tooLate(tx, row, now);
      continue;
    }
    const deferred = await limitOn(tx, row, now, terms);
    if (deferred !== undefined) {
      results.set(key, await hold(tx, row, deferred, now));
      continue;
    }
    rows.push({ key, now, until });
    results.set(key, leaseOf(row, until));
  }
  if (rows.length === 0) return results;
  await sql`
    update replies set state = 'sending', attempts = attempts + 1, lease_until = input.until,
      first_attempt_at = coalesce(first_attempt_at, input.now), claimed_at = input.now, due_at = input.until,
      updated_at = input.now
    from ${valuesList(tx, { key: 'text', now: 'bigint', until: 'bigint' }, rows)}
    where replies.key = input.key`.execute(tx);
  return results;
}

function leaseOf(row: Candidate, leaseUntil: number): Lease {
  const { key, publisher, attempts, first_attempt_at: before, repeat_until: repeatUntil } = row;
  return { key, publisher, attempt: attempts + 1, mayBeOut: before !== null, leaseUntil, repeatUntil };
}

/** It was planned again because a repeat did no harm; while it waited, the time for that ran out. */
async function tooLate(tx: Executor, { key }: Candidate, now: number): Promise<void> {
  await tx
    .updateTable('replies')
    .set({ state: 'unknown', due_at: now, repeat_until: null, lookups: 0, updated_at: now })
    .where('key', '=', key)
    .execute();
}

async function hold(tx: Executor, { key }: Candidate, deferred: Deferred, now: number): Promise<Deferred> {
  if (deferred.dueAt === null && (await markForLookup(tx, key, now))) return { ...deferred, dueAt: now };
  await tx
    .updateTable('replies')
    .set({
      state: deferred.dueAt === null ? 'abandoned' : 'planned',
      due_at: deferred.dueAt,
      reason: deferred.reason,
      updated_at: now,
    })
    .where('key', '=', key)
    .execute();
  return deferred;
}

/** Puts a planned reply off for a reason that has nothing to do with it. */
export async function postponeReply(
  tx: Executor,
  key: string,
  { reason, dueAt }: Deferred,
  now: number,
): Promise<void> {
  await tx
    .updateTable('replies')
    .set({ due_at: dueAt, reason, updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'planned')
    .execute();
}
