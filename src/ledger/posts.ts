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

/** Keeps posts, once each. Returns the keys of those that were not there before. */
export async function keepPosts(tx: Executor, feed: string, kept: readonly KeptPost[], now: number): Promise<string[]> {
  const fresh: string[] = [];
  // Rows of 12 values; SQLite takes 32,766 values a statement, and shorter statements prepare faster.
  for (let i = 0; i < kept.length; i += 100) {
    const rows = kept.slice(i, i + 100).map(({ post, citations, surplus }) => ({
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
    }));
    const inserted = await tx
      .insertInto('posts')
      .values(rows)
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('key')
      .execute();
    fresh.push(...inserted.map((row) => row.key));
  }
  return fresh;
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
