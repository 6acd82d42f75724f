import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LedgerConfig } from '../config/ledger-config.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { messageOf, storageFault, UsageError } from '../core/errors.ts';
import type { SecretValue } from '../core/secret.ts';
import type { Progress } from '../ledger/db/copy.ts';
import type { Ledger, LedgerReader } from '../ledger/ledger.ts';
import { lastRunner, recordHeartbeat, recordIfNew, type Runner, runners } from '../ledger/processes/processes.ts';
import { releaseDeadLeases, resetFutureTimes } from '../ledger/processes/processes.ts';
import type { Notice } from '../ledger/db/migrations.ts';
import type { ServerFault } from '../ledger/db/postgres-checks.ts';
import { backupSqlite, type CopiedBytes, openSqliteLedger, openSqliteReader } from '../ledger/db/sqlite.ts';
import { holdWorkerLock, workerLockIsHeld } from '../ledger/processes/worker-lock.ts';

/** Loaded only where it is configured: the embedded start stays lean. */
const postgres = () => import('../ledger/db/postgres.ts');

/** The ledger of the configuration. `clock` is there for tests; without it, times are the system's, or PostgreSQL's. `notice` hears what takes long. */
export async function openLedger(config: LedgerConfig, clock?: Clock, notice?: Notice): Promise<Ledger> {
  if (config.ledger.postgres !== undefined) {
    const { openPostgresLedger } = await postgres();
    return await openPostgresLedger({ url: config.ledger.postgres.url.reveal(), clock, notice });
  }
  return await openSqliteLedger({ file: ledgerFile(config), clock: clock ?? systemClock, notice });
}

/** The ledger to look at only; undefined while there is none. */
export async function readLedger(config: LedgerConfig): Promise<LedgerReader | undefined> {
  if (config.ledger.postgres !== undefined)
    return await (await postgres()).openPostgresReader(config.ledger.postgres.url.reveal());
  return existsSync(ledgerFile(config)) ? await openSqliteReader(ledgerFile(config)) : undefined;
}

/** Path of the embedded ledger, which need not exist. */
export function ledgerFile(config: LedgerConfig): string {
  return join(config.dataDir, 'ledger.db');
}

/** Copies the embedded ledger to PostgreSQL; returns the rows by table. Errors: UsageError where it cannot be begun. */
export async function copyToPostgres(config: LedgerConfig, progress: Progress): Promise<Record<string, number>> {
  if (config.ledger.postgres === undefined) {
    throw new UsageError(`${config.file} names no PostgreSQL ledger: \`ledger: { postgres: { url: { env: NAME } } }\``);
  }
  const file = embeddedFile(config);
  using lock = holdWorkerLock(file);
  if (lock === undefined) throw new UsageError(`a bot works on ${file}: stop it first, or the copy is not all of it`);
  await using from = await openSqliteLedger({ file, clock: systemClock });
  // One transaction that reads and counts all rows: the usual limits would end it in a ledger of years.
  const { migrationLimits: limits, openPostgresLedger } = await postgres();
  await using to = await openPostgresLedger({ url: config.ledger.postgres.url.reveal(), limits });
  const { copyLedger } = await import('../ledger/db/copy.ts');
  return await copyLedger(from, to, progress);
}

/** Errors: UsageError where there is nothing to save, or other tools do it. */
export async function backupLedger(config: LedgerConfig, target: string, progress?: CopiedBytes): Promise<void> {
  if (config.ledger.postgres !== undefined) {
    const url = inShell(config.ledger.postgres.url);
    throw new UsageError(`the ledger is in PostgreSQL: pg_dump --format=custom --file=${target} ${url}`);
  }
  await backupSqlite(embeddedFile(config), target, progress);
}

/** A secret as a shell reads it from where it is configured. */
export function inShell({ from }: SecretValue): string {
  return 'env' in from ? `"$${from.env}"` : `"$(cat ${from.file})"`;
}

/** Path of the embedded ledger. Errors: UsageError if there is none. */
export function embeddedFile(config: LedgerConfig): string {
  const file = ledgerFile(config);
  if (!existsSync(file)) throw new UsageError(`there is no embedded ledger at ${file}`);
  return file;
}

/** What is wrong with the server of a shared ledger. Errors: it cannot be reached. `onStarting`: a server that starts is waited for. */
export async function ledgerFaults(
  config: LedgerConfig,
  onStarting?: (message: string) => void,
): Promise<ServerFault[]> {
  if (config.ledger.postgres === undefined) return [];
  const { postgresFaults } = await import('../ledger/db/postgres-checks.ts');
  return await postgresFaults(config.ledger.postgres.url.reveal(), () => Date.now(), onStarting);
}

