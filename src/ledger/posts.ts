import type { Citation, Resolution } from '../core/citation.ts';
import type { ControlWord } from '../core/control.ts';
import type { Post } from '../core/post.ts';
import type { Verdict } from '../core/verdict.ts';
import { whichAreGone } from './gone.ts';
import { posterIsOptedOut } from './opt-outs.ts';
import { insertReply, type PlannedReply } from './replies.ts';
import type { Executor, NewMention, PostRow } from './schema.ts';
import { takeBack } from './withdrawing.ts';

/** A post that is worth keeping, with what was found in it. */
export interface KeptPost {
  readonly post: Post;
  readonly citations: readonly Citation[];
  readonly surplus: number;
  /** It asks something of the bot, in the place of citing. */
  readonly control?: ControlWord | undefined;
}

/** What keeping posts came to. */
export interface Keeping {
  /** Keys of those that were not there before. */
  readonly fresh: string[];
  /** Posts whose key is known with another text. */
  readonly contradicted: Post[];
}

/** Keeps posts, once each: the first that comes under a key stays. */
export async function keepPosts(tx: Executor, feed: string, kept: readonly KeptPost[], now: number): Promise<Keeping> {
  const fresh: string[] = [];
  // Rows of 12 values; SQLite takes 32,766 values a statement, and shorter statements prepare faster.
  for (let i = 0; i < kept.length; i += 100) {
    const some = kept.slice(i, i + 100);
    const gone = await whichAreGone(
      tx,
      some.map(({ post }) => post.key),
    );
    const rows = some.filter(({ post }) => !gone.has(post.key)).map((post) => newRow(feed, post, now));
    if (rows.length === 0) continue;
    const inserted = await tx
      .insertInto('posts')
      .values(rows)
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('key')
      .execute();
    fresh.push(...inserted.map((row) => row.key));
  }
  if (fresh.length === kept.length) return { fresh, contradicted: [] };
  const isNew = new Set(fresh);
  const known = kept.map(({ post }) => post).filter(({ key }) => !isNew.has(key));
  const contradicted: Post[] = [];
  for (const post of known) if (await saysOtherwise(tx, post)) contradicted.push(post);
  return { fresh, contradicted };
}

function newRow(feed: string, { post, citations, surplus, control }: KeptPost, now: number) {
  return {
    key: post.key,
    platform: post.platform,
    author: post.author.id,
    feed,
    post: JSON.stringify(post),
    citations: JSON.stringify(citations),
    surplus,
    control: control ?? null,
    revision: 0,
    state: 'kept' as const,
    due_at: now,
    attempts: 0,
    created_at: post.createdAt,
    kept_at: now,
  };
}

async function saysOtherwise(tx: Executor, { key, text }: Post): Promise<boolean> {
  const row = await tx
    .selectFrom('posts')
    .select('post')
    .where('key', '=', key)
    .where('state', '!=', 'gone')
    .executeTakeFirst();
  return row !== undefined && (JSON.parse(row.post) as Post).text !== text;
}

/** A kept post that waits for its verdict. */
export interface WaitingPost extends KeptPost {
  readonly feed: string;
  readonly keptAt: number;
  readonly attempts: number;
  /** 0: as it was first seen. */
  readonly revision: number;
  /** Its author asked not to be answered. */
  readonly optedOut: boolean;
}

export async function waitingPost(db: Executor, key: string, now: number): Promise<WaitingPost | undefined> {
  const row = await db
    .selectFrom('posts')
    .select(['post', 'citations', 'surplus', 'control', 'feed', 'kept_at', 'attempts', 'revision'])
    .select(posterIsOptedOut.as('opted_out'))
    .where('key', '=', key)
    .where('state', '=', 'kept')
    .where('due_at', '<=', now)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    post: JSON.parse(row.post) as Post,
    citations: JSON.parse(row.citations) as Citation[],
    surplus: row.surplus,
    control: row.control ?? undefined,
    feed: row.feed,
    keptAt: row.kept_at,
    attempts: row.attempts,
    revision: row.revision,
    optedOut: Boolean(row.opted_out),
  };
}

