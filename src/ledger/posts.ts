import type { Citation, Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import type { Verdict } from '../core/verdict.ts';
import { insertReply, type PlannedReply } from './replies.ts';
import type { Executor, NewMention, PostRow } from './schema.ts';

/** A post that is worth keeping, with what was found in it. */
export interface KeptPost {
  readonly post: Post;
  readonly citations: readonly Citation[];
  readonly surplus: number;
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
    const inserted = await tx
      .insertInto('posts')
      .values(kept.slice(i, i + 100).map((post) => newRow(feed, post, now)))
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

function newRow(feed: string, { post, citations, surplus }: KeptPost, now: number) {
  return {
    key: post.key,
    platform: post.platform,
    feed,
    post: JSON.stringify(post),
    citations: JSON.stringify(citations),
    surplus,
    state: 'kept' as const,
    due_at: now,
    attempts: 0,
    created_at: post.createdAt,
    kept_at: now,
  };
}

async function saysOtherwise(tx: Executor, { key, text }: Post): Promise<boolean> {
  const row = await tx.selectFrom('posts').select('post').where('key', '=', key).executeTakeFirst();
  return row !== undefined && (JSON.parse(row.post) as Post).text !== text;
}

/** A kept post that waits for its verdict. */
export interface WaitingPost extends KeptPost {
  readonly feed: string;
  readonly keptAt: number;
  readonly attempts: number;
}

export async function waitingPost(db: Executor, key: string, now: number): Promise<WaitingPost | undefined> {
  const row = await db
    .selectFrom('posts')
    .select(['post', 'citations', 'surplus', 'feed', 'kept_at', 'attempts'])
    .where('key', '=', key)
    .where('state', '=', 'kept')
    .where('due_at', '<=', now)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    post: JSON.parse(row.post) as Post,
    citations: JSON.parse(row.citations) as Citation[],
    surplus: row.surplus,
    feed: row.feed,
    keptAt: row.kept_at,
    attempts: row.attempts,
  };
}

/** What resolving a post came to. `reply` is there when the verdict is to reply. */
export interface Decision {
  readonly key: string;
  readonly resolutions: readonly Resolution[];
  readonly verdict: Verdict;
  readonly reply: PlannedReply | undefined;
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
    .executeTakeFirst();
  if (taken.numUpdatedRows === 0n) return undefined;
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
