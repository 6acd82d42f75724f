import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** One import at a time: an exclusive transaction on a file of its own, which the operating system ends with the process. Undefined: another runs. */
export function holdImportLock(target: string): Disposable | undefined {
  mkdirSync(dirname(target), { recursive: true });
  const lock = new DatabaseSync(`${target}.lock`, { timeout: timeoutMs });
  try {
    lock.exec('begin exclusive');
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined;
    throw error;
  }
}

const sqliteBusy = 5;
/** A process that was killed a moment ago may still be there. */
const timeoutMs = 500;
