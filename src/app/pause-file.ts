import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerConfig } from '../config/ledger-config.ts';
import { isNoSuchFile } from '../core/errors.ts';

/** Stops all sending while it exists, whatever it contains: for emergencies. */
export function pauseFile(config: Pick<LedgerConfig, 'dataDir'>): string {
  return join(config.dataDir, 'PAUSE');
}

/** Why the file stops all sending; undefined: it does not exist. An unreadable file stops too. */
export function stoppedBecause(config: Pick<LedgerConfig, 'dataDir'>): string | undefined {
  const file = pauseFile(config);
  try {
    // Asked before replies, many times a second: `stat` is cheaper than the error of reading a missing file.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    const reason = readFileSync(file, 'utf8').trim().slice(0, 200);
    return `stopped by the file ${file}${reason === '' ? '' : `: ${reason}`}`;
  } catch (error) {
    if (isNoSuchFile(error)) return undefined;
    return `stopped by the file ${file}, which cannot be read`;
  }
}
