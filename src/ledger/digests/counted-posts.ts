import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql, type SqlBool } from 'kysely';
import type { CitingPost, CountedPost } from '../../core/digest.ts';
import type { Post } from '../../core/post.ts';
import { codecs } from '../db/codecs.ts';
import { readEach } from '../db/json-column.ts';
import type { Executor, Schema } from '../db/schema.ts';
import { valuesList } from '../db/values-list.ts';
import { posterIsOptedOut } from '../operators/consents.ts';
import { digestPlatform } from '../posts/digest-posts.ts';
import { citingPosts, mentionsByPost, resolutionsIn } from '../posts/mentions.ts';

/** In milliseconds since the Unix epoch, without its end. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Decided and failed posts with citations that were written in this period, sorted by creation, in pages. Without the posts of authors who opted
 * out. Other work has its turn after each page.
 */
export async function* countedPages(db: Executor, span: Span): AsyncIterable<CountedPost[]> {
  for await (const page of postsIn(db, span)) {
    const replies = await repliesTo(
      db,
      page.map(({ key }) => key),
    );
    yield page.map((post) => ({ ...post, replies: replies.get(post.key) ?? [] }));
  }
}

/** The same, all of them. */
export async function countedPosts(db: Executor, span: Span): Promise<CountedPost[]> {
  return (await Array.fromAsync(countedPages(db, span))).flat();
}

/** The same without their replies. */
export async function citingPostsIn(db: Executor, span: Span): Promise<CitingPost[]> {
  return (await Array.fromAsync(postsIn(db, span))).flat();
}

/** Those of these posts of a period, named by their short ids, that a digest may still show. */
export async function citingPostsNamed(
  db: Executor,
  { from, to }: Span,
  ids: readonly string[],
): Promise<CitingPost[]> {
  const asked = valuesList(
    db,
    { text: ['id'] },
    ids.map((id) => ({ id })),
  );
  const { rows } = await sql<CitingRow>`
    select key, platform, feed, post, verdict, state, created_at from ${asked}
    cross join short_ids cross join posts
    where short_ids.id = input.id and posts.key = short_ids.post_key and created_at >= ${from} and created_at < ${to}
      and control is null and platform <> ${digestPlatform} and ${isCounted}`.execute(db);
  const keys = rows.map(({ key }) => key);
  return postsOf(rows, await mentionsByPost(db, keys));
}

/** As many as are read in some milliseconds. */
const page = 200;

const isCounted = sql<SqlBool>`state in ('decided', 'failed') and not ${posterIsOptedOut}`;

async function* postsIn(db: Executor, { from, to }: Span): AsyncIterable<CitingPost[]> {
  const counts = sql<SqlBool>`created_at < ${to} and ${isCounted}`;
  for await (const { rows, mentions } of citingPosts(db, 'created_at', from, counts, page)) {
    yield postsOf(rows, mentions);
  }
}

type CitingRow = Pick<Schema['posts'], 'key' | 'platform' | 'feed' | 'post' | 'verdict' | 'state' | 'created_at'>;

function postsOf(rows: readonly CitingRow[], mentions: Awaited<ReturnType<typeof mentionsByPost>>): CitingPost[] {
  return readEach(rows, (row) => {
    const post = codecs.posts.post.decode(row.post, row.key);
    return {
      key: row.key,
      platform: row.platform,
      feed: row.feed.replace(/~stream$/, ''),
      createdAt: row.created_at,
      visibility: post.visibility,
      author: post.author.id,
      page: pageOf(post),
      verdict: row.state === 'failed' ? null : codecs.posts.verdict.decode(row.verdict, row.key),
      resolutions: resolutionsIn(mentions.get(row.key)),
    };
  });
}

function pageOf({ url, visibility, repost, warning, author }: Post): string | null {
  return visibility === 'public' && !repost && !author.bot && warning === undefined ? url : null;
}

/** The subset of these cables that earlier posts cite. */
export async function citedBefore(
  db: Executor,
  cables: readonly string[],
  before: number,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = 0; at < cables.length; at += cablesAtOnce) {
    const asked = cables.slice(at, at + cablesAtOnce).map((id) => ({ id }));
    const { rows } = await sql<{ id: string }>`
      select id from ${valuesList(db, { text: ['id'] }, asked)} where exists (
        select 1 from mentions join posts on posts.key = mentions.post_key
        where mentions.reference_id = input.id and posts.created_at < ${before}
      )`.execute(db);
    for (const { id } of rows) found.add(id);
    await nextTurn();
  }
  return found;
}

const cablesAtOnce = 1000;

async function repliesTo(db: Executor, keys: readonly string[]) {
  const asked = valuesList(
    db,
    { text: ['key'] },
    keys.map((key) => ({ key })),
  );
  const rows = db.selectFrom(asked).crossJoin('replies').whereRef('post_key', '=', 'input.key');
  const found = rows.select(['post_key', 'publisher', 'state', 'reason']).orderBy('planned_at').orderBy('replies.key');
  return Map.groupBy(await found.execute(), (row) => row.post_key);
}