/**
 * Makes this process one that works on the ledger: the only one, where it is embedded. `warn` hears what is dubious.
 * Errors: UsageError that says which process works on it, or why none can.
 */
export async function holdLedger(config: LedgerConfig, warn: (message: string) => void): Promise<Disposable> {
  if (config.ledger.postgres === undefined) return await holdEmbedded(config, warn);
  for (const { fatal, message } of await ledgerFaults(config, warn)) {
    if (fatal) throw new UsageError(`the PostgreSQL server cannot hold the ledger: ${message}`);
    warn(message);
  }
  await using ledger = await openLedger(config, undefined, warn);
  const now = await ledger.now();
  await ledger.transact((tx) => recordIfNew(tx, now));
  return { [Symbol.dispose]: () => {} };
}

async function holdEmbedded(config: LedgerConfig, notice: Notice): Promise<Disposable> {
  const file = ledgerFile(config);
  try {
    return await holdAndRecord(config, file, notice);
  } catch (error) {
    if (error instanceof UsageError || messageOf(error).includes(file)) throw error;
    const hint = `${messageOf(error)}: is there space on its disk, and may this user write it?`;
    throw new Error(`the ledger ${file} cannot be written: ${storageFault(error) ?? hint}`, { cause: error });
  }
}

async function holdAndRecord(config: LedgerConfig, file: string, notice: Notice): Promise<Disposable> {
  const lock = holdWorkerLock(file);
  if (lock === undefined) {
    const runner = await whoRuns(config);
    const who = runner === undefined ? 'a process that just started' : described(runner);
    throw new UsageError(
      `another pilcrow works on ${file}: ${who}. Stop it first, or give this one its own PILCROW_DATA.`,
    );
  }
  // Frees the lock if the ledger cannot be opened.
  using held = new DisposableStack();
  held.use(lock);
  await using ledger = await openLedger(config, undefined, notice);
  const now = await ledger.now();
  await ledger.transact(async (tx) => {
    await releaseDeadLeases(tx, now);
    await resetFutureTimes(tx, now);
    await recordIfNew(tx, now);
    await recordHeartbeat(tx, { pid: process.pid, host: hostname(), since: now, aliveAt: now });
  });
  return held.move();
}

/** A process without a sign of life for this long is dead. */
export const deadAfterMs = 120_000;

/** Is a bot at work on this ledger, and does its clockwork tick? */
export async function workerIsRunning(config: LedgerConfig): Promise<{ alive: boolean; message: string }> {
  if (config.ledger.postgres !== undefined) return await workersOnThisHost(config);
  if (!workerLockIsHeld(ledgerFile(config))) return { alive: false, message: 'not running' };
  const runner = await whoRuns(config);
  if (runner === undefined) return { alive: true, message: 'just started' };
  const silentMs = Date.now() - runner.aliveAt;
  if (Math.abs(silentMs) < deadAfterMs) return { alive: true, message: described(runner) };
  return silent(runner, silentMs);
}

/** Those of other hosts are theirs to look after. */
async function workersOnThisHost(config: LedgerConfig): Promise<{ alive: boolean; message: string }> {
  await using ledger = await readLedger(config);
  const here = ledger === undefined ? [] : (await runners(ledger.db)).filter(({ host }) => host === hostname());
  const now = ledger === undefined ? 0 : await ledger.now();
  const alive = here.filter(({ aliveAt }) => now - aliveAt < deadAfterMs);
  if (alive.length > 0) return { alive: true, message: alive.map(described).join('; ') };
  const [last] = here;
  if (last === undefined) return { alive: false, message: `not running on ${hostname()}` };
  return silent(last, now - last.aliveAt);
}

function silent(runner: Runner, ms: number): { alive: false; message: string } {
  const seconds = Math.round(Math.abs(ms) / 1000);
  return { alive: false, message: `${described(runner)}, but its last sign of life is ${seconds} s away` };
}

async function whoRuns(config: LedgerConfig): Promise<Runner | undefined> {
  await using ledger = await readLedger(config).catch(() => undefined);
  return ledger && (await lastRunner(ledger.db));
}

export function described({ pid, host, since }: Runner): string {
  return `process ${pid} on ${host}, since ${new Date(since).toISOString()}`;
}
