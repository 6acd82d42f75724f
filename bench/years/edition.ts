import { join } from 'node:path';
import { readConfig } from '../../src/config/read.ts';
import { systemClock } from '../../src/core/clock.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { buildDigest } from '../../src/operations/digests/build-digest.ts';
import { noTexts } from '../../test/support/no-texts.ts';

/** What the making of an edition took, in milliseconds. */
export interface MadeEdition {
  readonly ms: number;
  /** Processor time. */
  readonly cpuMs: number;
  /** Not counted: it reads in the process of the bench. */
  readonly bytes: 0;
  /** The longest time in which the bot answered nobody. */
  readonly longestMs: number;
}

/** Builds the edition of a day as the bot does, and writes nothing. */
export async function buildEdition(file: string, date: string): Promise<MadeEdition> {
  const config = readConfig({ config: file });
  const [plan] = config.digests;
  if (plan === undefined) throw new Error(`${file} has no digest`);
  const at = { file: join(file, '../data/ledger.db'), clock: systemClock };
  await using ledger = await openSqliteLedger(at);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  let [longestMs, last] = [0, began];
  const look = () => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
  };
  const turns = setInterval(look, 1);
  await buildDigest({ db: ledger.db, config, corpus: noTexts }, plan, date, await ledger.now());
  look();
  clearInterval(turns);
  const { user, system } = process.cpuUsage(cpu);
  return { ms: last - began, cpuMs: (user + system) / 1000, bytes: 0, longestMs };
}
