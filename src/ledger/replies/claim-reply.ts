import { sql } from 'kysely';
import type { Payload, ReplyState } from '../../core/reply.ts';
import type { Batch } from '../db/batch.ts';
import { type Deferred, limitOn, type Candidate, hasLimits, type Terms } from '../accounts/reply-limits.ts';
import { accountIsBlocked, replyIsPaused } from '../accounts/accounts.ts';
import { codecs } from '../db/codecs.ts';
import { findsRow, isPostgres } from '../db/queries.ts';
import { valuesList } from '../db/values-list.ts';
import { authorIsOptedOut } from '../operators/consents.ts';
import type { DueKey } from '../posts/posts.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';
import { moveReplies } from './states.ts';
import { deferralBy, earlierReply } from './successors.ts';
import { cancelUnsent } from './withdraw-reply.ts';

/** A planned reply that is due. */
export interface Planned {
  readonly key: string;
  readonly publisher: string;
  readonly payload: Payload;
  readonly plannedAt: number;
}

export const plannedReplies: Batch<DueKey, Planned> = {
  keyOf: ({ key }) => key,
  async run(db, items) {
    const { rows } = await sql<PlannedRow>`
      select replies.key, publisher, payload, planned_at
      from ${valuesList(db, { text: ['key'], bigint: ['now'] }, items)}
      cross join replies
      where replies.key = input.key and state = 'planned' and due_at <= input.now`.execute(db);
    const { payload: codec } = codecs.replies;
    return new Map(
      rows.map(({ key, publisher, payload, planned_at: plannedAt }) => {
        return [key, { key, publisher, payload: codec.decode(payload, key), plannedAt }];
      }),
    );
  },
};

type PlannedRow = Pick<ReplyRow, 'key' | 'publisher' | 'payload' | 'planned_at'>;

/** Lease for sending a reply. `attempt` is the fencing token of later writes. */
export interface Lease {
  readonly key: string;
  readonly publisher: string;
  readonly attempt: number;
  /** An earlier attempt may have succeeded. */
  readonly mayBeOut: boolean;
  readonly leaseUntil: number;
  /** End of the time in which a repeat is harmless; null: always harmless, or no repeat. */
  readonly repeatUntil: number | null;
  /** It is to show whether the account can send again. */
  readonly onTrial: boolean;
}

/** A request to send a reply. */
export interface Claim extends DueKey {
  readonly terms: Terms & { readonly leaseMs: number };
  /** An aborted request claims nothing, so that a process that shuts down leaves its replies to others. */
  readonly unless?: AbortSignal;
}

/**
 * planned -> sending, unless a limit defers it: this one transaction checks and reserves all limits. No result: the reply is not planned, not
 * due, or claimed by another process.
 */
