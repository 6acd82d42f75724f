import { sql } from 'kysely';
import { z } from 'zod';
import type { Executor, RulebookRow } from '../db/schema.ts';
import { replyStates } from '../replies/states.ts';
import { statesWith } from '../db/state-table.ts';
import { readSetting, readSettings, writeSetting } from '../db/settings.ts';

/** A process that works on the ledger, or did last. */
const Runner = z.object({
  pid: z.number(),
  host: z.string(),
  since: z.number(),
  /** Last tick of its scheduler, accurate to half a minute. */
  aliveAt: z.number(),
});
export type Runner = Readonly<z.infer<typeof Runner>>;

/** Stores a heartbeat: one per process id on a shared ledger, else one in all. */
export async function recordHeartbeat(tx: Executor, runner: Runner, id?: string): Promise<void> {
  await writeSetting(tx, settingName(id), runner);
}

export async function renewHeartbeat(tx: Executor, aliveAt: number): Promise<void> {
  const runner = await lastRunner(tx);
  if (runner !== undefined) await recordHeartbeat(tx, { ...runner, aliveAt });
}

export async function lastRunner(db: Executor): Promise<Runner | undefined> {
  return await readSetting(db, settingName(), Runner);
}

/** Processes that work on a shared ledger or crashed, the latest heartbeat first. */
export async function runners(db: Executor): Promise<Runner[]> {
  const found = await readSettings(db, settingName(''), Runner);
  return [...found.values()].toSorted((a, b) => b.aliveAt - a.aliveAt);
}

export async function forgetRunner(tx: Executor, id: string): Promise<void> {
  await tx.deleteFrom('settings').where('name', '=', settingName(id)).execute();
}

/** Deletes heartbeats older than `before`. */
export async function forgetSilentRunners(tx: Executor, before: number): Promise<void> {
  for (const [id, { aliveAt }] of await readSettings(tx, settingName(''), Runner))
    if (aliveAt < before) await forgetRunner(tx, id);
}

function settingName(id?: string): string {
  return id === undefined ? 'heartbeat' : `heartbeat:${id}`;
}

/** Ends all leases at once. Only for the holder of the worker lock: every other process is dead. */
export async function releaseDeadLeases(tx: Executor, now: number): Promise<void> {
  await tx.updateTable('feeds').set({ lease_until: 0 }).execute();
  await tx
    .updateTable('replies')
    .set({ due_at: now })
    .where('lease_until', 'is not', null)
    .where('due_at', '>', now)
    // Finds them by an index.
    .where('state', 'in', statesWith(replyStates, 'lease_until'))
    .execute();
}

/**
 * True for one of the processes that call this within `everyMs`: the first one runs the job, without leader election. A lock more than an
 * interval in the future comes from a wrong clock, and is ignored.
 */
export async function acquireSchedulerLock(tx: Executor, name: string, now: number, everyMs: number): Promise<boolean> {
  const { rows } = await sql`
    insert into scheduler_locks (name, at) values (${name}, ${now})
    on conflict (name) do update set at = excluded.at
    where scheduler_locks.at <= ${now - everyMs} or scheduler_locks.at > ${now + everyMs}
    returning name`.execute(tx);
  return rows.length > 0;
}

/**
 * Makes rows due that were written "in the future", after the clock was set back; otherwise they would wait for the clock to catch up. An early
 * attempt is harmless. Replies that are being sent keep their leases.
 */
export async function resetFutureTimes(tx: Executor, now: number): Promise<void> {
  await tx.updateTable('posts').set({ due_at: now }).where('due_at', '>', now).where('ingested_at', '>', now).execute();
  await tx
    .updateTable('replies')
    .set({ due_at: now })
    .where('due_at', '>', now)
    .where('updated_at', '>', now)
    .where('state', 'in', ['planned', 'unknown', 'replacing', 'withdrawing'])
    .execute();
  await tx.updateTable('feeds').set({ due_at: now }).where('due_at', '>', now).where('polled_at', '>', now).execute();
  await tx
    .updateTable('link_checks')
    .set({ due_at: now })
    .where('due_at', '>', now)
    .where('checked_at', '>', now)
    .execute();
  await tx
    .updateTable('link_hosts')
    .set({ next_at: now, blocked_until: now })
    .where('requested_at', '>', now)
    .execute();
}

/** A version of the rules that was in force. */
export type RulesVersion = Readonly<RulebookRow>;

/** Records that a bot applies these rules from now on; they may be an old version again. */
export async function recordRules(
  tx: Executor,
  { version, text }: Pick<RulesVersion, 'version' | 'text'>,
  now: number,
): Promise<void> {
  await tx
    .insertInto('rulebooks')
    .values({ version, text, since: now, last: now })
    .onConflict((conflict) => conflict.column('version').doUpdateSet({ text, last: now }))
    .execute();
}

/** The latest in force first. */
export async function rulesVersions(db: Executor): Promise<RulesVersion[]> {
  return await db.selectFrom('rulebooks').selectAll().orderBy('last', 'desc').orderBy('version').execute();
}

const Restore = z.object({ before: z.number(), settledAt: z.number() });
/**
 * Replies to posts from before `before` may be out although the ledger does not know, because it was restored or is new. Those that were on
 * their way have arrived at `settledAt`.
 */
export type Restore = Readonly<z.infer<typeof Restore>>;

/** Undefined: the ledger knows of all replies. */
export async function lastRestore(db: Executor): Promise<Restore | undefined> {
  return await readSetting(db, restoreName, Restore);
}

/** Makes the bot look for replies to older posts on the platform before it sends them. */
export async function recordRestore(tx: Executor, now: number, settleMs: number): Promise<void> {
  await writeSetting(tx, restoreName, { before: now, settledAt: now + settleMs } satisfies Restore);
}

/** If no feed was read into this ledger yet: there may have been another one. */
export async function recordIfNew(tx: Executor, now: number): Promise<void> {
  const isUsed = (await tx.selectFrom('feeds').select('name').limit(1).executeTakeFirst()) !== undefined;
  if (!isUsed && (await lastRestore(tx)) === undefined) await recordRestore(tx, now, 0);
}

const restoreName = 'restore';
