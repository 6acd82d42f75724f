import { sql, type SqlBool } from 'kysely';
import type { CitingPost, CountedPost } from '../../core/digest.ts';
import type { Post } from '../../core/post.ts';
import { codecs } from '../db/codecs.ts';
import { readEach } from '../db/json-column.ts';
import type { Executor } from '../db/schema.ts';
import { valuesList } from '../db/values-list.ts';
import { posterIsOptedOut } from '../operators/consents.ts';
import { citingPosts, resolutionsIn } from '../posts/mentions.ts';

/**
 * Decided and failed posts with citations that were written in this period (milliseconds since the Unix epoch, without its end), sorted by
 * creation. Without the posts of authors who opted out.
 */
export async function countedPosts(db: Executor, span: Span): Promise<CountedPost[]> {
  const found: CountedPost[] = [];
  for await (const page of postsIn(db, span)) {
    const replies = await repliesTo(
      db,
      page.map(({ key }) => key),
    );
    for (const { key, ...post } of page) found.push({ ...post, replies: replies.get(key) ?? [] });
  }
  return found;
}

/** The same without their replies. */
export async function citingPostsIn(db: Executor, span: Span): Promise<CitingPost[]> {
  const found: CitingPost[] = [];
  for await (const page of postsIn(db, span)) found.push(...page);
  return found;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

async function* postsIn(db: Executor, { from, to }: Span) {
  const counts = sql<SqlBool>`created_at < ${to} and state in ('decided', 'failed') and not ${posterIsOptedOut}`;
  for await (const { rows, mentions } of citingPosts(db, 'created_at', from, counts)) {
    yield readEach(rows, (row) => {
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
  const asked = cables.map((id) => ({ id }));
  const { rows } = await sql<{ id: string }>`
    select id from ${valuesList(db, { text: ['id'] }, asked)} where exists (
      select 1 from mentions join posts on posts.key = mentions.post_key
      where mentions.reference_id = input.id and posts.created_at < ${before}
    )`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

async function repliesTo(db: Executor, keys: readonly string[]) {
  const rows = db.selectFrom('replies').select(['post_key', 'publisher', 'state', 'reason']);
  const found = await rows.where('post_key', 'in', keys).orderBy('planned_at').orderBy('key').execute();
  return Map.groupBy(found, (row) => row.post_key);
}
