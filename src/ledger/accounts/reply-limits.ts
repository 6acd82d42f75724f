import { sql, type SqlBool } from 'kysely';
import { dayMs, hourMs } from '../../core/durations.ts';
import { isPaid, type Limits } from '../../core/limits.ts';
import { lockAccount, pauseOf, pausePrefix } from './accounts.ts';
import { reserve } from './spending.ts';
import { pseudonymOf } from '../posts/tombstones.ts';
import { countRows } from '../db/queries.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';

/** The reason why a reply is not sent now. */
export interface Deferred {
  readonly reason: string;
  /** Time of the next attempt; null: the reply is abandoned. */
  readonly dueAt: number | null;
}

/** Conditions of the sending account. */
export interface Terms {
  /** The publisher's platform, for pauses. */
  readonly platform: string;
  readonly limits: Limits;
  /** Price of the call, in millionths of a dollar. */
  readonly price: number;
  /** Reason for the kill switch in the file system, if set. */
  readonly stoppedBecause: string | undefined;
}

/** A reply to check against the limits, with the flags of the same query. */
export interface Candidate extends Pick<
  ReplyRow,
  | 'key'
  | 'post_key'
  | 'publisher'
  | 'author'
  | 'thread'
  | 'summoned'
  | 'turn'
  | 'planned_at'
  | 'attempts'
  | 'first_attempt_at'
  | 'repeat_until'
> {
  readonly paused: SqlBool;
  readonly opted_out: SqlBool;
  readonly blocked: SqlBool;
}

/** Id of an attempt's reservation. */
export function spendingId(key: string, attempt: number): string {
  return `${key} ${attempt}`;
}

/** States of a reply that is or may be published. */
const out = ['sending', 'sent', 'replacing', 'unknown', 'withdrawing', 'withdrawn'] as const;

/** A pause has no known end: its replies are checked again after this time. */
const pausedMs = 60_000;
/** Wait while the half-open breaker tries one reply. */
const trialMs = 5000;
/** Beyond its share an author's reply waits this long for others to come, and is checked again after it while they wait. */
const shareWaitMs = hourMs;
/** An author gets one part in so many of what is left of the daily quota. */
const shareOfLeft = 4;
/** So many earlier turns are read to tell whether it is a reply's turn. */
const mostAhead = 1000;

/** The first limit that defers the reply; otherwise reserves its share. Call it in the transaction that claims the reply. */
export async function limitOn(
  tx: Executor,
  reply: Candidate,
  now: number,
  terms: Terms,
): Promise<Deferred | undefined> {
  if (terms.stoppedBecause !== undefined) return { reason: terms.stoppedBecause, dueAt: now + pausedMs };
  const paused = reply.paused ? await pauseOf(tx, terms.platform, reply.publisher) : undefined;
  if (paused !== undefined) return { reason: `${pausePrefix(paused.scope)}: ${paused.reason}`, dueAt: now + pausedMs };
  if (reply.opted_out) return { reason: 'the author opted out', dueAt: null };
  if (!hasLimits(terms.limits) && !reply.blocked) return undefined;
  return (
    (await breaker(tx, reply, now, terms.limits)) ??
    (await courtesy(tx, reply, now, terms.limits)) ??
    (await authorQuota(tx, reply, now, terms.limits)) ??
    (await quota(tx, reply, now, terms.limits)) ??
    (await money(tx, reply, now, terms))
  );
}

/** True when the account has any limit. */
export function hasLimits(limits: Limits): boolean {
  const { budget: _, perAuthorPerDay, ...rest } = limits;
  const counts = [...Object.values(rest), ...Object.values(perAuthorPerDay)];
  return isPaid(limits) || counts.some((limit) => limit !== null && limit !== 0);
}

/** After a cooldown the least tried reply goes first: one that a proxy always refuses must not hold up the others. */
export function turnMsOf(attempts: number): number {
  return Math.min(attempts, 60) * 1000;
}

