import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { ReplyState } from '../../core/reply.ts';
import type { PageRequest, PageToken } from '../db/queries.ts';
import type { Executor, PostRow, PostState } from '../db/schema.ts';
import { isByHandle } from './post-names.ts';
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
  /** One of its replies is like this. */
  readonly reply?: ReplySearch;
  /** Written since then, in milliseconds since the Unix epoch. */
  readonly since?: number;
  /** Ingested since then. */
  readonly foundSince?: number;
  /** False: without direct and followers-only posts. */
  readonly limited?: false;
}

/** A key that is left out matches everything. */
export interface ReplySearch {
  readonly state?: ReplyState;
  /** The last attempt began since then. */
  readonly since?: number;
  /** Through one of these, or through any other. */
  readonly publishers?: { readonly names: readonly string[]; readonly are: 'in' | 'not in' };
}

/** Maximum posts to scan for filters per page: no index covers them, and the bot needs the database too. */
const maxScanned = 2000;

/**
 * Stored posts, the last written first; those that cite a cable, the last resolved first. A page may hold fewer than `limit` posts and still
 * have a next one: `next`, the last post that was scanned.
 */
export async function searchPosts(
  db: Executor,
  search: Search,
  { after, limit }: PageRequest,
): Promise<{ posts: PostRow[]; next: PageToken | undefined }> {
  const filters = conditions(db, search);
  const isFiltered = filters.length > 0;
  const some = candidates(db, search, after, sql`limit ${isFiltered ? maxScanned : limit + 1}`);
  const { rows: posts } = await sql<Candidate>`
    select * from (${some}) as candidates where ${sql.join([sql`true`, ...filters], sql` and `)}
    order by place desc, key desc limit ${limit + 1}`.execute(db);
  const last = posts.length > limit ? posts[limit - 1] : undefined;
  if (last !== undefined) return { posts: posts.slice(0, limit), next: { at: last.place, key: last.key } };
  if (!isFiltered) return { posts, next: undefined };
  const lastScanned = candidates(db, search, after, sql`limit 1 offset ${maxScanned - 1}`);
  const { rows } = await sql<Candidate>`select place, key from (${lastScanned}) as candidates`.execute(db);
  return { posts, next: rows[0] && { at: rows[0].place, key: rows[0].key } };
}

/** `place`: the time that pages are sorted by. */
type Candidate = PostRow & { readonly place: number };

/** In the order of an index, so that the database reads only these posts. */
function candidates(
  db: Executor,
  { referenceId, since, author }: Search,
  after: PageToken | undefined,
  part: RawBuilder<unknown>,
) {
  const behind = (time: string, key: string) =>
    after === undefined
      ? sql``
      : sql`and ${sql.ref(time)} <= ${after.at} and (${sql.ref(time)}, ${sql.ref(key)}) < (${after.at}, ${after.key})`;
  if (referenceId === undefined) {
    const from = since === undefined ? sql`` : sql`and created_at >= ${since}`;
    const by = author === undefined ? sql`` : sql`and ${isByHandle(db, author)}`;
    return sql`select *, created_at as place from posts where state <> 'deleted' ${by} ${behind('created_at', 'key')} ${from}
      order by created_at desc, key desc ${part}`;
  }
  return sql`select posts.*, cited.at as place from (
      select distinct at, post_key from mentions where reference_id = ${referenceId} ${behind('at', 'post_key')}
      order by at desc, post_key desc ${part}
    ) as cited cross join posts where posts.key = cited.post_key`;
}

/** What no index finds. */
function conditions(db: Executor, search: Search) {
  const { referenceId, since, foundSince, text, author, platform, feed, state, reply, limited } = search;
  return [
    ...(foundSince === undefined ? [] : [sql<SqlBool>`ingested_at >= ${foundSince}`]),
    ...(referenceId === undefined || since === undefined ? [] : [sql<SqlBool>`created_at >= ${since}`]),
    ...(text === undefined ? [] : [isLike(`%"text":"%${inJson(text)}%`)]),
    ...(referenceId === undefined || author === undefined ? [] : [isByHandle(db, author)]),
    ...(platform === undefined ? [] : [sql<SqlBool>`platform = ${platform}`]),
    ...(feed === undefined ? [] : [sql<SqlBool>`feed = ${feed}`]),
    ...(state === undefined ? [] : [sql<SqlBool>`state = ${state}`]),
    ...(reply === undefined ? [] : [hasReply(reply)]),
    ...(limited === undefined ? [] : [sql<SqlBool>`not ${isLimitedPost}`]),
  ];
}

function hasReply({ state, since, publishers }: ReplySearch) {
  const filters = [
    sql`replies.post_key = candidates.key`,
    ...(state === undefined ? [] : [sql`replies.state = ${state}`]),
    ...(since === undefined ? [] : [sql`replies.claimed_at >= ${since}`]),
    ...(publishers === undefined || publishers.names.length === 0
      ? [publishers?.are === 'in' ? sql`false` : sql`true`]
      : [sql`replies.publisher ${sql.raw(publishers.are)} (${sql.join(publishers.names)})`]),
  ];
  return sql<SqlBool>`exists (select 1 from replies where ${sql.join(filters, sql` and `)})`;
}

function isLike(pattern: string) {
  return sql<SqlBool>`lower(post) like ${pattern.toLowerCase()} escape '~'`;
}

/** A text as JSON encodes it, with the wildcards of `like` escaped. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll(/[~%_]/g, '~$&');
}
