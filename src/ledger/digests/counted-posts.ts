import type { CountedPost } from '../../core/digest.ts';
import { codecs } from '../db/codecs.ts';
import { posterIsOptedOut } from '../operators/consents.ts';
import { digestPlatform } from '../posts/digest-posts.ts';
import { resolutionsOf } from '../posts/mentions.ts';
import { sql, type SqlBool } from 'kysely';
import type { Executor } from '../db/schema.ts';

const page = 1000;

/**
 * Decided and failed posts with citations that were written in this period (milliseconds since the Unix epoch, without its end), sorted by
 * creation. Without the posts of authors who opted out.
 */
export async function countedPosts(db: Executor, { from, to }: { from: number; to: number }): Promise<CountedPost[]> {
  const found: CountedPost[] = [];
  let after = { at: from, key: '' };
  for (;;) {
    const rows = await db
      .selectFrom('posts')
      .select(['key', 'platform', 'feed', 'post', 'state', 'verdict', 'created_at'])
      .where('created_at', '>=', after.at)
      .where('created_at', '<', to)
      .where(sql<SqlBool>`(created_at, key) > (${after.at}, ${after.key})`)
      .where('state', 'in', ['decided', 'failed'])
      .where('control', 'is', null)
      .where('platform', '!=', digestPlatform)
      .where(sql<SqlBool>`not ${posterIsOptedOut}`)
      .orderBy('created_at')
      .orderBy('key')
      .limit(page)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return found;
    after = { at: last.created_at, key: last.key };
    const keys = rows.map(({ key }) => key);
    const [resolutions, replies] = [await resolutionsOf(db, keys), await repliesOf(db, keys)];
    for (const row of rows) {
      found.push({
        platform: row.platform,
        feed: row.feed.replace(/~stream$/, ''),
        createdAt: row.created_at,
        visibility: codecs.posts.post.decode(row.post, row.key).visibility,
        verdict: row.state === 'failed' ? null : codecs.posts.verdict.decode(row.verdict, row.key),
        resolutions: resolutions.get(row.key) ?? [],
        replies: replies.get(row.key) ?? [],
      });
    }
  }
}

/** The subset of these cables that earlier posts cite. */
export async function citedBefore(
  db: Executor,
  cables: readonly string[],
  before: number,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const cable of cables) {
    const row = await db
      .selectFrom('mentions')
      .innerJoin('posts', 'posts.key', 'mentions.post_key')
      .select('mentions.post_key')
      .where('mentions.reference_id', '=', cable)
      .where('posts.created_at', '<', before)
      .limit(1)
      .executeTakeFirst();
    if (row !== undefined) found.add(cable);
  }
  return found;
}

async function repliesOf(db: Executor, keys: readonly string[]) {
  const rows = db.selectFrom('replies').select(['post_key', 'publisher', 'state', 'reason']);
  const found = await rows.where('post_key', 'in', keys).orderBy('planned_at').orderBy('key').execute();
  return Map.groupBy(found, (row) => row.post_key);
}
