import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { UsageError } from '../core/errors.ts';
import { forgiveClock } from '../ledger/clock-step.ts';
import type { Ledger, LedgerReader } from '../ledger/ledger.ts';
import { lastRunner, noteRunner, type Runner, takeOver } from '../ledger/notes.ts';
import { openSqliteLedger, openSqliteReader } from '../ledger/sqlite.ts';
import { holdWorkerLock, workerLockIsHeld } from '../ledger/worker-lock.ts';

export function openLedger(config: Config, clock: Clock = systemClock): Promise<Ledger> {
  return openSqliteLedger({ file: ledgerFile(config), clock });
}

/** The ledger to look at only; undefined while there is none. */
export async function readLedger(config: Config): Promise<LedgerReader | undefined> {
  return existsSync(ledgerFile(config)) ? await openSqliteReader(ledgerFile(config)) : undefined;
}

/** Makes this process the one that works on the ledger. Errors: UsageError that says which process does. */
export async function holdLedger(config: Config): Promise<Disposable> {
  const lock = holdWorkerLock(ledgerFile(config));
  if (lock === undefined) {
    const runner = await whoRuns(config);
    const who = runner === undefined ? 'a process that just started' : described(runner);
    throw new UsageError(
      `another pilcrow works on ${ledgerFile(config)}: ${who}. Stop it first, or give this one its own PILCROW_DATA.`,
    );
  }
  await using ledger = await openLedger(config);
  const now = await ledger.now();
  await ledger.transact(async (tx) => {
    await takeOver(tx, now);
    await forgiveClock(tx, now);
    await noteRunner(tx, { pid: process.pid, host: hostname(), since: now, aliveAt: now });
  });
  return lock;
}

const deadAfterMs = 120_000;

/** Is a bot at work on this ledger, and does its clockwork tick? */
export async function workerIsRunning(config: Config): Promise<{ alive: boolean; message: string }> {
  if (!workerLockIsHeld(ledgerFile(config))) return { alive: false, message: 'not running' };
  const runner = await whoRuns(config);
  if (runner === undefined) return { alive: true, message: 'just started' };
  const silentMs = Date.now() - runner.aliveAt;
  if (Math.abs(silentMs) < deadAfterMs) return { alive: true, message: described(runner) };
  return {
    alive: false,
    message: `${described(runner)}, but its last sign of life is ${Math.round(Math.abs(silentMs) / 1000)} s away`,
  };
}

function ledgerFile(config: Config): string {
  return join(config.dataDir, 'ledger.db');
}

async function whoRuns(config: Config): Promise<Runner | undefined> {
  const ledger = await readLedger(config).catch(() => undefined);
  if (ledger === undefined) return undefined;
  await using reader = ledger;
  return await lastRunner(reader.db);
}

function described({ pid, host, since }: Runner): string {
  return `process ${pid} on ${host}, since ${new Date(since).toISOString()}`;
}
