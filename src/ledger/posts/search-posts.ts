import { sql, type SqlBool } from 'kysely';
import type { PageToken } from '../db/page-token.ts';
import type { Executor, PostRow, PostState } from '../db/schema.ts';

/** What is looked for among kept posts. What is left out may be anything. */
export interface Search {
  /** Canonical ID of a cable that they cite. */
  readonly referenceId?: string;
  /** Words within the text, capitals or not (of ASCII letters). */
  readonly text?: string;
  /** The handle of their author, without @. */
  readonly author?: string;
  readonly platform?: string;
  readonly feed?: string;
  readonly state?: PostState;
}

export interface Found {
  readonly posts: readonly PostRow[];
  /** Undefined: there are no more. */
  readonly next: PageToken | undefined;
}

/** So many posts are looked through for words and people at a time: no index helps there, and the bot works beside it. */
const mostLookedAt = 20_000;

/** Posts that were kept, the newest first. A page may hold fewer than `limit`, and still have another one behind it. */
export async function searchPosts(
  db: Executor,
  search: Search,
  { after, limit }: { after: PageToken | undefined; limit: number },
): Promise<Found> {
  const looked = search.referenceId === undefined ? mostLookedAt : -1;
  const { rows: posts } = await sql<PostRow>`
    select * from (${candidates(search, after)} ${looked < 0 ? sql`` : sql`limit ${looked}`}) as posts
    where ${conditions(search)} order by ingested_at desc, key desc limit ${limit + 1}`.execute(db);
  const last = posts.length > limit ? posts[limit - 1] : undefined;
  if (last !== undefined) return { posts: posts.slice(0, limit), next: { at: last.ingested_at, key: last.key } };
  if (looked < 0) return { posts, next: undefined };
  const { rows } = await sql<Pick<PostRow, 'ingested_at' | 'key'>>`
    select ingested_at, key from (${candidates(search, after)} limit 1 offset ${looked - 1}) as posts`.execute(db);
  return { posts, next: rows[0] && { at: rows[0].ingested_at, key: rows[0].key } };
}

/** In the order of an index, so that those that are not looked at cost nothing. */
function candidates({ referenceId }: Search, after: PageToken | undefined) {
  const behind =
    after === undefined
      ? sql``
      : sql`and ingested_at <= ${after.at} and (ingested_at, key) < (${after.at}, ${after.key})`;
  const citing =
    referenceId === undefined
      ? sql``
      : sql`and key in (select post_key from mentions where reference_id = ${referenceId})`;
  return sql`select * from posts where state <> 'deleted' ${behind} ${citing} order by ingested_at desc, key desc`;
}

function conditions({ text, author, platform, feed, state }: Search) {
  const all = [
    sql<SqlBool>`true`,
    ...(text === undefined ? [] : [isLike(`%"text":"%${inJson(text)}%`)]),
    ...(author === undefined ? [] : [isLike(`%"handle":"${inJson(author)}"%`)]),
    ...(platform === undefined ? [] : [sql<SqlBool>`platform = ${platform}`]),
    ...(feed === undefined ? [] : [sql<SqlBool>`feed = ${feed}`]),
    ...(state === undefined ? [] : [sql<SqlBool>`state = ${state}`]),
  ];
  return sql.join(all, sql` and `);
}

function isLike(pattern: string) {
  return sql<SqlBool>`lower(post) like ${pattern.toLowerCase()} escape '~'`;
}

/** A text as it stands within JSON, with what `like` would take for more than itself made plain. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll(/[~%_]/g, '~$&');
}