export const claimForSending: Batch<Claim, Lease | Deferred> = {
  keyOf: ({ key }) => key,
  async run(tx, all) {
    const wanted = new Map(all.filter(({ unless }) => unless?.aborted !== true).map((claim) => [claim.key, claim]));
    const results = new Map<string, Lease | Deferred>();
    const free: Claimed[] = [];
    const limited: Claimed[] = [];
    for (const row of await lockDue(tx, [...wanted.values()], 'planned')) {
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

/** For accounts with limits: each claim runs many queries, while the account is locked and, on SQLite, the event loop stands. */
export const claimLimited: Batch<Claim, Lease | Deferred> = { ...claimForSending, most: 8 };

interface Claimed extends Claim {
  readonly row: Row;
}

type Row = Candidate & { readonly earlier: 'open' | 'lost' | null };

/** Locks the due replies in this state and reads the most frequent obstacles in the same query, to save round trips. */
export async function lockDue(tx: Executor, claims: readonly Claim[], state: ReplyState): Promise<readonly Row[]> {
  if (claims.length === 0) return [];
  const columns = { text: ['key', 'platform'], bigint: ['now'] } as const;
  const rows = claims.map(({ key, now, terms }) => ({ key, now, platform: terms.platform }));
  // Replies that another transaction has locked are skipped, so that no process waits. SQLite has one writer.
  const lock = isPostgres(tx) ? sql`for update of replies skip locked` : sql``;
  const { rows: found } = await sql<Row>`
    select replies.key, post_key, publisher, author, thread, summoned, turn, planned_at, attempts, first_attempt_at, repeat_until,
      ${replyIsPaused} as paused, ${authorIsOptedOut} as opted_out, ${accountIsBlocked} as blocked,
      ${earlierReply} as earlier
    from ${valuesList(tx, columns, rows)}
    cross join replies
    where replies.key = input.key and replies.state = ${state} and replies.due_at <= input.now
    ${lock}`.execute(tx);
  return found;
}

/** Writes all replies that no limit defers as `sending`, in one statement. */
async function claimGroup(tx: Executor, all: readonly Claimed[]): Promise<ReadonlyMap<string, Lease | Deferred>> {
  const results = new Map<string, Lease | Deferred>();
  const rows: { key: string; now: number; until: number }[] = [];
  for (const { row, key, now, terms } of all) {
    const until = now + terms.leaseMs;
    if (row.repeat_until !== null && now >= row.repeat_until) {
      // A repeat was harmless when it was planned, and no longer is.
      await moveReplies(tx, ['planned'], 'unknown', { due_at: now, updated_at: now }).where('key', '=', key).execute();
      continue;
    }
    const deferred = deferralBy(row.earlier, now) ?? (await limitOn(tx, row, now, terms));
    if (deferred !== undefined) {
      results.set(key, await defer(tx, row, deferred, now));
      continue;
    }
    rows.push({ key, now, until });
    results.set(key, leaseOf(row, until));
  }
  if (rows.length === 0) return results;
  const [now, until] = [sql.ref<number>('input.now'), sql.ref<number>('input.until')];
  await moveReplies(tx, ['planned'], 'sending', {
    due_at: until,
    lease_until: until,
    attempts: sql<number>`attempts + 1`,
    first_attempt_at: sql<number>`coalesce(first_attempt_at, ${now})`,
    claimed_at: now,
    updated_at: now,
  })
    .from(valuesList(tx, { text: ['key'], bigint: ['now', 'until'] }, rows))
    .whereRef('replies.key', '=', 'input.key')
    .execute();
  return results;
}

function leaseOf(row: Candidate, leaseUntil: number): Lease {
  const { key, publisher, attempts, first_attempt_at: before, repeat_until: repeatUntil, blocked } = row;
  const ofThis = { attempt: attempts + 1, mayBeOut: before !== null, onTrial: Boolean(blocked) };
  return { key, publisher, ...ofThis, leaseUntil, repeatUntil };
}

async function defer(tx: Executor, { key }: Candidate, deferred: Deferred, now: number): Promise<Deferred> {
  const { reason, dueAt } = deferred;
  if (dueAt !== null) await postponeReply(tx, key, { reason, dueAt }, now);
  else if ((await cancelUnsent(tx, ['key', key], { now, reason })) === 'cancel_requested')
    return { reason, dueAt: now };
  return deferred;
}

/** Defers a planned reply. */
export async function postponeReply(
  tx: Executor,
  key: string,
  { reason, dueAt }: { reason: string; dueAt: number },
  now: number,
): Promise<void> {
  await moveReplies(tx, ['planned'], 'planned', { due_at: dueAt, reason, updated_at: now })
    .where('key', '=', key)
    .execute();
}

/**
 * Abandons a planned reply that waits since before `before`, with the last reason. One that may have arrived is looked up instead. False: it is
 * not planned, or waits for a shorter time.
 */
export async function giveUpReply(tx: Executor, key: string, before: number, now: number): Promise<boolean> {
  const uncertain = moveReplies(tx, ['planned'], 'unknown', { due_at: now, updated_at: now })
    .where('key', '=', key)
    .where('planned_at', '<', before)
    .where('first_attempt_at', 'is not', null);
  if (await findsRow(uncertain)) return true;
  const reason = sql<string>`'given up, it waited too long' || coalesce(': ' || reason, '')`;
  const unsent = moveReplies(tx, ['planned'], 'abandoned', { reason, updated_at: now });
  return await findsRow(unsent.where('key', '=', key).where('planned_at', '<', before));
}
