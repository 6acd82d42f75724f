import { z } from 'zod';
import { JsonColumn } from '../db/json-column.ts';
import type { Executor } from '../db/schema.ts';
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

const heartbeat = new JsonColumn('settings.value', Runner);

/** Stores a heartbeat: one per process id on a shared ledger, else one in all. */
export async function recordHeartbeat(tx: Executor, runner: Runner, id?: string): Promise<void> {
  await writeSetting(tx, heartbeat, settingName(id), runner);
}

export async function renewHeartbeat(tx: Executor, aliveAt: number): Promise<void> {
  const runner = await lastRunner(tx);
  if (runner !== undefined) await recordHeartbeat(tx, { ...runner, aliveAt });
}

export async function lastRunner(db: Executor): Promise<Runner | undefined> {
  return await readSetting(db, heartbeat, settingName());
}

/** Processes that work on a shared ledger or crashed, the latest heartbeat first. */
export async function runners(db: Executor): Promise<Runner[]> {
  const found = await readSettings(db, heartbeat, settingName(''));
  return [...found.values()].toSorted((a, b) => b.aliveAt - a.aliveAt);
}

export async function forgetRunner(tx: Executor, id: string): Promise<void> {
  await tx.deleteFrom('settings').where('name', '=', settingName(id)).execute();
}

/** Deletes heartbeats older than `before`. */
export async function forgetSilentRunners(tx: Executor, before: number): Promise<void> {
  for (const [id, { aliveAt }] of await readSettings(tx, heartbeat, settingName('')))
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
    .execute();
}
