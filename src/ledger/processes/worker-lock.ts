import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Lock of the process that works on an embedded ledger: an exclusive SQLite transaction on a separate file, which the operating system ends
 * with the process, even after kill -9. Undefined: another process holds it. Keep the result: garbage collection may release a lost one.
 */
export function holdWorkerLock(ledgerFile: string): Disposable | undefined {
  return tryLock(ledgerFile, timeoutMs);
}

export function workerLockIsHeld(ledgerFile: string): boolean {
  if (!existsSync(lockFile(ledgerFile))) return false;
  using lock = tryLock(ledgerFile, 0);
  return lock === undefined;
}

/** `workerLockIsHeld` of another process holds the lock for a moment. */
const timeoutMs = 1000;

export function lockFile(ledgerFile: string): string {
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
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined;
    throw error;
  }
}

const sqliteBusy = 5;
