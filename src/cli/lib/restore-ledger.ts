import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { deadAfterMs, described, embeddedFile, inShell, ledgerFile, openLedger } from '../../app/open-ledger.ts';
import type { LedgerConfig } from '../../config/ledger-config.ts';
import { UsageError } from '../../core/errors.ts';
import type { Executor } from '../../ledger/db/schema.ts';
import { recordAudit } from '../../ledger/operators/audit-log.ts';
import { recordRestore, runners } from '../../ledger/processes/processes.ts';
import { type RestoreStep, restoreSqlite } from '../../ledger/processes/restore.ts';
import { holdWorkerLock } from '../../ledger/processes/worker-lock.ts';
import { auditEntryOf } from '../../operations/audit-entry.ts';

/** A bot that was killed may have left a request on its way, for as long as platforms take to finish one. */
const usualSettleMs = 180_000;

interface Options {
  readonly settleMs?: number;
  readonly onStep?: (step: RestoreStep) => void;
}

/**
 * Restores the embedded ledger from a backup, so that the bot looks on the platforms for what was sent since. Returns the path
 * under which the old ledger is kept, if there was one. Errors: UsageError where it cannot.
 */
export async function restoreLedger(
  config: LedgerConfig,
  backup: string,
  { settleMs = usualSettleMs, onStep }: Options = {},
): Promise<string | undefined> {
  if (config.ledger.postgres !== undefined) {
    const target = `--dbname=${inShell(config.ledger.postgres.url)} ${backup}`;
    const command = `pg_restore --clean --if-exists --single-transaction ${target}`;
    throw new UsageError(
      `the ledger is in PostgreSQL. Stop all bots, then: ${command} && pilcrow ledger restore --external`,
    );
  }
  if (!existsSync(backup)) throw new UsageError(`there is no file ${backup}`);
  const file = ledgerFile(config);
  using _lock = holdAlone(file);
  const change = (tx: Executor, now: number) => record(tx, now, { settleMs, note: `from ${basename(backup)}` });
  return await restoreSqlite({ from: backup, to: file, change, onStep });
}

/** Makes the bot look as after `restoreLedger`, on a ledger that other tools have restored. Errors: UsageError while a bot works on it. */
export async function recordExternalRestore(config: LedgerConfig, settleMs = usualSettleMs): Promise<void> {
  const isShared = config.ledger.postgres !== undefined;
  using _lock = isShared ? undefined : holdAlone(embeddedFile(config));
  await using ledger = await openLedger(config);
  const now = await ledger.now();
  const alive = isShared ? (await runners(ledger.db)).filter(({ aliveAt }) => now - aliveAt < deadAfterMs) : [];
  if (alive.length > 0) {
    const remedy = `Stop it; if it has crashed, or is of the backup, wait ${deadAfterMs / 60_000} minutes`;
    throw new UsageError(`a bot works on the ledger: ${alive.map(described).join('; ')}. ${remedy}`);
  }
  await ledger.transact((tx) => record(tx, now, { settleMs, note: 'by other tools' }));
}

async function record(
  tx: Executor,
  now: number,
  { settleMs, note }: { settleMs: number; note: string },
): Promise<void> {
  await recordRestore(tx, now, settleMs);
  await recordAudit(tx, auditEntryOf('ledger restore', 'ledger', now, note));
}

function holdAlone(file: string): Disposable {
  const lock = holdWorkerLock(file);
  if (lock === undefined) throw new UsageError(`a bot works on ${file}: stop it first`);
  return lock;
}