/** Also locks the account, so that the counts below hold until the reply is claimed. */
async function breaker(tx: Executor, reply: Candidate, now: number, limits: Limits): Promise<Deferred | undefined> {
  const { refusals, cooldowns, blocked_until: blockedUntil, reason } = await lockAccount(tx, reply.publisher);
  const turnMs = cooldowns === 0 ? 0 : turnMsOf(reply.attempts);
  if (now < blockedUntil) return { reason: `the account is in cooldown: ${reason}`, dueAt: blockedUntil + turnMs };
  if (cooldowns === 0 && (limits.failureThreshold === null || refusals < limits.failureThreshold)) return undefined;
  const trial = await tx
    .selectFrom('replies')
    .select('key')
    .where('publisher', '=', reply.publisher)
    .where('state', '=', 'sending')
    // Matches the condition of the index.
    .where('due_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return (
    trial && { reason: 'another reply tests whether the platform accepts the account again', dueAt: now + trialMs }
  );
}

/** Limits per author and thread: a quota abandons, a cooldown defers those who did not ask. */
async function courtesy(tx: Executor, reply: Candidate, now: number, limits: Limits): Promise<Deferred | undefined> {
  const authors = authorsOf(reply);
  const inThread = others(tx, reply).where('thread', 'in', [reply.thread, pseudonymOf(reply.thread)]);
  const quotas = [
    ['in this thread', limits.perThread, inThread],
    ['to one author in one thread', limits.perAuthorInThread, inThread.where('author', 'in', authors)],
  ] as const;
  for (const [what, most, replies] of quotas) {
    if (most !== null && (await count(replies, most)) >= most)
      return { reason: `the limit of ${most} replies ${what} is reached`, dueAt: null };
  }
  // An edit has withdrawn the reply that this one replaces, or this one is being replaced: its author waits for it.
  const replaced = others(tx, { key: '' }).where('post_key', '=', reply.post_key);
  if (reply.summoned === 1 || (await count(replaced, 1)) > 0) return undefined;
  const cooldowns = [
    ['author', limits.authorCooldownMs, others(tx, reply).where('author', 'in', authors)],
    ['thread', limits.threadCooldownMs, inThread],
  ] as const;
  for (const [what, ms, replies] of cooldowns) {
    const free = await freeAfter(replies, ms);
    if (now < free) return { reason: `cooldown of the ${what}`, dueAt: free };
  }
  return undefined;
}

async function authorQuota(tx: Executor, reply: Candidate, now: number, limits: Limits): Promise<Deferred | undefined> {
  const most = limits.perAuthorPerDay[reply.summoned === 1 ? 'summoned' : 'unsummoned'];
  if (most === null) return undefined;
  const same = usedToday(tx, reply, now).where('author', 'in', authorsOf(reply)).where('summoned', '=', reply.summoned);
  if ((await count(same, most)) < most) return undefined;
  const posts = reply.summoned === 1 ? 'posts that address the bot' : 'posts that do not address the bot';
  return { reason: `the limit of ${most} replies a day to ${posts}, by one author, is reached`, dueAt: tomorrow(now) };
}

/**
 * The daily quota. No author gets more than a quarter of what the others left, while others wait or may still come; and when little is left, it is
 * for those whose turn it is.
 */
async function quota(tx: Executor, reply: Candidate, now: number, { perDay }: Limits): Promise<Deferred | undefined> {
  if (perDay === null) return undefined;
  const used = usedToday(tx, reply, now);
  const left = perDay - (await count(used, perDay));
  if (left <= 0) return { reason: `the daily quota of ${perDay} replies is used up`, dueAt: tomorrow(now) };
  const dueAt = Math.min(now + shareWaitMs, tomorrow(now));
  const own = await count(used.where('author', 'in', authorsOf(reply)), perDay);
  const hasShare = own >= Math.max(1, Math.floor((left + own) / shareOfLeft));
  if (hasShare && (now < reply.planned_at + shareWaitMs || (await anotherWaits(tx, reply))))
    return { reason: 'its author has had a share of the daily quota, and others come first', dueAt };
  if (left < mostAhead && (await isBehind(tx, reply, now, { atLeast: left, isFirst: own === 0 })))
    return { reason: `others come first, and the daily quota has ${left} replies left`, dueAt };
  return undefined;
}

