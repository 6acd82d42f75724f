import { sql, type SqlBool } from 'kysely';
import { type Post, postKey } from '../../core/post.ts';
import { deletePost } from '../posts/post-changes.ts';
import { hashOf } from '../posts/tombstones.ts';
import { type PageToken, nextPageToken } from '../db/page-token.ts';
import { ingestPosts } from '../posts/posts.ts';
import type { Executor, TrackbackRow, TrackbackState } from '../db/schema.ts';

/** Feed of the posts that pages became which told us of a link; no feed of the configuration can be called so. */
export const trackbackFeed = 'trackbacks~';

/** What somebody says of a page: that it links to a cable page. */
export type Told = Pick<
  TrackbackRow,
  'kind' | 'source' | 'host' | 'cable' | 'page' | 'paragraph' | 'title' | 'site' | 'excerpt'
>;

/** So many wait at a time, of all; and of one host within an hour. More are turned away. */
const mostWaiting = 1000;
const mostOfHost = 20;
const hourMs = 3_600_000;
/** What was looked at is not looked at again sooner, however often we are told. */
const restMs = 60_000;

/** Takes note of it; the page is looked at later. A page that a person rejected stays so, and one that is to be looked at is. `full`: too many wait. */
export async function noteTrackback(tx: Executor, told: Told, now: number): Promise<{ id: string } | 'full'> {
  const id = hashOf(`${told.source} ${told.cable}`);
  const before = await tx.selectFrom('trackbacks').selectAll().where('id', '=', id).executeTakeFirst();
  if (before?.state === 'rejected' || before?.state === 'new') return { id };
  if (before !== undefined) {
    const again = before.state === 'removed' || before.state === 'refused';
    const changes = {
      due_at: Math.max(now, before.at + restMs),
      attempts: 0,
      at: now,
      ...(again && { ...told, state: 'new' as const }),
    };
    await tx.updateTable('trackbacks').set(changes).where('id', '=', id).execute();
    return { id };
  }
  if (await isFull(tx, told.host, now)) return 'full';
  await tx
    .insertInto('trackbacks')
    .values({ ...told, id, state: 'new', post_key: null, due_at: now, attempts: 0, error: null, at: now })
    .execute();
  return { id };
}

async function isFull(db: Executor, host: string, now: number): Promise<boolean> {
  const { rows } = await sql<{ all_waiting: number; of_host: number }>`select
    (select count(*) from trackbacks where state in ('new', 'pending')) as all_waiting,
    (select count(*) from trackbacks where host = ${host} and at > ${now - hourMs}) as of_host`.execute(db);
  return (rows[0]?.all_waiting ?? 0) >= mostWaiting || (rows[0]?.of_host ?? 0) >= mostOfHost;
}

export async function trackbackRow(db: Executor, id: string): Promise<TrackbackRow | undefined> {
  return await db.selectFrom('trackbacks').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A page of those in one state, the latest first. */
export async function trackbacksIn(
  db: Executor,
  state: TrackbackState,
  { after, limit }: { after: PageToken | undefined; limit: number },
): Promise<{ rows: TrackbackRow[]; next: PageToken | undefined }> {
  const all = db
    .selectFrom('trackbacks')
    .selectAll()
    .where('state', '=', state)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc');
  const behind = after && sql<SqlBool>`at <= ${after.at} and (at, id) < (${after.at}, ${after.key})`;
  const rows = await (behind === undefined ? all : all.where(behind)).limit(limit + 1).execute();
  return { rows: rows.slice(0, limit), next: nextPageToken(rows, limit, ({ at, id }) => ({ at, key: id })) };
}

/** Those that are to be looked at, the longest waiting first. */
export async function dueTrackbacks(db: Executor, now: number, limit: number): Promise<string[]> {
  const query = db.selectFrom('trackbacks').select('id').where('due_at', 'is not', null).where('due_at', '<=', now);
  return (await query.orderBy('due_at').limit(limit).execute()).map(({ id }) => id);
}

/** What a look at the page came to. */
export type Looked =
  | { readonly kind: 'links'; readonly title: string; readonly site: string; readonly again: number }
  | { readonly kind: 'removed'; readonly error: string }
  /** `again` null: it is given up. What was approved or waits for a person stays as it is. */
  | { readonly kind: 'unclear'; readonly error: string; readonly again: number | null };

/** Writes down what a look came to; a page that links here no more is a deleted post. */
export async function noteLook(
  tx: Executor,
  { id, state, attempts, post_key: key, ...row }: TrackbackRow,
  looked: Looked,
  now: number,
) {
  const set = async (changes: Partial<TrackbackRow>) =>
    await tx.updateTable('trackbacks').set(changes).where('id', '=', id).where('state', '=', state).executeTakeFirst();
  if (looked.kind === 'unclear') {
    const refused = looked.again === null && state === 'new';
    await set({
      error: looked.error,
      attempts: attempts + 1,
      due_at: looked.again,
      ...(refused && { state: 'refused' }),
    });
    return;
  }
  if (looked.kind === 'removed') {
    const { numUpdatedRows } = await set({ state: 'removed', error: looked.error, due_at: null, post_key: null });
    if (key !== null && numUpdatedRows > 0n) await deletePost(tx, key, { now, withdraw: true });
    return;
  }
  // What the sender said of it goes before what the page says.
  const named = { title: row.title || looked.title, site: row.site || looked.site };
  await set({ ...named, ...(state === 'new' && { state: 'pending' }), error: null, attempts: 0, due_at: looked.again });
}

/** A person's word: it becomes a post, which is decided by the rules as any other. False: it does not wait for one. */
export async function approveTrackback(tx: Executor, id: string, now: number): Promise<boolean> {
  const row = await trackbackRow(tx, id);
  if (row?.state !== 'pending') return false;
  const post = postOf(row, now);
  const citation = {
    kind: 'url',
    strength: 'strong',
    written: row.page,
    span: null,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the ledger has canonical IDs only
    referenceId: row.cable as never,
    paragraphs: row.paragraph === null ? [] : [row.paragraph],
    clues: null,
  } as const;
  await ingestPosts(tx, trackbackFeed, [{ post, citations: [citation], surplus: 0 }], now);
  await tx.updateTable('trackbacks').set({ state: 'approved', post_key: post.key }).where('id', '=', id).execute();
  return true;
}

/** A person's word: it is not shown, or no more. False: there is nothing to reject. */
export async function rejectTrackback(tx: Executor, id: string, now: number): Promise<boolean> {
  const row = await trackbackRow(tx, id);
  if (row === undefined || row.state === 'rejected') return false;
  await tx
    .updateTable('trackbacks')
    .set({ state: 'rejected', due_at: null, post_key: null })
    .where('id', '=', id)
    .execute();
  if (row.post_key !== null) await deletePost(tx, row.post_key, { now, withdraw: true });
  return true;
}

function postOf({ id, source, host, site, title, at }: TrackbackRow, now: number): Post {
  // A page that went and came back is another post.
  const name = `trackback:${id}:${now}`;
  return {
    key: postKey('rss', name),
    platform: 'rss',
    id: name,
    url: source,
    author: { id: host, handle: host, name: site || null, bot: false },
    text: title,
    language: null,
    createdAt: at,
    hashtags: [],
    links: [],
    summoned: false,
    repost: false,
    visibility: 'public',
    inReplyTo: null,
    thread: name,
  };
}

/** Forgets what came to nothing before this. What a person rejected is remembered. */
export async function purgeTrackbacks(tx: Executor, before: number): Promise<void> {
  await tx.deleteFrom('trackbacks').where('state', 'in', ['refused', 'removed']).where('at', '<', before).execute();
}
