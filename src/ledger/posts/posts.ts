import { sql, type SqlBool } from 'kysely';
import type { Citation } from '../../core/citation.ts';
import type { ControlWord } from '../../core/control.ts';
import { isSameVersion, ownWords, type Post } from '../../core/post.ts';
import type { Batch } from '../db/batch.ts';
import { readEach } from '../db/json-column.ts';
import { findsRow } from '../db/queries.ts';
import { valuesList } from '../db/values-list.ts';
import { addShortIds } from './short-ids.ts';
import { firstPost, movePosts } from './states.ts';
import { hashOf, hasNoTombstone } from './tombstones.ts';
import { posterIsOptedIn, posterIsOptedOut } from '../operators/consents.ts';
import { codecs } from '../db/codecs.ts';
import type { Executor, PostRow } from '../db/schema.ts';

/** A post to store, with its citations. */
export interface IncomingPost {
  readonly post: Post;
  readonly citations: readonly Citation[];
  readonly surplus: number;
  /** A command to the bot instead of citations. */
  readonly control?: ControlWord | undefined;
}

/** Result of ingesting posts. */
export interface IngestResult {
  /** Keys of the new posts. */
  readonly fresh: string[];
  /** Posts whose key is stored with another text. */
  readonly contradicted: Post[];
  /** Stored posts that are heard again. */
  readonly again: Repetition[];
}

/** A later hearing of a stored post. */
export interface Repetition {
  readonly later: Post;
  readonly stored: StoredPost;
}

/** A post as it is stored. */
export interface StoredPost {
  readonly post: Post;
  readonly feed: string;
}

/** Stores posts whose keys are new. */
export async function ingestPosts(
  tx: Executor,
  feed: string,
  incoming: readonly IncomingPost[],
  now: number,
): Promise<IngestResult> {
  const { state, due_at: dueAt } = firstPost('pending', { due_at: now });
  const inserted = await sql<{ key: string }>`
    insert into posts (key, platform, author, thread, feed, post, citations, surplus, control, revision, state, due_at, attempts,
      created_at, ingested_at)
    select key, platform, author, thread, ${feed}, post, citations, surplus, control, 0, ${state}, ${dueAt}, 0,
      created_at, ${now}
    from ${valuesList(tx, newColumns, incoming.map(newRow))}
    where ${hasNoTombstone}
    order by input.key
    on conflict (key) do nothing
    returning key`.execute(tx);
  const fresh = new Set(inserted.rows.map(({ key }) => key));
  await addShortIds(tx, [...fresh]);
  const contradicted: Post[] = [];
  const again: Repetition[] = [];
  const times = countBy(incoming);
  for (const { post: later } of incoming) {
    if (fresh.has(later.key) && times.get(later.key) === 1) continue;
    const stored = await storedPost(tx, later.key);
    // Neither a purged text nor that of a deleted post can contradict.
    if (stored === undefined || stored.post.text === '') continue;
    if (isSameVersion(stored.post, later)) again.push({ later, stored });
    else if (ownWords(stored.post) !== ownWords(later)) contradicted.push(later);
  }
  return { fresh: [...fresh], contradicted, again };
}

function countBy(incoming: readonly IncomingPost[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { post } of incoming) times.set(post.key, (times.get(post.key) ?? 0) + 1);
  return times;
}

const newColumns = {
  text: ['key', 'platform', 'author', 'thread', 'post', 'citations', 'control', 'hash'],
  bigint: ['surplus', 'created_at'],
} as const;

function newRow({ post, citations, surplus, control }: IncomingPost) {
  return {
    key: post.key,
    platform: post.platform,
    author: post.author.id,
    thread: post.thread === post.id ? null : post.thread,
    post: codecs.posts.post.encode(post),
    citations: codecs.posts.citations.encode(citations),
    surplus,
    control: control ?? null,
    created_at: post.createdAt,
    hash: hashOf(post.key),
  };
}

