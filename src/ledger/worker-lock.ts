import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UsageError } from '../core/errors.ts';

/**
 * Holds the right to work on an embedded ledger: an exclusive SQLite transaction on a file of its own, which the operating system ends
 * with the process, kill -9 included. Errors: UsageError when another process holds it.
 */
export function holdWorkerLock(ledgerFile: string, whoHolds: () => string): Disposable {
  const file = `${ledgerFile}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new UsageError(
      `another pilcrow works on ${ledgerFile}: ${whoHolds()}. Stop it first, or give this one its own PILCROW_DATA.`,
    );
  }
  return { [Symbol.dispose]: () => lock.close() };
}

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}
