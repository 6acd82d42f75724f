import type { ReferenceId } from '../../core/cable.ts';
import { codecs } from '../db/codecs.ts';
import { posterIsOptedOut } from '../operators/consents.ts';
import type { Executor, Schema } from '../db/schema.ts';
import { trackbackFeed } from '../links/trackback-rows.ts';

/** A public post that cites a cable, as shown to everybody: author, place and time, without the text. */
export interface PublicMention {
  readonly key: string;
  readonly platform: string;
  readonly url: string | null;
  /** Empty once retention has deleted it. */
  readonly handle: string;
  /** Title of a trackback's page; null for all others. */
  readonly title: string | null;
  /** Time of creation, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** Empty: the cable as a whole. */
  readonly paragraphs: readonly number[];
}

/** Maximum rows to read for one cable. */
const mostRows = 1000;

/**
 * Public mentions of a cable, the latest first. Without limited and deleted posts, boosts, posts of authors who opted out, and posts that the
 * rules ignore.
 */
export async function mentionsOfCable(db: Executor, cable: ReferenceId, limit: number): Promise<PublicMention[]> {
  const found = new Map<string, PublicMention>();
  // Most rows can be shown, so one batch is usually enough. One row more than `limit`: the last mention may continue in the next batch.
  const part = limit + 1;
  for (let offset = 0; offset < mostRows && found.size <= limit; offset += part) {
    const rows = await rowsOf(db, cable, { offset, limit: part });
    for (const row of rows) {
      const mention = found.get(row.key) ?? shown(row);
      if (mention === undefined) continue;
      const { paragraphs } = codecs.mentions.resolution.decode(row.resolution, row.key);
      const all = [...new Set([...mention.paragraphs, ...paragraphs])].toSorted((a, b) => a - b);
      found.set(row.key, { ...mention, paragraphs: all });
    }
    if (rows.length < part) break;
  }
  return [...found.values()].slice(0, limit).toSorted((a, b) => b.at - a.at);
}

type Row = Pick<Schema['posts'], 'key' | 'feed' | 'post' | 'verdict'> & Pick<Schema['mentions'], 'resolution'>;

/** Sorted so that the rows of one post are adjacent. */
async function rowsOf(db: Executor, cable: ReferenceId, part: { offset: number; limit: number }): Promise<Row[]> {
  return await db
    .selectFrom('mentions')
    .innerJoin('posts', 'posts.key', 'mentions.post_key')
    .select(['posts.key', 'posts.feed', 'posts.post', 'posts.verdict', 'mentions.resolution'])
    .where('mentions.reference_id', '=', cable)
    .where('posts.state', '=', 'decided')
    .where((is) => is.not(posterIsOptedOut))
    .orderBy('mentions.at', 'desc')
    .orderBy('posts.key')
    .orderBy('mentions.position')
    .offset(part.offset)
    .limit(part.limit)
    .execute();
}

function shown(row: Row): PublicMention | undefined {
  const post = codecs.posts.post.decode(row.post, row.key);
  if (post.visibility !== 'public' || post.repost) return undefined;
  const verdict = codecs.posts.verdict.decode(row.verdict, row.key);
  if (verdict === null || verdict.action === 'ignore') return undefined;
  const { key, platform, url, author, createdAt: at, text } = post;
  const title = row.feed === trackbackFeed && text !== '' ? text : null;
  return { key, platform, url, handle: author.handle, title, at, paragraphs: [] };
}