/** Undefined: it was never stored, or cannot be read. */
export async function storedPost(db: Executor, key: string): Promise<StoredPost | undefined> {
  const row = await postRow(db, key);
  return readEach(row === undefined ? [] : [row], ({ post, feed }) => {
    return { post: codecs.posts.post.decode(post, key), feed };
  })[0];
}

/** A stored post that waits for its verdict. */
export interface WaitingPost extends IncomingPost {
  readonly feed: string;
  readonly ingestedAt: number;
  readonly attempts: number;
  /** 0: never edited. */
  readonly revision: number;
  /** The author opted out. */
  readonly optedOut: boolean;
  /** The author opted in. */
  readonly optedIn: boolean;
}

/** Key of a row to read if it is due. */
export interface DueKey {
  readonly key: string;
  readonly now: number;
}

export const waitingPosts: Batch<DueKey, WaitingPost> = {
  keyOf: ({ key }) => key,
  async run(db, items) {
    const { rows } = await sql<WaitingRow>`
      select posts.key, post, citations, surplus, control, feed, ingested_at, attempts, revision,
        ${posterIsOptedOut} as opted_out, ${posterIsOptedIn} as opted_in
      from ${valuesList(db, { text: ['key'], bigint: ['now'] }, items)}
      cross join posts
      where posts.key = input.key and state = 'pending' and due_at <= input.now`.execute(db);
    return new Map(rows.map((row) => [row.key, toWaiting(row)]));
  },
};

type WaitingRow = PostRow & { readonly opted_out: SqlBool; readonly opted_in: SqlBool };

function toWaiting(row: WaitingRow): WaitingPost {
  return {
    post: codecs.posts.post.decode(row.post, row.key),
    citations: codecs.posts.citations.decode(row.citations, row.key),
    surplus: row.surplus,
    control: row.control ?? undefined,
    feed: row.feed,
    ingestedAt: row.ingested_at,
    attempts: row.attempts,
    revision: row.revision,
    optedOut: Boolean(row.opted_out),
    optedIn: Boolean(row.opted_in),
  };
}

/** Defers a post that could not be resolved until `dueAt`; null: it has failed. */
export async function postponePost(tx: Executor, key: string, error: string, dueAt: number | null): Promise<void> {
  const values = { error, attempts: sql<number>`attempts + 1` };
  const postponed =
    dueAt === null
      ? movePosts(tx, ['pending'], 'failed', values)
      : movePosts(tx, ['pending'], 'pending', { ...values, due_at: dueAt });
  await postponed.where('key', '=', key).execute();
}

/** A person's request. False: there is no such failed post. */
export async function retryPost(tx: Executor, key: string, now: number): Promise<boolean> {
  return await findsRow(movePosts(tx, ['failed'], 'pending', { due_at: now, attempts: 0 }).where('key', '=', key));
}

/** The same for all failed posts. Returns how many. */
export async function retryFailedPosts(tx: Executor, now: number): Promise<number> {
  const retried = movePosts(tx, ['failed'], 'pending', { due_at: now, attempts: 0 });
  return Number((await retried.executeTakeFirst()).numUpdatedRows);
}

/** Failed posts that were ingested since then, the newest first. */
export async function failedPosts(
  db: Executor,
  limit: number,
  since = 0,
): Promise<{ key: string; error: string | null }[]> {
  const query = db.selectFrom('posts').select(['key', 'error']).where('state', '=', 'failed');
  return await query.where('ingested_at', '>=', since).orderBy('ingested_at', 'desc').limit(limit).execute();
}

/** Keys of posts that wait for their verdict and are due, the longest waiting first. */
export async function duePosts(db: Executor, now: number, limit: number): Promise<string[]> {
  const due = db.selectFrom('posts').select('key').where('due_at', 'is not', null).where('due_at', '<=', now);
  const rows = await due.orderBy('due_at').limit(limit).execute();
  return rows.map((row) => row.key);
}

export async function postRow(db: Executor, key: string): Promise<PostRow | undefined> {
  return await db.selectFrom('posts').selectAll().where('key', '=', key).executeTakeFirst();
}
