import { sql, type SqlBool } from 'kysely';
import type { ReplyState } from '../../core/reply.ts';
import type { PageRequest, PageToken } from '../db/queries.ts';
import type { Executor, PostRow, PostState } from '../db/schema.ts';
import { isLimitedPost } from './retention.ts';

/** Filters for stored posts. A key that is left out matches everything. */
export interface Search {
  /** Canonical ID of a cited cable. */
  readonly referenceId?: string;
  /** Part of the text; ASCII letters match in either case. */
  readonly text?: string;
  /** Handle of the author, without @. */
  readonly author?: string;
  readonly platform?: string;
  readonly feed?: string;
  readonly state?: PostState;
  /** State of one of its replies. */
  readonly reply?: ReplyState;
  /** Written since then, in milliseconds since the Unix epoch. */
  readonly since?: number;
  /** False: without direct and followers-only posts. */
  readonly limited?: false;
}

/** Maximum posts to scan for text and author per page: no index covers them, and the bot needs the database too. */
const maxScanned = 20_000;

/** Stored posts, the last written first. A page may hold fewer than `limit` posts and still have a next one: `next`. */
export async function searchPosts(
  db: Executor,
  search: Search,
  { after, limit }: PageRequest,
): Promise<{ posts: PostRow[]; next: PageToken | undefined }> {
  const scanned = search.referenceId === undefined ? maxScanned : -1;
  const { rows: posts } = await sql<PostRow>`
    select * from (${candidates(search, after)} ${scanned < 0 ? sql`` : sql`limit ${scanned}`}) as posts
    where ${conditions(search)} order by created_at desc, key desc limit ${limit + 1}`.execute(db);
  const last = posts.length > limit ? posts[limit - 1] : undefined;
  if (last !== undefined) return { posts: posts.slice(0, limit), next: { at: last.created_at, key: last.key } };
  if (scanned < 0) return { posts, next: undefined };
  const { rows } = await sql<Pick<PostRow, 'created_at' | 'key'>>`
    select created_at, key from (${candidates(search, after)} limit 1 offset ${scanned - 1}) as posts`.execute(db);
  return { posts, next: rows[0] && { at: rows[0].created_at, key: rows[0].key } };
}

/** In the order of an index, so that the database reads only the scanned posts. */
function candidates({ referenceId, since }: Search, after: PageToken | undefined) {
  const behind =
    after === undefined
      ? sql``
      : sql`and created_at <= ${after.at} and (created_at, key) < (${after.at}, ${after.key})`;
  const from = since === undefined ? sql`` : sql`and created_at >= ${since}`;
  const citing =
    referenceId === undefined
      ? sql``
      : sql`and key in (select post_key from mentions where reference_id = ${referenceId})`;
  return sql`select * from posts where state <> 'deleted' ${behind} ${from} ${citing} order by created_at desc, key desc`;
}

function conditions({ text, author, platform, feed, state, reply, limited }: Search) {
  const answered = sql`select 1 from replies where replies.post_key = posts.key and replies.state = ${reply}`;
  const all = [
    sql<SqlBool>`true`,
    ...(text === undefined ? [] : [isLike(`%"text":"%${inJson(text)}%`)]),
    ...(author === undefined ? [] : [isLike(`%"handle":"${inJson(author)}"%`)]),
    ...(platform === undefined ? [] : [sql<SqlBool>`platform = ${platform}`]),
    ...(feed === undefined ? [] : [sql<SqlBool>`feed = ${feed}`]),
    ...(state === undefined ? [] : [sql<SqlBool>`state = ${state}`]),
    ...(reply === undefined ? [] : [sql<SqlBool>`exists (${answered})`]),
    ...(limited === undefined ? [] : [sql<SqlBool>`not ${isLimitedPost}`]),
  ];
  return sql.join(all, sql` and `);
}

function isLike(pattern: string) {
  return sql<SqlBool>`lower(post) like ${pattern.toLowerCase()} escape '~'`;
}

/** A text as JSON encodes it, with the wildcards of `like` escaped. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll(/[~%_]/g, '~$&');
}
