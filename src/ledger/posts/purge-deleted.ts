import { sql, type SqlBool } from 'kysely';
import { deletedKey, shortId } from '../../core/post.ts';
import type { Payload } from '../../core/reply.ts';
import { spendingId } from '../accounts/reply-limits.ts';
import { codecs } from '../db/codecs.ts';
import { readEach } from '../db/json-column.ts';
import { isPostgres } from '../db/queries.ts';
import type { Executor, PostRow, ReplyRow } from '../db/schema.ts';
import { publishedColumns } from '../replies/replies.ts';
import { readableOrEmpty } from './readable-or-empty.ts';
import { removeShortIds } from './short-ids.ts';
import { addTombstones, pseudonymOf } from './tombstones.ts';

/** Maximum rows per call, so that transactions stay short. */
const maxRows = 200;

/**
 * Replaces what names a deleted post, its author and its thread by hashes, in its row and in those of its replies, once no work on these is
 * left: until then the platform is asked by these names. Limits still count the replies, and tombstones keep the post and the scopes of its
 * replies from a second answer. Returns the number of posts; if it equals `limit`, there may be more.
 */
export async function purgeDeleted(tx: Executor, now: number, limit = maxRows): Promise<number> {
  const posts = await tx
    .selectFrom('posts')
    .selectAll()
    // Literal, so that SQLite uses the index.
    .where(sql<SqlBool>`state = 'deleted' and key not like 'deleted:%'`)
    .where((post) => post.not(post.exists(post.selectFrom('replies').select('key').where(openReply))))
    .limit(limit)
    .execute();
  if (posts.length === 0) return 0;
  await (isPostgres(tx) ? sql`set constraints all deferred` : sql`pragma defer_foreign_keys = on`).execute(tx);
  let count = 0;
  for (const post of posts) count += Number(await anonymize(tx, post, now));
  return count;
}

const openReply = sql<SqlBool>`replies.post_key = posts.key and replies.due_at is not null`;

/** False: a reply to it cannot be read. */
async function anonymize(tx: Executor, { key, post }: Pick<PostRow, 'key' | 'post'>, now: number): Promise<boolean> {
  const replies = await tx.selectFrom('replies').selectAll().where('post_key', '=', key).execute();
  const payloads = readEach(replies, (row) => codecs.replies.payload.decode(row.payload, row.key));
  if (payloads.length < replies.length) return false;
  await addTombstones(tx, [key, ...replies.map(({ scope }) => scope)], now);
  const anonymous = { key: deletedKey(key), id: '', thread: '', inReplyTo: null };
  await tx
    .updateTable('posts')
    .set({
      key: anonymous.key,
      thread: null,
      post: codecs.posts.post.encode({ ...readableOrEmpty(post, key), ...anonymous }),
    })
    .where('key', '=', key)
    .execute();
  await removeShortIds(tx, [key]);
  for (const [at, row] of replies.entries()) await anonymizeReply(tx, row, payloads[at]!, anonymous.key);
  // The opt-out of who wrote "stop" stays, and its source names the post.
  await tx
    .updateTable('consents')
    .set({ source: `post ${shortId(key)}` })
    .where('source', '=', key)
    .execute();
  return true;
}

async function anonymizeReply(tx: Executor, row: ReplyRow, payload: Payload, postKey: string): Promise<void> {
  const key = deletedKey(row.key);
  const { replies: codec } = codecs;
  // A log of replies has no ids but their keys. The address of a comment contains that of the post.
  const id = row.published_id === row.key ? key : row.published_id;
  await tx
    .updateTable('replies')
    .set({
      key,
      post_key: postKey,
      payload: codec.payload.encode(emptied(payload, { key, postKey })),
      scope: codec.scope.encode(['deleted', key]),
      author: row.author === '' ? '' : pseudonymOf(row.author),
      thread: pseudonymOf(row.thread),
      published: id === null ? row.published : publishedColumns({ id, url: null }).published,
      published_id: id,
      // A platform's error may quote names.
      reason: row.reason === null ? null : 'its post was deleted',
    })
    .where('key', '=', row.key)
    .execute();
  for (let attempt = 1; attempt <= row.attempts; attempt += 1) {
    const spent = tx.updateTable('spending').set({ id: spendingId(key, attempt) });
    await spent.where('id', '=', spendingId(row.key, attempt)).execute();
  }
}

function emptied({ card: _, replyTo: { platform }, ...payload }: Payload, keys: { key: string; postKey: string }) {
  const replyTo = { key: keys.postKey, platform, id: '', thread: '', url: null, author: '' };
  return { ...payload, key: keys.key, idempotencyKey: '', text: '', language: null, replyTo };
}
