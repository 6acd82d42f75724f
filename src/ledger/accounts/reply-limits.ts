import type { SqlBool } from 'kysely';
import { isPaid, type Limits } from '../../core/limits.ts';
import { lockAccount } from './accounts.ts';
import { reserve } from './spending.ts';
import { heldBy, pauseOf } from './pauses.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';

/** Why a reply is not sent now. */
export interface Deferred {
  readonly reason: string;
  /** When it is looked at again; null: it is given up. */
  readonly dueAt: number | null;
}

/** What holds for the account that sends. */
export interface Terms {
  /** The publisher's platform, for pauses. */
  readonly platform: string;
  readonly limits: Limits;
  /** Of this one call, in millionths of a dollar. */
  readonly price: number;
  /** Stopped by the file, for when all else fails: why. */
  readonly stoppedBecause: string | undefined;
}

/** What brakes ask of a reply, with what the same question found out about it. */
export interface Candidate extends Pick<
  ReplyRow,
  'key' | 'publisher' | 'author' | 'thread' | 'attempts' | 'first_attempt_at' | 'repeat_until'
> {
  readonly paused: SqlBool;
  readonly opted_out: SqlBool;
  readonly blocked: SqlBool;
}

/** The name of an attempt's reservation. */
export function spendingId(key: string, attempt: number): string {
  return `${key} ${attempt}`;
}

/** States of a reply that is out, or may be. */
const out = ['sending', 'sent', 'unknown', 'withdrawing', 'withdrawn'] as const;

const day = 86_400_000;
/** A pause has no end of its own: what it holds back is looked at again after this. */
const pausedMs = 60_000;
/** While one reply tries whether the breaker may close. */
const trialMs = 5000;

/** The first brake that holds this reply back; else what it uses up is reserved. To be called in the transaction that takes it. */
export async function limitOn(
  tx: Executor,
  reply: Candidate,
  now: number,
  terms: Terms,
): Promise<Deferred | undefined> {
  if (terms.stoppedBecause !== undefined) return { reason: terms.stoppedBecause, dueAt: now + pausedMs };
  const paused = reply.paused ? await pauseOf(tx, terms.platform, reply.publisher) : undefined;
  if (paused !== undefined) return { reason: `${heldBy(paused.scope)}: ${paused.reason}`, dueAt: now + pausedMs };
  if (reply.opted_out) return { reason: 'the author asked not to be answered', dueAt: null };
  if (!hasLimits(terms.limits) && !reply.blocked) return undefined;
  return (
    (await breaker(tx, reply, now, terms.limits)) ??
    (await courtesy(tx, reply, now, terms.limits)) ??
    (await quota(tx, reply, now, terms.limits)) ??
    (await money(tx, reply, now, terms))
  );
}

/** Whether any limit is set for the account. */
export function hasLimits(limits: Limits): boolean {
  const { budget: _, ...rest } = limits;
  return isPaid(limits) || Object.values(rest).some((limit) => limit !== null && limit !== 0);
}

/** Also takes the account's lock, so that the counts below stay true until the reply is taken. */
async function breaker(tx: Executor, reply: Candidate, now: number, limits: Limits): Promise<Deferred | undefined> {
  const { refusals, blockedUntil, reason } = await lockAccount(tx, reply.publisher);
  if (now < blockedUntil) return { reason: `the account rests: ${reason}`, dueAt: blockedUntil };
  if (limits.failureThreshold === null || refusals < limits.failureThreshold) return undefined;
  const trial = await tx
    .selectFrom('replies')
    .select('key')
    .where('publisher', '=', reply.publisher)
    .where('state', '=', 'sending')
    // So says the index, too.
    .where('due_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return trial && { reason: 'another reply tries whether the account is taken again', dueAt: now + trialMs };
}

/** Per author and thread: what is too soon waits, what is too much is given up. */
async function courtesy(tx: Executor, reply: Candidate, now: number, limits: Limits): Promise<Deferred | undefined> {
  const inThread = others(tx, reply).where('thread', '=', reply.thread);
  if (limits.perThread !== null && (await count(inThread, limits.perThread)) >= limits.perThread)
    return { reason: `${limits.perThread} replies in this thread are enough`, dueAt: null };
  const toAuthor = inThread.where('author', '=', reply.author);
  if (
    limits.perAuthorInThread !== null &&
    (await count(toAuthor, limits.perAuthorInThread)) >= limits.perAuthorInThread
  )
    return { reason: `${limits.perAuthorInThread} replies to one author in one thread are enough`, dueAt: null };
  const byAuthor = others(tx, reply).where('author', '=', reply.author);
  const authorFree = await freeAfter(byAuthor, limits.authorCooldownMs);
  if (now < authorFree) return { reason: 'this author was answered a moment ago', dueAt: authorFree };
  const threadFree = await freeAfter(inThread, limits.threadCooldownMs);
  if (now < threadFree) return { reason: 'this thread was answered a moment ago', dueAt: threadFree };
  return undefined;
}

async function quota(tx: Executor, reply: Candidate, now: number, limits: Limits): Promise<Deferred | undefined> {
  if (limits.perDay === null) return undefined;
  const today = now - (now % day);
  const used = others(tx, reply).where('publisher', '=', reply.publisher).where('claimed_at', '>=', today);
  if ((await count(used, limits.perDay)) < limits.perDay) return undefined;
  return { reason: `the daily quota of ${limits.perDay} replies is used up`, dueAt: today + day };
}

async function money(tx: Executor, reply: Candidate, now: number, terms: Terms): Promise<Deferred | undefined> {
  if (!isPaid(terms.limits) || terms.price === 0) return undefined;
  const id = spendingId(reply.key, reply.attempts + 1);
  const call = { id, account: reply.publisher, amount: terms.price };
  const overdraft = await reserve(tx, call, { now, caps: terms.limits.budget });
  return overdraft && { reason: overdraft.reason, dueAt: overdraft.until };
}

function others(tx: Executor, { key }: Candidate) {
  return tx.selectFrom('replies').where('key', '!=', key).where('state', 'in', out).where('claimed_at', 'is not', null);
}

type Others = ReturnType<typeof others>;

/** Counts no further than it matters. */
async function count(query: Others, most: number): Promise<number> {
  return (await query.select('key').limit(most).execute()).length;
}

/** When the time is over that must lie between the last of these and the next. */
async function freeAfter(query: Others, cooldownMs: number): Promise<number> {
  if (cooldownMs === 0) return 0;
  const row = await query.select('claimed_at').orderBy('claimed_at', 'desc').limit(1).executeTakeFirst();
  return (row?.claimed_at ?? 0) + cooldownMs;
}
