import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { type Brakes, noBrakes } from '../core/brakes.ts';

/** An account of ours, as brakes see it. */
export interface Account {
  readonly platform: string;
  readonly brakes: Brakes;
}

/** One that is no longer configured sends nothing, so nothing holds it back. */
export function accountOf(config: Config, publisher: string): Account {
  const entry = config.publishers.find(({ name }) => name === publisher);
  return { platform: entry?.platform ?? 'none', brakes: entry?.brakes ?? noBrakes };
}

/** Stops all sending as long as it is there, whatever is in it: for when nothing else works any more. */
export function pauseFile(config: Config): string {
  return join(config.dataDir, 'PAUSE');
}

/** Why the file stops all sending; undefined: it is not there. One that cannot be read stops as well. */
export function stoppedBecause(config: Config): string | undefined {
  try {
    const reason = readFileSync(pauseFile(config), 'utf8').trim().slice(0, 200);
    return `stopped by the file ${pauseFile(config)}${reason === '' ? '' : `: ${reason}`}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    return `stopped by the file ${pauseFile(config)}, which cannot be read`;
  }
}
