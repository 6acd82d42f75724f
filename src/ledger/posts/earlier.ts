import { type RawBuilder, sql } from 'kysely';
import { postKey } from '../../core/post.ts';
import type { Executor } from '../db/schema.ts';

/** A post whose earlier posts are counted. */
export interface EarlierThan {
  readonly key: string;
  readonly ingestedAt: number;
  readonly platform: string;
  readonly author: string;
  readonly thread: string;
  /** Reference IDs of its cables. */
  readonly cables: readonly string[];
}

interface Window {
  readonly per: 'author' | 'thread' | 'cable' | 'all';
  readonly within: number;
  /** Counting stops here. */
  readonly most: number;
}

/**
 * Number of earlier posts with citations in each of these windows, by time of arrival. For a cable only decided posts count; of several cables
 * the largest number counts.
 */
export async function countEarlier(db: Executor, post: EarlierThan, windows: readonly Window[]): Promise<number[]> {
  const counts = windows.map(async (window) => {
    const from = post.ingestedAt - window.within;
    if (window.per === 'cable') {
      const each = post.cables.map((id) => countRows(db, aboutCable(post, id, from), window.most));
      return Math.max(0, ...(await Promise.all(each)));
    }
    return await countRows(db, by[window.per](post, from), window.most);
  });
  return await Promise.all(counts);
}

async function countRows(db: Executor, rows: RawBuilder<unknown>, most: number): Promise<number> {
  const { rows: found } = await sql<{ n: number | string }>`
    select count(*) as n from (${rows} limit ${most}) as counted`.execute(db);
  return Number(found[0]?.n ?? 0);
}

/** Condition: earlier than the post, and inside the window. */
function before({ key, ingestedAt }: EarlierThan, from: number) {
  return sql`posts.control is null and posts.ingested_at > ${from} and posts.ingested_at <= ${ingestedAt}
    and (posts.ingested_at, posts.key) < (${ingestedAt}, ${key})`;
}

const by = {
  all: (post: EarlierThan, from: number) => sql`select 1 as one from posts where ${before(post, from)}`,
  author: (post: EarlierThan, from: number) => sql`select 1 as one from posts
    where posts.author = ${post.author} and posts.platform = ${post.platform} and ${before(post, from)}`,
  // The first post of a thread has no thread id.
  thread: (post: EarlierThan, from: number) => sql`select 1 as one from (
    select posts.key, posts.control, posts.ingested_at from posts
      where posts.thread = ${post.thread} and posts.platform = ${post.platform}
    union all
    select posts.key, posts.control, posts.ingested_at from posts where posts.key = ${postKey(post.platform, post.thread)}
    ) as posts where ${before(post, from)}`,
};

function aboutCable(post: EarlierThan, id: string, from: number) {
  return sql`select distinct mentions.post_key from mentions join posts on posts.key = mentions.post_key
    where mentions.reference_id = ${id} and mentions.at > ${from} and ${before(post, from)}`;
}
