import { type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import type { Citation, CitationKind, Resolution } from '../../core/citation.ts';
import type { Post } from '../../core/post.ts';
import type { Payload } from '../../core/reply.ts';
import { addTombstones } from './tombstones.ts';
import type { Executor, Schema } from '../db/schema.ts';

/** Rows a call: a transaction stays short. */
const most = 500;

/**
 * Purges posts that were dealt with before `before`, with all that was said to them. What is still under way stays. Hashes of their keys
 * and scopes are kept, so that nothing is answered a second time. Returns how many went; as many as were asked for: there may be more.
 */
export async function purgeOld(tx: Executor, before: number, now: number, limit = most): Promise<number> {
  const posts = await tx
    .selectFrom('posts')
    .select('key')
    .where('due_at', 'is', null)
    .where('ingested_at', '<', before)
    .where((post) => post.not(post.exists(busyReplies(post, before))))
    .orderBy('ingested_at')
    .limit(limit)
    .execute();
  const keys = posts.map(({ key }) => key);
  if (keys.length === 0) return 0;
  const replies = await tx.selectFrom('replies').select('scope').where('post_key', 'in', keys).execute();
  await addTombstones(tx, [...keys, ...replies.map(({ scope }) => scope)], now);
  await tx.deleteFrom('mentions').where('post_key', 'in', keys).execute();
  await tx.deleteFrom('replies').where('post_key', 'in', keys).execute();
  await tx.deleteFrom('posts').where('key', 'in', keys).execute();
  return keys.length;
}

/** Replies to a post that something is still to be done about, or was not long ago. */
function busyReplies(post: ExpressionBuilder<Schema, 'posts'>, since: number) {
  return post
    .selectFrom('replies')
    .select('replies.key')
    .whereRef('replies.post_key', '=', 'posts.key')
    .where((reply) =>
      reply.or([
        reply('replies.due_at', 'is not', null),
        reply('replies.state', '=', 'held'),
        reply('replies.updated_at', '>=', since),
      ]),
    );
}

/** Posts of one platform whose words may be kept for a while only. */
export interface ShortLived {
  readonly platform: string;
  /** Dealt with before this: their words go. */
  readonly before: number;
}

/**
 * Takes the words out of posts, and what else their authors wrote: names, tags, links, quotations. What stays tells which post it was, what
 * it cites and what was decided. What is still under way stays whole. Returns how many were emptied, as `purgeOld` does.
 */
export async function purgeTexts(tx: Executor, { platform, before }: ShortLived, limit = most): Promise<number> {
  const posts = await tx
    .selectFrom('posts')
    .select(['key', 'post', 'citations'])
    .where(hasText)
    .where('platform', '=', platform)
    .where('due_at', 'is', null)
    .where((is) => is.fn.coalesce('decided_at', 'ingested_at'), '<', before)
    .where((post) => post.not(post.exists(busyReplies(post, before))))
    .limit(limit)
    .execute();
  for (const { key, post, citations } of posts) {
    await tx
      .updateTable('posts')
      .set({
        post: JSON.stringify(withoutWords(JSON.parse(post) as Post)),
        citations: JSON.stringify((JSON.parse(citations) as Citation[]).map(withoutQuotation)),
      })
      .where('key', '=', key)
      .execute();
    await emptyMentions(tx, key);
    await forgetNames(tx, key);
    // What a channel could not be told in this time, it is not told: the words would be kept for it.
    await tx.deleteFrom('notices').where('post_key', '=', key).execute();
  }
  return posts.length;
}

/** Posts of these feeds whose words are still there, the newest first. */
export async function textsOfFeed(
  db: Executor,
  { platform, feeds, limit }: { platform: string; feeds: readonly string[]; limit: number },
): Promise<Pick<Post, 'id' | 'native'>[]> {
  const rows = await db
    .selectFrom('posts')
    .select('post')
    .where(hasText)
    .where('platform', '=', platform)
    .where('feed', 'in', feeds)
    .orderBy('ingested_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ post }) => JSON.parse(post) as Post);
}

/** Within a text of JSON quotation marks are escaped, so nothing else looks like it. */
const hasText = sql<SqlBool>`post not like '%"text":""%'`;

function withoutWords({ native: _, warning: __, ...post }: Post): Post {
  const { id, bot } = post.author;
  return { ...post, author: { id, handle: '', name: null, bot }, text: '', hashtags: [], links: [] };
}

/** IDs are no words of the author's; quotations and descriptions are. */
function isInWords(kind: CitationKind): boolean {
  return kind === 'quotation' || kind === 'description';
}

function withoutQuotation(citation: Citation): Citation {
  return isInWords(citation.kind) ? { ...citation, written: '', clues: null } : citation;
}

async function emptyMentions(tx: Executor, postKey: string): Promise<void> {
  const mentions = await tx
    .selectFrom('mentions')
    .select(['position', 'resolution'])
    .where('post_key', '=', postKey)
    .execute();
  for (const { position, resolution } of mentions) {
    const parsed = JSON.parse(resolution) as Resolution;
    if (!isInWords(parsed.traits.kind)) continue;
    await tx
      .updateTable('mentions')
      .set({ resolution: JSON.stringify({ ...parsed, written: '' }) })
      .where('post_key', '=', postKey)
      .where('position', '=', position)
      .execute();
  }
}

/** Of whom a reply answers, the id is enough. */
async function forgetNames(tx: Executor, postKey: string): Promise<void> {
  const replies = await tx.selectFrom('replies').select(['key', 'payload']).where('post_key', '=', postKey).execute();
  for (const { key, payload } of replies) {
    const { replyTo, ...rest } = JSON.parse(payload) as Payload;
    const { warning: _, ...named } = replyTo;
    const nameless: Payload = { ...rest, replyTo: { ...named, author: '' } };
    await tx
      .updateTable('replies')
      .set({ payload: JSON.stringify(nameless) })
      .where('key', '=', key)
      .execute();
  }
}

/** Takes out of settled replies what they say of authors who deleted what they had written. */
export async function purgeDeleted(tx: Executor, limit = most): Promise<number> {
  const rows = await tx
    .selectFrom('replies')
    .innerJoin('posts', 'posts.key', 'replies.post_key')
    .select(['replies.key', 'replies.payload'])
    .where('posts.state', '=', 'deleted')
    .where('replies.due_at', 'is', null)
    .where('replies.author', '!=', '')
    .where('replies.state', 'in', ['sent', 'refused', 'abandoned', 'rejected', 'withdrawn'])
    .limit(limit)
    .execute();
  for (const { key, payload } of rows) {
    await tx
      .updateTable('replies')
      .set({ payload: JSON.stringify(emptied(JSON.parse(payload) as Payload)), author: '' })
      .where('key', '=', key)
      .execute();
  }
  return rows.length;
}

function emptied(payload: Payload): Payload {
  const { key, platform, id, thread } = payload.replyTo;
  const { card: _, ...rest } = payload;
  return { ...rest, text: '', language: null, replyTo: { key, platform, id, thread, url: null, author: '' } };
}

/** What could not be read is evidence, not truth. */
export async function purgeRejects(tx: Executor, before: number): Promise<void> {
  await tx.deleteFrom('rejects').where('at', '<', before).execute();
}
