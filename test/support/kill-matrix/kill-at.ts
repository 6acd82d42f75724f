import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Limits, noLimits } from '../../../src/core/limits.ts';
import { timeouts } from '../../../src/core/timeouts.ts';
import { failpoints } from '../../../src/core/failpoints.ts';
import type { BotPlan, Death } from '../bot-child.ts';
import { childEnv } from '../child-env.ts';
import { type Judgement, judge } from '../fake-platform/oracle.ts';
import { seeded } from '../make-posts.ts';
import type { KillCase } from './cases.ts';
import { readOutcome } from './finals.ts';
import { openEnvironment, type Environment, postCount } from './environment.ts';
import { scenarioOf } from './scenarios.ts';
import type { PreparedStore } from './stores.ts';

/** What one kill came to. */
export interface KillResult extends Judgement {
  /** The bot died at the point, on the pass that was chosen. */
  readonly fired: boolean;
  /** Which pass that was. */
  readonly nth: number;
  /** Posts by what became of their reply. */
  readonly states: Readonly<Record<string, number>>;
  /** Faults that the platform dealt out. */
  readonly faults: number;
}

/** The proportions of production, compressed to seconds: lookups outlast a slow answer, the margin outlasts any. */
const hastyTimeouts = {
  ...timeouts,
  requestMs: 400,
  sendingLeaseMs: 1200,
  gracePeriodMs: 100,
  feedLeaseMs: 3000,
  firstLookupMs: 100,
  lookupDelaysMs: [200, 300, 500, 700],
  unreachableRetryMs: 200,
  marginMs: 1000,
  recheckMs: 800,
  catchUpMs: 0,
  betweenNoticesMs: 0,
  withdrawal: { firstMs: 50, maxMs: 200 },
};
/** Too wide to defer a reply, but set, so that the account is locked, and its shares are counted, as of any other. */
const wideLimits = {
  ...noLimits,
  perDay: 100_000,
  perAuthorPerDay: { unsummoned: 5, summoned: 20 },
  failureThreshold: 1000,
  cooldownMs: 100,
} satisfies Limits;
/** A run that takes longer is stuck: this is many times what it takes on an idle machine. */
const stuckMs = 300_000;

/** On a busy machine a run may end before the pass at which it was to be killed. Such a run proves nothing and is repeated. */
const mostRuns = 3;

/** Runs the bot on cited posts, kills it at the point, starts it again, and when all is done compares the ledger with the platform's record. Errors: it is stuck. */
export async function killAt(kill: KillCase): Promise<KillResult> {
  for (let run = 1; ; run += 1) {
    const result = await runOnce(kill);
    if (run === mostRuns || !provesNothing(result)) return result;
  }
}

function provesNothing({ fired, lost, doubled, false: untrue, breaches }: KillResult): boolean {
  return !fired && lost.length + doubled.length + untrue.length + breaches === 0;
}

async function runOnce({ store, failpoint, repeat, seed, downMs, restores = false }: KillCase): Promise<KillResult> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pilcrow-kill-'));
  const dir = folder.path;
  const scenario = scenarioOf(failpoint);
  const [first, last] = scenario.passes;
  const nth = first + Math.floor(seeded(seed * 1009 + failpoints.indexOf(failpoint))() * (last - first + 1));
  await using prepared = await store.prepare();
  await using environment = await openEnvironment({
    dir,
    store: prepared,
    repeat: repeat.kind,
    shares: scenario.shares,
    seed,
    ...(scenario.asking && { asking: true }),
  });
  const stuck = AbortSignal.timeout(stuckMs);
  const ended = new AbortController();
  const signal = AbortSignal.any([stuck, ended.signal]);
  const people = scenario.meanwhile?.(environment, signal) ?? Promise.resolve();
  const death: Death = { failpoint, nth, file: join(dir, 'died-at') };
  const plan = {
    config: environment.config,
    platform: {
      url: environment.platform.url,
      repeat: repeat.kind,
      tellsTime: true,
      ...(scenario.edits && { edits: true }),
      ...(restores && { self: 'bot' }),
    },
    timeouts: hastyTimeouts,
    limits: wideLimits,
    sweepEveryMs: 50,
  };
  try {
    const surroundings = { environment, prepared, people, signal };
    const killed = await runUntilDone({ ...plan, death }, surroundings);
    if (killed && restores) {
      const putBack = await environment.backUp();
      const again: Death = { failpoint: 'respond: published', nth: 3 + (seed % 6), file: join(dir, 'died-again') };
      await runUntilDone({ ...plan, death: again }, surroundings);
      await putBack();
    }
    if (killed && downMs > 0) await delay(downMs);
    if (killed) await runUntilDone({ ...plan, death: null }, surroundings);
    if (stuck.aborted)
      throw new Error(`not done in ${stuckMs} ms: ${JSON.stringify(await readOutcome(environment.ledger))}`);
    await environment.platform.idle();
    return { fired: killed && existsSync(death.file), nth, ...(await verdict(environment)) };
  } finally {
    ended.abort();
    await people;
  }
}

async function verdict({ ledger, record, platform }: Environment): Promise<Omit<KillResult, 'fired' | 'nth'>> {
  const { finals, states } = await readOutcome(ledger);
  const cited = Array.from({ length: postCount }, (_, i) => ({ id: `p${i}` }));
  const faults = [...platform.fired.values()].reduce((sum, count) => sum + count, 0);
  return { ...judge({ record, cited, finals }), states, faults };
}

interface Surroundings {
  readonly environment: Environment;
  readonly prepared: PreparedStore;
  readonly people: Promise<void>;
  readonly signal: AbortSignal;
}

/** Resolves when the bot was killed (true), or when all is done and the bot has stopped (false). Errors: it ended by itself. */
async function runUntilDone(plan: BotPlan, { environment, prepared, people, signal }: Surroundings): Promise<boolean> {
  const bot = startBot(plan, prepared.env);
  const stop = new AbortController();
  const done = people.then(() => environment.until(() => isDone(environment), AbortSignal.any([signal, stop.signal])));
  const first = await Promise.race([bot.exited.then(() => 'exited' as const), done]);
  stop.abort();
  if (first !== 'exited') bot.child.kill('SIGTERM');
  const { code, killedBy } = await bot.exited;
  // After a restore the ledger is another one.
  if (plan.platform.self !== undefined) await done;
  if (first === false) return false;
  if (killedBy === 'SIGKILL') return true;
  if (code !== 0 || first === 'exited') throw new Error(`the bot ended with ${code}: ${bot.err.slice(-2000)}`);
  return false;
}

async function isDone({ ledger, changed }: Environment): Promise<boolean> {
  const { finals, followed } = await readOutcome(ledger);
  return finals.size === postCount && changed.isSubsetOf(followed);
}

function startBot(plan: BotPlan, env: PreparedStore['env']) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../bot-child.ts', import.meta.url)), JSON.stringify(plan)],
    {
      env: { ...childEnv, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const exited = new Promise<{ code: number | null; killedBy: string | null }>((resolve) => {
    child.once('close', (code, killedBy) => resolve({ code, killedBy }));
  });
  return {
    child,
    exited,
    get err() {
      return err;
    },
  };
}
