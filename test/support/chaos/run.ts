import { chmodSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Limits, noLimits } from '../../../src/core/limits.ts';
import { openPostgresLedger } from '../../../src/ledger/db/postgres.ts';
import type { Repeat } from '../../../src/platforms/platform.ts';
import type { Fault, FaultShare } from '../fake-platform/options.ts';
import { type Judgement, judge } from '../fake-platform/oracle.ts';
import { type FakePlatform, openFakePlatform } from '../fake-platform/platform.ts';
import { readOutcome } from '../kill-matrix/finals.ts';
import type { WorkerName } from '../../../workers/index.ts';
import { type Bots, startBots } from './bots.ts';
import { type Fired } from './deal.ts';
import { type ChaosServers, openServers } from './servers.ts';
import { chaosTimeouts } from './timeouts.ts';
import { livePosting, postIds, writeConfiguration } from './posting.ts';

export interface RunOptions {
  readonly posts: number;
  readonly perSecond: number;
  readonly processes: number;
  /** The worker roles of each process; undefined: all. */
  readonly roles?: readonly (readonly WorkerName[])[] | undefined;
  readonly repeat: Repeat;
  readonly seed: number;
  /** What goes wrong with calls while the posts flow. */
  readonly shares: readonly FaultShare[];
  /** What befalls the first calls, so that each of it surely happens. */
  readonly script: readonly Fault[];
  /** Once the posts have all been written, in calm weather, the bots may pause this long between two finished posts. */
  readonly stallMs: number;
}

export interface RunResult extends Judgement {
  readonly posts: number;
  /** Posts by what became of their reply. */
  readonly states: Readonly<Record<string, number>>;
  /** How often each fault of the platform and each trouble really happened. */
  readonly fired: Fired;
  /** False: this user may not mount a small disk, so that none was filled. */
  readonly diskOfOwn: boolean;
  /** Ends of processes that nobody asked for. */
  readonly falls: readonly string[];
  /** False: the bots stopped before all was done. */
  readonly done: boolean;
  /** How long the rest took once the weather was calm. */
  readonly calmMs: number;
}

export interface Scene {
  readonly servers: ChaosServers;
  readonly bots: Bots;
  readonly platform: FakePlatform;
  /** Aborted when the last post has been written. */
  readonly written: AbortSignal;
}

/** Posts flow through several processes while `meanwhile` does what it does to them; then they must go on until all is done. */
export async function runUnder(
  { posts, perSecond, processes, roles, repeat, seed, shares, script, stallMs }: RunOptions,
  meanwhile: (scene: Scene) => Promise<Fired>,
): Promise<RunResult> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pilcrow-chaos-'));
  const dir = folder.path;
  chmodSync(dir, 0o755);
  await using servers = await openServers(dir);
  const weather = [...shares];
  const record = join(dir, 'platform.jsonl');
  const times = { latencyMs: 300, showsAfterMs: 300, slowMs: 700, downMs: 300, limitedMs: 300 };
  await using platform = await openFakePlatform({
    file: record,
    repeat,
    shares: weather,
    script: { publish: script },
    seed,
    ...times,
  });
  const config = writeConfiguration(dir, servers.config);
  const plan = {
    config,
    platform: { url: platform.url, repeat },
    timeouts: chaosTimeouts,
    // Too wide to defer a reply, but set, so that the account is locked as any other.
    limits: { ...noLimits, failureThreshold: 1000, cooldownMs: 100 } satisfies Limits,
    death: null,
    sweepEveryMs: null,
  };
  const plans = Array.from({ length: processes }, (_, at) => ({ ...plan, roles: roles?.[at] }));
  await using bots = startBots(plans, servers.env);
  await Promise.all(Array.from({ length: processes }, (_, at) => bots.ready(at)));

  const written = new AbortController();
  const troubled = meanwhile({ servers, bots, platform, written: written.signal });
  await Promise.all([livePosting(dir, platform, posts, perSecond).finally(() => written.abort()), troubled]);
  weather.length = 0;
  const calmFrom = performance.now();
  const { done, outcome } = await untilDone(servers.ledgerUrl, posts, stallMs);
  const calmMs = Math.round(performance.now() - calmFrom);
  await Promise.all(Array.from({ length: processes }, (_, at) => bots.kill(at)));
  await platform.idle();
  const cited = postIds(posts).map((id) => ({ id }));
  const { states, finals } = outcome;
  const fired = { ...Object.fromEntries(platform.fired), ...(await troubled) };
  return {
    posts,
    ...judge({ record, cited, finals }),
    states,
    fired,
    diskOfOwn: servers.disk !== undefined,
    falls: bots.falls,
    done,
    calmMs,
  };
}

async function untilDone(url: string, posts: number, stallMs: number) {
  await using ledger = await openPostgresLedger({ url });
  let [doneCount, doneAt] = [-1, 0];
  for (; ; await delay(500)) {
    const outcome = await readOutcome(ledger);
    const { size } = outcome.finals;
    const now = performance.now();
    if (size > doneCount) [doneCount, doneAt] = [size, now];
    if (size === posts || now - doneAt > stallMs) return { done: size === posts, outcome };
  }
}
