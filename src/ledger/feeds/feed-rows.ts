import { randomUUID } from 'node:crypto';
import type { Cursor, Reject } from '../../core/post.ts';
import { beginOutage, endOutage } from './outages.ts';
import type { Executor, FeedRow } from '../db/schema.ts';

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
  await tx
    .insertInto('feeds')
    .values({
      name: feed.name,
      epoch: 0,
      lease_until: 0,
      due_at: 0,
      failures: 0,
      seen: 0,
      ingested: 0,
      rejected: 0,
      since: now,
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
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
  lease: { now: number; leaseMs: number },
): Promise<boolean> {
  const { now, leaseMs } = lease;
  const result = await leased(tx, hold)
    .set((current) => ({
      cursor: progress.cursor,
      lease_until: now + leaseMs,
      seen: current('seen', '+', progress.seen),
      ingested: current('ingested', '+', progress.ingested),
      rejected: current('rejected', '+', progress.rejects.length),
      polled_at: now,
      failures: 0,
      last_error: null,
    }))
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  if (progress.recovered === true) await endOutage(tx, hold.name, now);
  for (let i = 0; i < progress.rejects.length; i += 100) {
    await insertRejects(tx, hold.name, progress.rejects.slice(i, i + 100), now);
  }
  return true;
}

/** Renews the lease. False: another process has the feed. */
export async function renewFeedLease(tx: Executor, hold: FeedLease, leaseUntil: number): Promise<boolean> {
  const result = await leased(tx, hold).set({ lease_until: leaseUntil }).executeTakeFirst();
  return result.numUpdatedRows > 0n;
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

/** Deletes all but the newest 10,000 rejects. */
export async function trimRejects(tx: Executor): Promise<void> {
  const newest = tx.selectFrom('rejects').select('id').orderBy('at', 'desc').orderBy('id').limit(10_000);
  await tx.deleteFrom('rejects').where('id', 'not in', newest).execute();
}

/** An update of the feed, while this process holds it. */
function leased(tx: Executor, { name, epoch }: FeedLease) {
  return tx.updateTable('feeds').where('name', '=', name).where('epoch', '=', epoch);
}

async function insertRejects(tx: Executor, feed: string, rejects: readonly Reject[], now: number): Promise<void> {
  const rows = rejects.map((reject) => ({ id: randomUUID(), feed, ...reject, at: now }));
  await tx.insertInto('rejects').values(rows).execute();
}
