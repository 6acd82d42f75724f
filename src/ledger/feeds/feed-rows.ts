import { randomUUID } from 'node:crypto';
import type { Cursor, Reject } from '../../core/post.ts';
import { beginOutage, endOutage } from './outages.ts';
import type { Executor, FeedRow } from '../db/schema.ts';

/** The right to read a feed and move its cursor, until the lease ends or someone takes it with a higher epoch. */
export interface FeedHold {
  readonly name: string;
  readonly epoch: number;
  readonly cursor: Cursor | undefined;
  readonly failures: number;
  /** The last poll ended in an error, which the next good one takes back. */
  readonly troubled: boolean;
}

/** Takes a feed that nobody holds and that is due. Undefined: another process holds it, or it rests. */
export async function holdFeed(
  tx: Executor,
  feed: { name: string; holder: string; leaseMs: number },
  now: number,
): Promise<FeedHold | undefined> {
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

/** What reading a feed for a while came to. */
export interface FeedProgress {
  readonly cursor: Cursor;
  readonly seen: number;
  readonly ingested: number;
  readonly rejects: readonly Reject[];
  /** The poll before this ended in an error. */
  readonly recovered?: boolean;
}

/** Moves the cursor and the counts. False: the feed was taken by another process, and nothing must be kept. */
export async function advanceFeed(
  tx: Executor,
  hold: FeedHold,
  progress: FeedProgress,
  lease: { now: number; leaseMs: number },
): Promise<boolean> {
  const { now, leaseMs } = lease;
  const result = await tx
    .updateTable('feeds')
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
    .where('name', '=', hold.name)
    .where('epoch', '=', hold.epoch)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) return false;
  if (progress.recovered === true) await endOutage(tx, hold.name, now);
  for (let i = 0; i < progress.rejects.length; i += 100) {
    await insertRejects(tx, hold.name, progress.rejects.slice(i, i + 100), now);
  }
  return true;
}

/** Keeps a feed in hand. False: another process has taken it. */
export async function renewHold(tx: Executor, hold: FeedHold, leaseUntil: number): Promise<boolean> {
  const result = await tx
    .updateTable('feeds')
    .set({ lease_until: leaseUntil })
    .where('name', '=', hold.name)
    .where('epoch', '=', hold.epoch)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** A poll that went well, though it brought nothing. */
export async function noteHealthy(tx: Executor, hold: FeedHold, now: number): Promise<void> {
  await endOutage(tx, hold.name, now);
  await tx
    .updateTable('feeds')
    .set({ failures: 0, last_error: null, polled_at: now })
    .where('name', '=', hold.name)
    .where('epoch', '=', hold.epoch)
    .execute();
}

/** A poll that failed: the feed rests until `dueAt`. */
export async function blockFeed(
  tx: Executor,
  hold: FeedHold,
  rest: { error: string; failed: boolean; now: number; dueAt: number },
): Promise<void> {
  await beginOutage(tx, hold.name, { now: rest.now, reason: rest.error });
  await tx
    .updateTable('feeds')
    .set((current) => ({
      due_at: rest.dueAt,
      last_error: rest.error,
      lease_until: 0,
      ...(rest.failed ? { failures: current('failures', '+', 1) } : {}),
    }))
    .where('name', '=', hold.name)
    .where('epoch', '=', hold.epoch)
    .execute();
}

/** Gives a feed up so that another process can take it at once. */
export async function releaseFeeds(tx: Executor, holder: string): Promise<void> {
  await tx.updateTable('feeds').set({ lease_until: 0 }).where('holder', '=', holder).execute();
}

export async function feedRows(db: Executor): Promise<FeedRow[]> {
  return await db.selectFrom('feeds').selectAll().orderBy('name').execute();
}

/** Rejects are evidence, not truth: the newest 10,000 are kept. */
export async function trimRejects(tx: Executor): Promise<void> {
  const ingested = tx.selectFrom('rejects').select('id').orderBy('at', 'desc').orderBy('id').limit(10_000);
  await tx.deleteFrom('rejects').where('id', 'not in', ingested).execute();
}

async function insertRejects(tx: Executor, feed: string, rejects: readonly Reject[], now: number): Promise<void> {
  const rows = rejects.map((reject) => ({ id: randomUUID(), feed, ...reject, at: now }));
  await tx.insertInto('rejects').values(rows).execute();
}
