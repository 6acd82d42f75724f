import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../core/clock.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import { backupSqlite, isBusy, openSqliteLedger } from '../db/sqlite.ts';
import type { Executor } from '../db/schema.ts';

/** Between two steps of a restore; proofs kill it there. */
export const restoreSteps = ['begun', 'copied', 'changed', 'merged', 'kept', 'replaced'] as const;
export type RestoreStep = (typeof restoreSteps)[number];

interface Restore {
  /** Path of the backup, which is only read. */
  readonly from: string;
  /** Path of the ledger. The caller holds its worker lock. */
  readonly to: string;
  /** Changes the restored ledger before it takes its place. */
  readonly change: (tx: Executor, now: number) => Promise<unknown>;
  readonly onStep?: ((step: RestoreStep) => void) | undefined;
}

/**
 * Replaces the ledger by a backup with one rename: a kill at any moment leaves the old one or the new one, whole. Returns the path under
 * which the old one is kept; undefined: there was none. Errors: UsageError for what is no sound ledger, or while another process uses the old.
 */
export async function restoreSqlite({ from, to, change, onStep = () => {} }: Restore): Promise<string | undefined> {
  const coming = `${to}.restoring`;
  // What an earlier restore left that was killed, and after a failure what this one leaves.
  const clear = () => {
    for (const end of ['', '-wal', '-shm', '.partial']) rmSync(`${coming}${end}`, { force: true });
  };
  clear();
  using _clearing = { [Symbol.dispose]: clear };
  onStep('begun');
  await copySound(from, coming);
  onStep('copied');
  {
    await using ledger = await openSqliteLedger({ file: coming, clock: systemClock });
    const now = await ledger.now();
    await ledger.transact((tx) => change(tx, now));
  }
  await flush(coming);
  onStep('changed');
  mergeLog(to);
  onStep('merged');
  const oldLedger = existsSync(to) ? `${to}.replaced` : undefined;
  if (oldLedger !== undefined) {
    rmSync(oldLedger, { force: true });
    linkSync(to, oldLedger);
  }
  onStep('kept');
  renameSync(coming, to);
  await flush(dirname(to));
  onStep('replaced');
  return oldLedger;
}

/** Copies a backup, with what its own log of writes holds. Errors: UsageError if it is no sound ledger. */
async function copySound(from: string, copy: string): Promise<void> {
  try {
    await backupSqlite(from, copy);
    using database = new DatabaseSync(copy);
    const isLedger =
      database.prepare(`select 1 from sqlite_master where name = 'kysely_migration'`).get() !== undefined;
    if (!isLedger) throw new Error('it holds no ledger');
    const faults = database
      .prepare('pragma integrity_check(3)')
      .all()
      .map((row) => String(row['integrity_check']));
    if (faults.join() !== 'ok') throw new Error(`it is damaged: ${faults.join('; ')}`);
    const dangling = database.prepare('pragma foreign_key_check').all();
    if (dangling.length > 0) throw new Error(`it is damaged: ${dangling.length} rows refer to others that are missing`);
  } catch (error) {
    throw new UsageError(`${from} cannot be restored: ${messageOf(error)}. The ledger is as it was`, { cause: error });
  }
}

/**
 * Writes the old ledger's log of writes into its file, because SQLite would apply a log that is left behind to the new one. The log of a damaged
 * ledger is moved aside. Errors: UsageError while another process has the ledger open.
 */
function mergeLog(ledger: string): void {
  if (existsSync(ledger) && !isMerged(ledger) && existsSync(`${ledger}-wal`))
    renameSync(`${ledger}-wal`, `${ledger}.replaced-wal`);
  for (const end of ['-wal', '-shm']) rmSync(`${ledger}${end}`, { force: true });
}

/** False: it is damaged. */
function isMerged(ledger: string): boolean {
  try {
    using old = new DatabaseSync(ledger, { timeout: 1000 });
    const mode = old.prepare('pragma journal_mode = delete').get()?.['journal_mode'];
    if (mode === 'delete') return true;
  } catch (error) {
    if (!isBusy(error)) return false;
  }
  throw new UsageError(`another process uses ${ledger}: stop it (\`pilcrow web\`, or a query), then restore again`);
}

async function flush(path: string): Promise<void> {
  await using handle = await openFile(path);
  await handle.sync();
}
