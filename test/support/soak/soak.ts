import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { violations } from '../../../src/ledger/db/ledger-check.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { type Final, judge, type Judgement } from '../fake-platform/oracle.ts';
import { readOutcome } from '../kill-matrix/finals.ts';
import { startBot } from './bot.ts';
import { accountOf, minute, type Reading, type SoakPlan } from './plan.ts';
import { openEnvironment, type Environment } from './environment.ts';

/** What a soak came to. */
export interface SoakResult extends Judgement {
  readonly readings: readonly Reading[];
  /** Bytes as they stood in the files. */
  readonly through: { readonly lines: number; readonly bytes: number; readonly cited: number };
  /** Posts by the last word on them. */
  readonly finals: Readonly<Record<string, number>>;
  /** That the platforms dealt out. */
  readonly faults: Readonly<Record<string, number>>;
  /** Tombstones of purged posts, and their size with the index. */
  readonly tombstones: { readonly rows: number; readonly bytes: number };
  /** What the ledger's own check finds. */
  readonly violations: readonly string[];
  /** The process ended by itself when it was told to stop: nothing was left that keeps it alive. */
  readonly ended: boolean;
}

const start = Date.UTC(2026, 10, 23, 12);
/** What is open when the load ends is waited for so long. */
const restMs = 240 * minute;

/** Runs the bot under load for the hours of the plan, and on until nothing is open. `emit` gets each reading, one an hour. */
export async function soak(plan: SoakPlan, emit: (reading: Reading) => void = () => {}): Promise<SoakResult> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pilcrow-soak-'));
  await using environment = await openEnvironment(plan, folder.path, start);
  const bot = startBot(environment.bot);
  const end = start + plan.hours * plan.hourMs;
  const readings: Reading[] = [];
  const finals = new Map<string, Final>();
  for (let stop = false; !stop;) {
    const { now, reading } = await bot.next();
    if (reading !== null) readings.push(reading);
    if (reading !== null) emit(reading);
    const hours = (now - start) / plan.hourMs;
    const isHalfPast =
      Math.floor((now - start) / minute) % (plan.hourMs / minute) === Math.floor(plan.hourMs / minute / 2);
    // What is purged is final for two hours before.
    if (isHalfPast) await gather(finals, environment.ledger);
    if (now <= end) await environment.goOn(now, hours);
    stop = now > end && ((await isDone(environment.ledger)) || now > end + restMs);
    bot.order({ measure: isHalfPast && now <= end, stop });
  }
  const ended = await bot.end();
  await gather(finals, environment.ledger);
  return { readings, ended, ...(await verdict(environment, finals)) };
}

async function gather(finals: Map<string, Final>, ledger: Ledger): Promise<void> {
  for (const [id, final] of (await readOutcome(ledger)).finals) finals.set(id, final);
}

async function isDone({ db }: Ledger): Promise<boolean> {
  const posts = await db.selectFrom('posts').select('key').where('due_at', 'is not', null).limit(1).execute();
  const replies = await db.selectFrom('replies').select('key').where('due_at', 'is not', null).limit(1).execute();
  return posts.length + replies.length === 0;
}

async function verdict(
  environment: Environment,
  finals: ReadonlyMap<string, Final>,
): Promise<Omit<SoakResult, 'readings' | 'ended'>> {
  const { ledger, platforms, records, crowd, files } = environment;
  for (const platform of platforms) await platform.idle();
  const judgements = records.map((record, at) => {
    const cited = crowd.cited.filter(({ scope }) => accountOf(scope, records.length) === at);
    const own = new Set(cited.map(({ id }) => id));
    return judge({ record, cited, finals: new Map([...finals].filter(([id]) => own.has(id))) });
  });
  return {
    through: { lines: files.lines, bytes: files.bytes, cited: crowd.cited.length },
    finals: counted([...finals.values()].map(({ state }) => [state, 1])),
    faults: counted(platforms.flatMap(({ fired }) => [...fired])),
    tombstones: await sizeOfTombstones(ledger),
    violations: await Array.fromAsync(violations(ledger.db), ({ message }) => message),
    lost: judgements.flatMap(({ lost }) => lost),
    doubled: judgements.flatMap(({ doubled }) => doubled),
    false: judgements.flatMap((judgement) => judgement.false),
    breaches: judgements.reduce((sum, { breaches }) => sum + breaches, 0),
  };
}

async function sizeOfTombstones({ db }: Ledger): Promise<{ rows: number; bytes: number }> {
  const { rows } = await sql<{ rows: number; bytes: number }>`
    select sum(pgsize) as bytes, (select count(*) from tombstones) as rows
    from dbstat where name in ('tombstones', 'sqlite_autoindex_tombstones_1')`.execute(db);
  return rows[0] ?? { rows: 0, bytes: 0 };
}

function counted(pairs: readonly (readonly [name: string, count: number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of pairs) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
