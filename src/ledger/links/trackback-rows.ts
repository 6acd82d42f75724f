import { sql } from 'kysely';
import { hourMs } from '../../core/durations.ts';
import { type Post, postKey } from '../../core/post.ts';
import { notePurge } from '../db/erasure.ts';
import { syntheticPost } from '../posts/digest-posts.ts';
import { deletePost } from '../posts/post-changes.ts';
import { hashOf } from '../posts/tombstones.ts';
import { type PageRequest, readPage } from '../db/queries.ts';
import { ingestPosts } from '../posts/posts.ts';
import type { Executor, TrackbackRow, TrackbackState } from '../db/schema.ts';

/** Feed of posts made from trackbacks; the name is not valid in a configuration. */
export const trackbackFeed = 'trackbacks~';

/** A received claim that a page links to a cable page. */
export type Trackback = Pick<
  TrackbackRow,
  'kind' | 'source' | 'host' | 'cable' | 'page' | 'paragraph' | 'title' | 'site' | 'excerpt'
>;

/** Maximum of open trackbacks, and of those of one host within an hour. Further ones are rejected. */
const mostWaiting = 1000;
const mostOfHost = 20;
/** Minimum time between two probes of a page. */
const minIntervalMs = 60_000;

/** Stores a trackback for a later probe. A rejected page stays rejected, a new one stays new. `full`: too many are open. */
export async function receiveTrackback(
  tx: Executor,
  received: Trackback,
  now: number,
): Promise<{ id: string } | 'full'> {
  const id = hashOf(`${received.source} ${received.cable}`);
  const before = await tx.selectFrom('trackbacks').selectAll().where('id', '=', id).executeTakeFirst();
  if (before?.state === 'rejected' || before?.state === 'new') return { id };
  if (before !== undefined) {
    const again = before.state === 'removed' || before.state === 'refused';
    const changes = {
      due_at: Math.max(now, before.at + minIntervalMs),
      attempts: 0,
      at: now,
      ...(again && { ...received, state: 'new' as const }),
    };
    await tx.updateTable('trackbacks').set(changes).where('id', '=', id).execute();
    return { id };
  }
  if (await isFull(tx, received.host, now)) return 'full';
  await tx
    .insertInto('trackbacks')
    .values({ ...received, id, state: 'new', post_key: null, due_at: now, attempts: 0, error: null, at: now })
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

/** A page of the trackbacks in one state. */
export async function trackbacksIn(db: Executor, state: TrackbackState, request: PageRequest) {
  return await readPage(db.selectFrom('trackbacks').selectAll().where('state', '=', state), 'id', request);
}

/** Ids of due trackbacks, the longest waiting first. */
export async function dueTrackbacks(db: Executor, now: number, limit: number): Promise<string[]> {
  const query = db.selectFrom('trackbacks').select('id').where('due_at', 'is not', null).where('due_at', '<=', now);
  return (await query.orderBy('due_at').limit(limit).execute()).map(({ id }) => id);
}

/** Result of a probe of the page. */
export type TrackbackProbe =
  | { readonly kind: 'links'; readonly title: string; readonly site: string; readonly again: number }
  | { readonly kind: 'removed'; readonly error: string }
  /** `again` null: no further probe. Approved and pending ones keep their state. */
  | { readonly kind: 'unclear'; readonly error: string; readonly again: number | null };

/** Records a probe; a page without the link counts as a deleted post. */
export async function recordProbe(
  tx: Executor,
  { id, state, attempts, post_key: key, ...row }: TrackbackRow,
  probe: TrackbackProbe,
  now: number,
) {
  const set = async (changes: Partial<TrackbackRow>) =>
    await tx.updateTable('trackbacks').set(changes).where('id', '=', id).where('state', '=', state).executeTakeFirst();
  if (probe.kind === 'unclear') {
    const refused = probe.again === null && state === 'new';
    await set({
      error: probe.error,
      attempts: attempts + 1,
      due_at: probe.again,
      ...(refused && { state: 'refused' }),
    });
    return;
  }
  if (probe.kind === 'removed') {
    const nothing = { source: '', title: '', site: '', excerpt: '' };
    const { numUpdatedRows } = await set({
      ...nothing,
      state: 'removed',
      error: probe.error,
      due_at: null,
      post_key: null,
    });
    await notePurge(tx);
    if (key !== null && numUpdatedRows > 0n) await deletePost(tx, key, { now, withdraw: true });
    return;
  }
  // The sender's words take precedence over the page's.
  const named = { title: row.title || probe.title, site: row.site || probe.site };
  await set({ ...named, ...(state === 'new' && { state: 'pending' }), error: null, attempts: 0, due_at: probe.again });
}

/** A person approves a trackback: it becomes a post for the rules to decide. False: it is not pending. */
export async function approveTrackback(tx: Executor, id: string, now: number): Promise<boolean> {
  const row = await trackbackRow(tx, id);
  if (row?.state !== 'pending') return false;
  const post = postOf(row, now);
  const citation = {
    kind: 'url',
    strength: 'strong',
    written: row.page,
    span: null,
    referenceId: row.cable as never,
    paragraphs: row.paragraph === null ? [] : [row.paragraph],
    clues: null,
  } as const;
  await ingestPosts(tx, trackbackFeed, [{ post, citations: [citation], surplus: 0 }], now);
  await tx.updateTable('trackbacks').set({ state: 'approved', post_key: post.key }).where('id', '=', id).execute();
  return true;
}

/** A person rejects a trackback, and its post is deleted. False: there is nothing to reject. */
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
  // A page that was removed and came back is another post.
  const name = `trackback:${id}:${now}`;
  return syntheticPost({
    key: postKey('rss', name),
    platform: 'rss',
    id: name,
    url: source,
    author: { id: host, handle: host, name: site || null, bot: false },
    text: title,
    language: null,
    createdAt: at,
  });
}

/** Deletes old refused and removed trackbacks. Rejected ones stay. */
export async function purgeTrackbacks(tx: Executor, before: number): Promise<void> {
  await tx.deleteFrom('trackbacks').where('state', 'in', ['refused', 'removed']).where('at', '<', before).execute();
}
