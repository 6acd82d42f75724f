import { sql } from 'kysely';
import { dayMs, hourMs } from '../../core/durations.ts';
import { type Post, postKey } from '../../core/post.ts';
import { notePurge } from '../db/erasure.ts';
import { syntheticPost } from '../posts/digest-posts.ts';
import { deletePost } from '../posts/post-changes.ts';
import { lockAccount } from '../accounts/accounts.ts';
import { hashOf } from '../posts/tombstones.ts';
import { type PageRequest, readPage } from '../db/queries.ts';
import { ingestPosts } from '../posts/posts.ts';
import type { Executor, TrackbackRow, TrackbackState } from '../db/schema.ts';

/** Feed of posts made from trackbacks; the name is not valid in a configuration. */
export const trackbackFeed = 'trackbacks~';

/** A received claim that a page links to a cable page. */
export type Trackback = Pick<
  TrackbackRow,
  'kind' | 'source' | 'host' | 'domain' | 'cable' | 'page' | 'paragraph' | 'title' | 'site' | 'excerpt'
>;

/** Pages that wait for a probe or a person: of all sites, and of one. Further ones are rejected. */
const mostWaiting = 1000;
const mostOfSite = 20;
/** Probes within an hour: of all sites, and of one. Further ones are deferred. */
const mostProbes = 300;
const mostProbesOfSite = 20;
/** A sender can have a page probed again after this time. */
const resendMs = dayMs;
/** A page is probed at most once an hour, so that the pages probed within an hour are the probes. Also the lease of a probe. */
export const probeLeaseMs = hourMs;
/** A page that nobody approved is deleted after this time. */
const pendingMs = 30 * dayMs;
/** Over the cap, a probe is due again after this time. */
const deferredMs = hourMs / 4;

/** Stores a trackback for a later probe. A rejected page stays rejected, a new one stays new. `full`: too many wait. */
export async function receiveTrackback(
  tx: Executor,
  received: Trackback,
  now: number,
): Promise<{ id: string } | 'full'> {
  const id = hashOf(`${received.source} ${received.cable}`);
  const before = await tx.selectFrom('trackbacks').selectAll().where('id', '=', id).executeTakeFirst();
  if (before?.state === 'rejected' || before?.state === 'new') return { id };
  const isNew = before === undefined || before.state === 'removed' || before.state === 'refused';
  if (isNew && (await isFull(tx, received.domain))) return 'full';
  const dueAt = Math.max(now, (before?.probed_at ?? 0) + resendMs);
  if (before === undefined) {
    const row = {
      ...received,
      id,
      state: 'new',
      post_key: null,
      due_at: dueAt,
      attempts: 0,
      error: null,
      at: now,
    } as const;
    await tx.insertInto('trackbacks').values(row).execute();
    return { id };
  }
  const changes = { due_at: dueAt, attempts: 0, ...(isNew && { ...received, state: 'new' as const, at: now }) };
  await tx.updateTable('trackbacks').set(changes).where('id', '=', id).execute();
  return { id };
}

async function isFull(db: Executor, domain: string): Promise<boolean> {
  const { rows } = await sql<{ waiting: number; of_site: number }>`select
    (select count(*) from trackbacks where state in ('new', 'pending')) as waiting,
    (select count(*) from trackbacks where domain = ${domain} and state in ('new', 'pending')) as of_site`.execute(db);
  return (rows[0]?.waiting ?? 0) >= mostWaiting || (rows[0]?.of_site ?? 0) >= mostOfSite;
}

/** Leases a due page for a probe, which counts from now on. Undefined: it is not due, or its site or all together had too many: it is due later. */
export async function claimProbe(tx: Executor, id: string, now: number): Promise<TrackbackRow | undefined> {
  // One lock for all, so that processes count the probes of each other.
  await lockAccount(tx, trackbackFeed);
  const row = await trackbackRow(tx, id);
  if (row === undefined || row.due_at === null || row.due_at > now) return undefined;
  const since = now - hourMs;
  const { rows } = await sql<{ probes: number; of_site: number }>`select
    (select count(*) from trackbacks where probed_at > ${since}) as probes,
    (select count(*) from trackbacks where domain = ${row.domain} and probed_at > ${since}) as of_site`.execute(tx);
  const isOver = (rows[0]?.probes ?? 0) >= mostProbes || (rows[0]?.of_site ?? 0) >= mostProbesOfSite;
  const claimed = isOver ? { due_at: now + deferredMs } : { due_at: now + probeLeaseMs, probed_at: now };
  await tx.updateTable('trackbacks').set(claimed).where('id', '=', id).execute();
  return isOver ? undefined : { ...row, ...claimed };
}

export async function trackbackRow(db: Executor, id: string): Promise<TrackbackRow | undefined> {
  return await db.selectFrom('trackbacks').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A page of the trackbacks in one state, of one site or of all. */
export async function trackbacksIn(
  db: Executor,
  state: TrackbackState,
  { domain, ...request }: PageRequest & { readonly domain?: string | undefined },
) {
  const all = db.selectFrom('trackbacks').selectAll().where('state', '=', state);
  return await readPage(domain === undefined ? all : all.where('domain', '=', domain), 'id', request);
}

/** Sites with the most trackbacks in a state, at most `limit`. */
export async function trackbackSites(
  db: Executor,
  state: TrackbackState,
  limit: number,
): Promise<{ domain: string; pages: number }[]> {
  const sites = db.selectFrom('trackbacks').select(['domain', ({ fn }) => fn.countAll<number>().as('pages')]);
  const found = sites.where('state', '=', state).groupBy('domain').orderBy('pages', 'desc').orderBy('domain');
  return await found.limit(limit).execute();
}

/** Approves or rejects all pending pages of a site. Returns their number. */
export async function decideSite(
  tx: Executor,
  { domain, choice }: { domain: string; choice: 'approve' | 'reject' },
  now: number,
): Promise<number> {
  const pending = tx.selectFrom('trackbacks').select('id').where('state', '=', 'pending').where('domain', '=', domain);
  const decide = choice === 'approve' ? approveTrackback : rejectTrackback;
  let decided = 0;
  for (const { id } of await pending.execute()) if (await decide(tx, id, now)) decided += 1;
  return decided;
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

/** Records a claimed probe; a page without the link counts as a deleted post. */
export async function recordProbe(
  tx: Executor,
  { id, state, attempts, probed_at: probedAt, post_key: key, ...row }: TrackbackRow,
  probe: TrackbackProbe,
  now: number,
) {
  const set = async (changes: Partial<TrackbackRow>) =>
    await tx
      .updateTable('trackbacks')
      .set(changes)
      .where('id', '=', id)
      .where('state', '=', state)
      // A later probe is as good as this one.
      .where('probed_at', '=', probedAt)
      .executeTakeFirst();
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

/** Deletes refused and removed trackbacks from before `before`, and those that wait for too long. Rejected ones stay. */
export async function purgeTrackbacks(tx: Executor, before: number, now: number): Promise<void> {
  const all = tx.deleteFrom('trackbacks');
  await all.where('state', 'in', ['refused', 'removed']).where('at', '<', before).execute();
  await all
    .where('state', 'in', ['new', 'pending'])
    .where('at', '<', now - pendingMs)
    .execute();
}
