import { sql, type SqlBool } from 'kysely';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Gap } from '../../core/digest.ts';
import type { Cursor, Reject } from '../../core/post.ts';
import { findsRow } from '../db/queries.ts';
import type { Executor, FeedRow, OutageRow, RejectRow } from '../db/schema.ts';
import { readSetting, writeSetting } from '../db/settings.ts';
import { valuesList } from '../db/values-list.ts';

/** Lease of a feed: the right to read it and move its cursor. A claim with a higher epoch ends it. */
export interface FeedLease {
  readonly name: string;
  readonly epoch: number;
  readonly cursor: Cursor | undefined;
  readonly failures: number;
  /** The last poll failed; the next success ends the outage. */
  readonly troubled: boolean;
}

/** Leases a feed that is due. Undefined: another process holds it, or it is not due. */
export async function leaseFeed(
  tx: Executor,
  feed: { name: string; holder: string; leaseMs: number },
  now: number,
): Promise<FeedLease | undefined> {
  await sql`
    insert into feeds (name, epoch, lease_until, due_at, failures, seen, ingested, rejected, since)
    values (${feed.name}, 0, 0, 0, 0, 0, 0, 0, ${now}) on conflict (name) do nothing`.execute(tx);
  const row = await tx
    .updateTable('feeds')
    .set((current) => ({ epoch: current('epoch', '+', 1), holder: feed.holder, lease_until: now + feed.leaseMs }))
    .where('name', '=', feed.name)
    .where('due_at', '<=', now)
    .where((either) => either.or([either('lease_until', '<=', now), either('holder', '=', feed.holder)]))
    .returning(['epoch', 'cursor', 'failures', 'last_error'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { epoch, cursor, failures } = row;
  return { name: feed.name, epoch, cursor: cursor ?? undefined, failures, troubled: row.last_error !== null };
}

/** Result of reading pages of a feed. */
export interface FeedProgress {
  readonly cursor: Cursor;
  readonly seen: number;
  readonly ingested: number;
  readonly rejects: readonly Reject[];
  /** The previous poll failed. */
  readonly recovered?: boolean;
}

/** Moves the cursor and the counters. False: another process has the feed; the caller must roll back. */
export async function advanceFeed(
  tx: Executor,
  hold: FeedLease,
  progress: FeedProgress,
  { now, leaseMs }: { now: number; leaseMs: number },
): Promise<boolean> {
  const advanced = leased(tx, hold).set((current) => ({
    cursor: progress.cursor,
    lease_until: now + leaseMs,
    seen: current('seen', '+', progress.seen),
    ingested: current('ingested', '+', progress.ingested),
    rejected: current('rejected', '+', progress.rejects.length),
    polled_at: now,
    failures: 0,
    last_error: null,
  }));
  if (!(await findsRow(advanced))) return false;
  if (progress.recovered === true) await endOutage(tx, hold.name, now);
  if (progress.rejects.length > 0) await insertRejects(tx, hold.name, progress.rejects, now);
  return true;
}

/** Renews the lease. False: another process has the feed. */
export async function renewFeedLease(tx: Executor, hold: FeedLease, leaseUntil: number): Promise<boolean> {
  return await findsRow(leased(tx, hold).set({ lease_until: leaseUntil }));
}

/** Records a successful poll without results. */
export async function recordHealthy(tx: Executor, hold: FeedLease, now: number): Promise<void> {
  await endOutage(tx, hold.name, now);
  await leased(tx, hold).set({ failures: 0, last_error: null, polled_at: now }).execute();
}

/** Records a failed poll: the feed is blocked until `dueAt`. */
export async function blockFeed(
  tx: Executor,
  hold: FeedLease,
  failure: { error: string; failed: boolean; now: number; dueAt: number },
): Promise<void> {
  await beginOutage(tx, hold.name, { now: failure.now, reason: failure.error });
  await leased(tx, hold)
    .set((current) => ({
      due_at: failure.dueAt,
      last_error: failure.error,
      lease_until: 0,
      ...(failure.failed ? { failures: current('failures', '+', 1) } : {}),
    }))
    .execute();
}

/** Ends the leases of a process, so that another one can read its feeds at once. */
export async function releaseFeeds(tx: Executor, holder: string): Promise<void> {
  await tx.updateTable('feeds').set({ lease_until: 0 }).where('holder', '=', holder).execute();
}

export async function feedRows(db: Executor): Promise<FeedRow[]> {
  return await db.selectFrom('feeds').selectAll().orderBy('name').execute();
}

/** How much is stored that could not be read, by feed: `trimRejects` leaves 10,000 in all. */
export async function rejectsByFeed(db: Executor): Promise<ReadonlyMap<string, number>> {
  const counts = db.selectFrom('rejects').select(({ fn }) => ['feed', fn.countAll<number>().as('count')]);
  const rows = await counts.groupBy('feed').execute();
  return new Map(rows.map(({ feed, count }) => [feed, count]));
}

/** What could not be read since then, the newest first; `feed` undefined: of all feeds. */
export async function listRejects(
  db: Executor,
  { feed, since = 0, limit }: { feed: string | undefined; since?: number | undefined; limit: number },
): Promise<RejectRow[]> {
  const stored = db.selectFrom('rejects').selectAll().where('at', '>=', since);
  const query = stored.orderBy('at', 'desc').orderBy('id').limit(limit);
  return await (feed === undefined ? query : query.where('feed', '=', feed)).execute();
}

/** Deletes all but the newest 10,000 rejects. */
export async function trimRejects(tx: Executor): Promise<void> {
  const newest = tx.selectFrom('rejects').select('id').orderBy('at', 'desc').orderBy('id').limit(10_000);
  await tx.deleteFrom('rejects').where('id', 'not in', newest).execute();
}

/** Names shorter than this are in too many excerpts. */
const leastName = 5;

/** Deletes the rejects that name a deleted post or its author. */
export async function deleteRejectsOf(tx: Executor, names: readonly string[]): Promise<void> {
  const patterns = names
    .filter(({ length }) => length >= leastName)
    .map((name) => `%${name.replaceAll(/[~%_]/g, '~$&')}%`);
  for (const pattern of new Set(patterns)) {
    const named = sql<SqlBool>`(position like ${pattern} escape '~' or excerpt like ${pattern} escape '~')`;
    await tx.deleteFrom('rejects').where(named).execute();
  }
}

/** An update of the feed, while this process holds it. */
function leased(tx: Executor, { name, epoch }: FeedLease) {
  return tx.updateTable('feeds').where('name', '=', name).where('epoch', '=', epoch);
}

async function insertRejects(tx: Executor, feed: string, rejects: readonly Reject[], now: number): Promise<void> {
  const rows = rejects.map((reject) => ({ id: randomUUID(), ...reject }));
  await sql`
    insert into rejects (id, feed, position, reason, excerpt, at)
    select id, ${feed}, position, reason, excerpt, ${now}
    from ${valuesList(tx, { text: ['id', 'position', 'reason', 'excerpt'] }, rows)}`.execute(tx);
}

/** Means all feeds: no process ran. */
const all = '*';
/** Without a heartbeat for this long the bot counts as stopped. */
const aliveWithinMs = 150_000;
const settingName = 'watched';
/** The current uninterrupted run, and the last record of it. */
const Watched = z.object({ since: z.number(), last: z.number() });

/** Opens an outage of a feed, unless one is open. */
export async function beginOutage(
  tx: Executor,
  feed: string,
  { now, reason }: { now: number; reason: string },
): Promise<void> {
  const open = tx.selectFrom('outages').select('since').where('feed', '=', feed).where('until', 'is', null);
  if ((await open.executeTakeFirst()) === undefined) await insertOutage(tx, { feed, since: now, until: null, reason });
}

/** Closes the open outage of a feed. */
export async function endOutage(tx: Executor, feed: string, now: number): Promise<void> {
  await tx.updateTable('outages').set({ until: now }).where('feed', '=', feed).where('until', 'is', null).execute();
}

/** Records that a process works on the ledger; a long gap since the last record becomes an outage of all feeds. */
export async function recordWatched(tx: Executor, now: number): Promise<void> {
  const before = await readSetting(tx, settingName, Watched);
  const isNew = before === undefined || now - before.last > aliveWithinMs;
  if (before !== undefined && isNew)
    await insertOutage(tx, { feed: all, since: before.last, until: now, reason: 'not running' });
  const value = { since: isNew ? now : before.since, last: Math.max(now, before?.last ?? 0) };
  await writeSetting(tx, settingName, value);
}

/** Start of the current uninterrupted run; undefined: the bot does not run. */
export async function watchedSince(db: Executor, now: number): Promise<number | undefined> {
  const found = await readSetting(db, settingName, Watched);
  return found !== undefined && now - found.last <= aliveWithinMs ? found.since : undefined;
}

/** When the first feed was read; undefined: none has been. */
export async function firstWatch(db: Executor): Promise<number | undefined> {
  const row = await db.selectFrom('feeds').select('since').orderBy('since').limit(1).executeTakeFirst();
  return row?.since;
}

/** Outages in this period, and feeds that were new in it. Streams do not count as feeds. */
export async function gapsWithin(db: Executor, { from, to }: { from: number; to: number }): Promise<Gap[]> {
  const outages = await db
    .selectFrom('outages')
    .selectAll()
    .where('since', '<', to)
    .where((outage) => outage.or([outage('until', 'is', null), outage('until', '>', from)]))
    .where('feed', 'not like', '%~stream')
    .orderBy('since')
    .orderBy('feed')
    .execute();
  const late = db.selectFrom('feeds').select(['name', 'since']).where('since', '>', from).orderBy('name');
  return [
    ...outages.map(({ feed, since, until }): Gap => {
      const gap = { from: since, to: until };
      return feed === all ? { feed: null, ...gap, why: 'stopped' } : { feed, ...gap, why: 'failing' };
    }),
    ...(await late.execute()).map(({ name, since }): Gap => ({ feed: name, from: 0, to: since, why: 'new' })),
  ];
}

/** Open outages that began before `since`. */
export async function longOutages(db: Executor, since: number): Promise<OutageRow[]> {
  const rows = db.selectFrom('outages').selectAll().where('until', 'is', null);
  return await rows.where('since', '<=', since).orderBy('feed').execute();
}

async function insertOutage(tx: Executor, outage: OutageRow): Promise<void> {
  await tx
    .insertInto('outages')
    .values(outage)
    .onConflict((conflict) => conflict.columns(['feed', 'since']).doUpdateSet({ until: outage.until }))
    .execute();
}
