import type { Resolution } from '../../core/citation.ts';
import { sql, type SqlBool } from 'kysely';
import type { Post } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import { digestPlatform } from '../digests/counted-posts.ts';
import { posterIsOptedIn, posterIsOptedOut } from '../operators/consents.ts';
import type { Executor } from '../db/schema.ts';

/** Resolutions of a post's citations, in their order. */
export async function mentionsOf(db: Executor, postKey: string): Promise<Resolution[]> {
  return (await resolutionsOf(db, [postKey])).get(postKey) ?? [];
}

/** A decided post with the inputs of its verdict. */
export interface DecidedPost {
  readonly post: Post;
  readonly feed: string;
  readonly seenAt: number;
  readonly resolutions: readonly Resolution[];
  readonly verdict: Verdict;
  readonly optedIn: boolean;
  readonly optedOut: boolean;
}

const page = 1000;

/** Decided posts with citations that were ingested since then, the oldest first, in pages. */
export async function* decidedPosts(db: Executor, since: number): AsyncIterable<readonly DecidedPost[]> {
  let after = { at: since, key: '' };
  for (;;) {
    const rows = await db
      .selectFrom('posts')
      .select(['key', 'post', 'feed', 'ingested_at', 'verdict'])
      .select([posterIsOptedOut.as('opted_out'), posterIsOptedIn.as('opted_in')])
      .where('ingested_at', '>=', after.at)
      .where(sql<SqlBool>`(ingested_at, key) > (${after.at}, ${after.key})`)
      .where('state', '=', 'decided')
      .where('control', 'is', null)
      .where('platform', '!=', digestPlatform)
      .orderBy('ingested_at')
      .orderBy('key')
      .limit(page)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = { at: last.ingested_at, key: last.key };
    const mentions = await resolutionsOf(
      db,
      rows.map(({ key }) => key),
    );
    yield rows.map((row) => ({
      post: JSON.parse(row.post) as Post,
      feed: row.feed,
      seenAt: row.ingested_at,
      resolutions: mentions.get(row.key) ?? [],
      verdict: JSON.parse(row.verdict ?? '{}') as Verdict,
      optedIn: Boolean(row.opted_in),
      optedOut: Boolean(row.opted_out),
    }));
  }
}

async function resolutionsOf(db: Executor, keys: readonly string[]): Promise<ReadonlyMap<string, Resolution[]>> {
  const query = db.selectFrom('mentions').select(['post_key', 'resolution']).where('post_key', 'in', keys);
  const found = new Map<string, Resolution[]>();
  for (const { post_key: key, resolution } of await query.orderBy('post_key').orderBy('position').execute()) {
    const some = found.get(key) ?? [];
    some.push(JSON.parse(resolution) as Resolution);
    found.set(key, some);
  }
  return found;
}
