import { type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import type { Citation, CitationKind } from '../../core/citation.ts';
import type { Post } from '../../core/post.ts';
import type { Payload } from '../../core/reply.ts';
import { readableOrEmpty } from './readable-or-empty.ts';
import { removeShortIds } from './short-ids.ts';
import { addTombstones } from './tombstones.ts';
import { codecs } from '../db/codecs.ts';
import { readEach } from '../db/json-column.ts';
import type { Executor, Schema } from '../db/schema.ts';

/** Maximum rows per call, so that transactions stay short. */
const maxRows = 500;

/**
 * Purges finished posts that were ingested before `before`, with their replies. Open ones stay. Tombstones of their keys and scopes remain, so
 * that nothing is answered twice. Returns the number of purged posts; if it equals `limit`, there may be more.
 */
export async function purgeOld(tx: Executor, before: number, now: number, limit = maxRows): Promise<number> {
  const posts = await tx
    .selectFrom('posts')
    .select('key')
    .where('due_at', 'is', null)
    .where('ingested_at', '<', before)
    .where((post) => post.not(post.exists(recentReplies(post, before))))
    .orderBy('ingested_at')
    .limit(limit)
    .execute();
  const keys = posts.map(({ key }) => key);
  if (keys.length === 0) return 0;
  const replies = await tx.selectFrom('replies').select('scope').where('post_key', 'in', keys).execute();
  await addTombstones(tx, [...keys, ...replies.map(({ scope }) => scope)], now);
  await tx.deleteFrom('mentions').where('post_key', 'in', keys).execute();
  await tx.deleteFrom('replies').where('post_key', 'in', keys).execute();
  await removeShortIds(tx, keys);
  await tx.deleteFrom('posts').where('key', 'in', keys).execute();
  return keys.length;
}

/** Open replies to a post, and replies updated since `since`. */
function recentReplies(post: ExpressionBuilder<Schema, 'posts'>, since: number) {
  return post
    .selectFrom('replies')
    .select('replies.key')
    .whereRef('replies.post_key', '=', 'posts.key')
    .where((reply) => reply.or([reply('replies.due_at', 'is not', null), reply('replies.updated_at', '>=', since)]));
}

/**
 * Removes the authors' content from posts that were decided before `before`: text, names, hashtags, links, quotations. Identity, citations and
 * verdict remain. Open posts stay complete. `limited`: only direct and followers-only posts. Returns the number of emptied posts, as `purgeOld`
 * does.
 */
export async function purgeTexts(
  tx: Executor,
  { platform, limited, before }: { platform?: string; limited?: true; before: number },
  limit = maxRows,
): Promise<number> {
  const found = tx.selectFrom('posts').select(['key', 'post', 'citations']).where(hasText);
  // Literal, so that the databases use the index of a platform that says how long.
  const ofPlatform = platform === undefined ? found : found.where(sql<SqlBool>`platform = ${sql.lit(platform)}`);
  const posts = await (limited === true ? ofPlatform.where(isLimitedPost) : ofPlatform)
    .where('due_at', 'is', null)
    .where((is) => is.fn.coalesce('decided_at', 'ingested_at'), '<', before)
    .where((post) => post.not(post.exists(recentReplies(post, before))))
    .limit(limit)
    .execute();
  const { posts: codec } = codecs;
  const emptied = posts.map(({ key, post, citations }) => {
    const [read = []] = readEach([citations], (text) => codec.citations.decode(text, key));
    return {
      key,
      post: codec.post.encode(withoutText(readableOrEmpty(post, key))),
      citations: codec.citations.encode(read.map(withoutQuotation)),
    };
  });
  for (const { key, post, citations } of emptied) {
    await tx.updateTable('posts').set({ post, citations }).where('key', '=', key).execute();
    await emptyMentions(tx, key);
    await forgetNames(tx, key);
    // Undelivered notices hold the text as well, so they are deleted.
    await tx.deleteFrom('notices').where('post_key', '=', key).execute();
  }
  return emptied.length;
}

/** Posts of these feeds whose text is still stored, the newest first. */
export async function textsOfFeed(
  db: Executor,
  { platform, feeds, limit }: { platform: string; feeds: readonly string[]; limit: number },
): Promise<Pick<Post, 'id' | 'native'>[]> {
  const rows = await db
    .selectFrom('posts')
    .select(['key', 'post'])
    .where(hasText)
    .where('platform', '=', platform)
    .where('feed', 'in', feeds)
    .orderBy('ingested_at', 'desc')
    .limit(limit)
    .execute();
  return readEach(rows, ({ key, post }) => codecs.posts.post.decode(post, key));
}

/** JSON escapes quotation marks inside texts, so nothing else matches. */
const hasText = sql<SqlBool>`post not like '%"text":""%'`;
/** Condition on `posts`: direct or followers-only. */
export const isLimitedPost = sql<SqlBool>`(post like '%"visibility":"direct"%' or post like '%"visibility":"followers"%')`;

function withoutText({ native: _, warning: __, ...post }: Post): Post {
  const { id, bot } = post.author;
  return { ...post, author: { id, handle: '', name: null, bot }, text: '', hashtags: [], links: [] };
}

/** Quotations and descriptions are the author's words; IDs are not. */
function isAuthorsText(kind: CitationKind): boolean {
  return kind === 'quotation' || kind === 'description';
}

function withoutQuotation(citation: Citation): Citation {
  return isAuthorsText(citation.kind) ? { ...citation, written: '', clues: null } : citation;
}

async function emptyMentions(tx: Executor, postKey: string): Promise<void> {
  const mentions = await tx
    .selectFrom('mentions')
    .select(['position', 'resolution'])
    .where('post_key', '=', postKey)
    .execute();
  const read = readEach(mentions, ({ position, resolution }) => {
    return { position, parsed: codecs.mentions.resolution.decode(resolution, `${postKey} ${position}`) };
  });
  for (const { position, parsed } of read) {
    if (!isAuthorsText(parsed.traits.kind)) continue;
    await tx
      .updateTable('mentions')
      .set({ resolution: codecs.mentions.resolution.encode({ ...parsed, written: '' }) })
      .where('post_key', '=', postKey)
      .where('position', '=', position)
      .execute();
  }
}

/** Keep only the author id. */
async function forgetNames(tx: Executor, postKey: string): Promise<void> {
  const replies = await tx.selectFrom('replies').select(['key', 'payload']).where('post_key', '=', postKey).execute();
  const readable = readEach(replies, (row) => codecs.replies.payload.decode(row.payload, row.key));
  for (const { key, replyTo, ...rest } of readable) {
    const nameless: Payload = { ...rest, key, replyTo: { ...replyTo, author: '' } };
    await tx
      .updateTable('replies')
      .set({ payload: codecs.replies.payload.encode(nameless) })
      .where('key', '=', key)
      .execute();
  }
}

/** Deletes rejects and finished notices from before `before`, and outages that ended before `outagesBefore`. Returns the number of rejects and notices. */
export async function purgeRecords(tx: Executor, before: number, outagesBefore: number): Promise<number> {
  const rejects = await tx.deleteFrom('rejects').where('at', '<', before).executeTakeFirst();
  const old = tx.deleteFrom('notices').where('due_at', 'is', null).where('at', '<', before);
  const notices = await old.executeTakeFirst();
  await tx.deleteFrom('outages').where('until', '<', outagesBefore).execute();
  return Number(rejects.numDeletedRows + notices.numDeletedRows);
}