/** What resolving a post came to. `reply` is there when the verdict is to reply. */
export interface Decision {
  readonly key: string;
  /** Of the post that was decided upon: an edit meanwhile makes the decision void. */
  readonly revision: number;
  readonly resolutions: readonly Resolution[];
  readonly verdict: Verdict;
  readonly reply: PlannedReply | undefined;
  /** Earlier replies to the post that no longer say what it asks. */
  readonly unwanted?: readonly string[];
}

/**
 * Writes a decision if the post still waits for one. A reply whose thread, cables and paragraphs were answered before lowers the
 * verdict to `log`. Returns the verdict as written, or undefined when someone else decided first.
 */
export async function decidePost(tx: Executor, decision: Decision, now: number): Promise<Verdict | undefined> {
  const { key, resolutions, reply } = decision;
  const taken = await tx
    .updateTable('posts')
    .set({ state: 'decided', due_at: null, decided_at: now, error: null, verdict: JSON.stringify(decision.verdict) })
    .where('key', '=', key)
    .where('state', '=', 'kept')
    .where('revision', '=', decision.revision)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) return undefined;
  if (decision.revision > 0) await tx.deleteFrom('mentions').where('post_key', '=', key).execute();
  for (const unwanted of decision.unwanted ?? []) await takeBack(tx, unwanted, now);
  if (resolutions.length > 0)
    await tx
      .insertInto('mentions')
      .values(mentionRows(key, resolutions, now))
      .execute();
  if (reply === undefined || (await insertReply(tx, reply, now))) return decision.verdict;
  const lowered: Verdict = {
    ...decision.verdict,
    action: 'log',
    asked: decision.verdict.action,
    clause: 'one reply per thread for the same cable and paragraphs',
  };
  await tx
    .updateTable('posts')
    .set({ verdict: JSON.stringify(lowered) })
    .where('key', '=', key)
    .execute();
  return lowered;
}

/** Puts a post that could not be resolved back until `dueAt`, or, with null, among the failed. */
export async function postponePost(tx: Executor, key: string, error: string, dueAt: number | null): Promise<void> {
  await tx
    .updateTable('posts')
    .set((row) => ({
      state: dueAt === null ? 'failed' : 'kept',
      due_at: dueAt,
      error,
      attempts: row('attempts', '+', 1),
    }))
    .where('key', '=', key)
    .where('state', '=', 'kept')
    .execute();
}

/** A person's word: failed -> kept. Returns false where there is no such failed post. */
export async function retryPost(tx: Executor, key: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('posts')
    .set({ state: 'kept', due_at: now, attempts: 0, error: null })
    .where('key', '=', key)
    .where('state', '=', 'failed')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Posts that were given up, the newest first. */
export async function failedPosts(db: Executor, limit: number): Promise<{ key: string; error: string | null }[]> {
  const query = db.selectFrom('posts').select(['key', 'error']).where('state', '=', 'failed');
  return await query.orderBy('kept_at', 'desc').limit(limit).execute();
}

/** Keys of posts that wait for their verdict and are due, the longest waiting first. */
export async function duePosts(db: Executor, now: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('posts')
    .select('key')
    .where('due_at', 'is not', null)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.key);
}

export async function postRow(db: Executor, key: string): Promise<PostRow | undefined> {
  return await db.selectFrom('posts').selectAll().where('key', '=', key).executeTakeFirst();
}

/** Posts by state, for people: how many are kept, decided, failed. */
export async function countPosts(db: Executor): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('posts')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}

function mentionRows(key: string, resolutions: readonly Resolution[], now: number): NewMention[] {
  return resolutions.map((resolution, position) => ({
    post_key: key,
    position,
    reference_id: resolution.referenceId,
    status: resolution.status,
    resolution: JSON.stringify(resolution),
    at: now,
  }));
}
