import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RawBuilder, sql, type SqlBool } from 'kysely';
import type { ReferenceId } from '../../core/cable.ts';
import type { Resolution } from '../../core/citation.ts';
import type { Post } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import { codecs } from '../db/codecs.ts';
import { readEach, readInTurn } from '../db/json-column.ts';
import type { Executor, Schema } from '../db/schema.ts';
import { valuesList } from '../db/values-list.ts';
import { trackbackFeed } from '../links/trackback-rows.ts';
import { posterIsOptedIn, posterIsOptedOut } from '../operators/consents.ts';
import { digestPlatform } from './digest-posts.ts';

/** Resolutions of a post's citations, in their order. */
export async function mentionsOf(db: Executor, postKey: string): Promise<Resolution[]> {
  return resolutionsIn((await mentionsByPost(db, [postKey])).get(postKey));
}

/** A decided post with the inputs of its verdict. */
export interface DecidedPost {
  readonly post: Post;
  readonly feed: string;
  readonly seenAt: number;
  readonly resolutions: readonly Resolution[];
  /** Undefined unless it was asked for. */
  readonly verdict: Verdict | undefined;
  readonly optedIn: boolean;
  readonly optedOut: boolean;
}

/**
 * Decided posts with citations that were ingested since then, the oldest first, in pages, of which each post is decoded in its turn.
 * `verdicts`: decode what was decided, too.
 */
export async function* decidedPosts(
  db: Executor,
  since: number,
  { verdicts }: { readonly verdicts: boolean },
): AsyncIterable<Iterable<DecidedPost>> {
  const isDecided = sql<SqlBool>`state = 'decided' and verdict is not null`;
  for await (const { rows, mentions } of citingPosts(db, 'ingested_at', since, isDecided)) {
    yield readInTurn(rows, (row) => ({
      post: codecs.posts.post.decode(row.post, row.key),
      feed: row.feed,
      seenAt: row.ingested_at,
      resolutions: resolutionsIn(mentions.get(row.key)),
      verdict: verdicts ? codecs.posts.verdict.decode(row.verdict!, row.key) : undefined,
      optedIn: Boolean(row.opted_in),
      optedOut: Boolean(row.opted_out),
    }));
  }
}

const longPage = 1000;

/** Posts with citations that fulfil `condition`, sorted by a time that is not before `since`, in pages of so many. */
export async function* citingPosts(
  db: Executor,
  time: 'ingested_at' | 'created_at',
  since: number,
  condition: RawBuilder<SqlBool>,
  page = longPage,
) {
  let after = { at: since, key: '' };
  for (;;) {
    const rows = await db
      .selectFrom('posts')
      .select(['key', 'platform', 'feed', 'post', 'verdict', 'state', 'ingested_at', 'created_at'])
      .select([posterIsOptedOut.as('opted_out'), posterIsOptedIn.as('opted_in')])
      .where(time, '>=', after.at)
      .where(sql<SqlBool>`(${sql.ref(time)}, key) > (${after.at}, ${after.key})`)
      .where('control', 'is', null)
      .where('platform', '!=', digestPlatform)
      .where(condition)
      .orderBy(time)
      .orderBy('key')
      .limit(page)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = { at: last[time], key: last.key };
    const mentions = await mentionsByPost(
      db,
      rows.map(({ key }) => key),
    );
    // Not a pair for each row: V8 would place these among the old objects, and keep the texts of all pages with them.
    yield { rows, mentions };
    // A bot or a page that reads thousands of them has other work.
    await nextTurn();
  }
}

type StoredMention = Pick<Schema['mentions'], 'post_key' | 'resolution'>;

/** The mentions of these posts, each in their order. */
export async function mentionsByPost(
  db: Executor,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StoredMention[]>> {
  const asked = valuesList(
    db,
    { text: ['key'] },
    keys.map((key) => ({ key })),
  );
  const query = db.selectFrom(asked).crossJoin('mentions').whereRef('post_key', '=', 'input.key');
  const rows = await query.select(['post_key', 'resolution']).orderBy('post_key').orderBy('position').execute();
  return Map.groupBy(rows, (row) => row.post_key);
}

/** What the mentions of a post say; none if it has none. */
export function resolutionsIn(mentions: readonly StoredMention[] = []): Resolution[] {
  return readEach(mentions, (row) => codecs.mentions.resolution.decode(row.resolution, row.post_key));
}

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
    readEach(rows, (row) => {
      const mention = found.get(row.key) ?? shown(row);
      if (mention === undefined) return;
      const { paragraphs } = codecs.mentions.resolution.decode(row.resolution, row.key);
      const all = [...new Set([...mention.paragraphs, ...paragraphs])].toSorted((a, b) => a - b);
      found.set(row.key, { ...mention, paragraphs: all });
    });
    if (rows.length < part) break;
  }
  return [...found.values()].slice(0, limit).toSorted((a, b) => b.at - a.at);
}

type Row = Pick<Schema['posts'], 'key' | 'feed' | 'post' | 'verdict'> & Pick<Schema['mentions'], 'resolution'>;

/** Sorted so that the rows of one post are adjacent. */
async function rowsOf(db: Executor, cable: ReferenceId, part: { offset: number; limit: number }): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select posts.key, posts.feed, posts.post, posts.verdict, mentions.resolution
    from mentions join posts on posts.key = mentions.post_key
    where mentions.reference_id = ${cable} and posts.state = 'decided' and not ${posterIsOptedOut}
    order by mentions.at desc, posts.key, mentions.position limit ${part.limit} offset ${part.offset}`.execute(db);
  return rows;
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
