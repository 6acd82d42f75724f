import type { Resolution } from '../../core/citation.ts';
import { type NotNull, sql, type SqlBool } from 'kysely';
import type { Post } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import { codecs } from '../db/codecs.ts';
import { digestPlatform } from './digest-posts.ts';
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
      .where('verdict', 'is not', null)
      .$narrowType<{ verdict: NotNull }>()
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
      post: codecs.posts.post.decode(row.post, row.key),
      feed: row.feed,
      seenAt: row.ingested_at,
      resolutions: mentions.get(row.key) ?? [],
      verdict: codecs.posts.verdict.decode(row.verdict, row.key),
      optedIn: Boolean(row.opted_in),
      optedOut: Boolean(row.opted_out),
    }));
  }
}

/** Resolutions of the citations of these posts, each in their order. */
export async function resolutionsOf(db: Executor, keys: readonly string[]): Promise<ReadonlyMap<string, Resolution[]>> {
  const query = db.selectFrom('mentions').select(['post_key', 'resolution']).where('post_key', 'in', keys);
  const found = new Map<string, Resolution[]>();
  for (const { post_key: key, resolution } of await query.orderBy('post_key').orderBy('position').execute()) {
    const some = found.get(key) ?? [];
    some.push(codecs.mentions.resolution.decode(resolution, key));
    found.set(key, some);
  }
  return found;
}