/** True if a reply to another author waits. */
async function anotherWaits(tx: Executor, { publisher, author }: Candidate): Promise<boolean> {
  // Two ranges of the index: with `<>` it would read all replies that wait for this author.
  const waits = (than: '<' | '>') => sql`exists (select 1 from replies
    where publisher = ${publisher} and state = 'planned' and author ${sql.raw(than)} ${author})`;
  const { rows } = await sql<{ found: SqlBool }>`select ${waits('<')} or ${waits('>')} as found`.execute(tx);
  return Boolean(rows[0]?.found);
}

/**
 * True if `atLeast` due replies have an earlier turn. Authors who had nothing today come before those who had: a reply to one of them
 * (`isFirst`) is behind no others.
 */
async function isBehind(
  tx: Executor,
  { publisher, turn, planned_at: plannedAt }: Candidate,
  now: number,
  { atLeast, isFirst }: { atLeast: number; isFirst: boolean },
): Promise<boolean> {
  const hadNone = sql`not exists (select 1 from replies as had
    where had.author = earlier.author and had.publisher = ${publisher} and had.claimed_at >= ${tomorrow(now) - dayMs})`;
  const { rows } = await sql`
    select 1 from (
      select author, due_at from replies
      where publisher = ${publisher} and state = 'planned' and turn <= ${turn} and (turn, planned_at) < (${turn}, ${plannedAt})
      order by turn, planned_at limit ${mostAhead}
    ) as earlier where due_at <= ${now} ${isFirst ? sql`and ${hadNone}` : sql``} limit ${atLeast}`.execute(tx);
  return rows.length >= atLeast;
}

async function money(tx: Executor, reply: Candidate, now: number, terms: Terms): Promise<Deferred | undefined> {
  if (!isPaid(terms.limits) || terms.price === 0) return undefined;
  const id = spendingId(reply.key, reply.attempts + 1);
  const call = { id, account: reply.publisher, amount: terms.price };
  const overdraft = await reserve(tx, call, { now, caps: terms.limits.budget });
  return overdraft && { reason: overdraft.reason, dueAt: overdraft.until };
}

function others(tx: Executor, { key }: Pick<Candidate, 'key'>) {
  return tx.selectFrom('replies').where('key', '!=', key).where('state', 'in', out).where('claimed_at', 'is not', null);
}

type Others = ReturnType<typeof others>;

/** Replies to posts that were deleted count under pseudonyms. */
function authorsOf({ author }: Candidate): readonly string[] {
  return [author, pseudonymOf(author)];
}

function usedToday(tx: Executor, reply: Pick<Candidate, 'key' | 'publisher'>, now: number): Others {
  return others(tx, reply)
    .where('publisher', '=', reply.publisher)
    .where('claimed_at', '>=', tomorrow(now) - dayMs);
}

/** Start of the next day (UTC). */
export function tomorrow(now: number): number {
  return now - (now % dayMs) + dayMs;
}

/** Number of replies that the account has used of the day's quota. */
export async function quotaUsed(db: Executor, publisher: string, now: number): Promise<number> {
  return await countRows(db, usedToday(db, { key: '', publisher }, now).select('key'));
}

/** Counts up to `most`. */
async function count(query: Others, most: number): Promise<number> {
  return (await query.select('key').limit(most).execute()).length;
}

/** End of the cooldown after the last of these replies. */
async function freeAfter(query: Others, cooldownMs: number): Promise<number> {
  if (cooldownMs === 0) return 0;
  const row = await query.select('claimed_at').orderBy('claimed_at', 'desc').limit(1).executeTakeFirst();
  return (row?.claimed_at ?? 0) + cooldownMs;
}
