import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds the right to work on an embedded ledger: an exclusive SQLite transaction on a file of its own, which the operating system ends
 * with the process, kill -9 included. Undefined: another process holds it. Keep the result: a lost one may be let go.
 */
export function holdWorkerLock(ledgerFile: string): Disposable | undefined {
  const lock = tryLock(ledgerFile, timeoutMs);
  return lock && { [Symbol.dispose]: () => lock.close() };
}

export function workerLockIsHeld(ledgerFile: string): boolean {
  if (!existsSync(lockFile(ledgerFile))) return false;
  const lock = tryLock(ledgerFile, 0);
  lock?.close();
  return lock === undefined;
}

/** Somebody who only looks whether the lock is held holds it for a moment. */
const timeoutMs = 1000;

function lockFile(ledgerFile: string): string {
  return `${ledgerFile}.lock`;
}

function tryLock(ledgerFile: string, timeout: number): DatabaseSync | undefined {
  const file = lockFile(ledgerFile);
  mkdirSync(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file, { timeout });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}
