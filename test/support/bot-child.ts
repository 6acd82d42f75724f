// The real bot as a process, publishing to the fake platform; argument: a BotPlan as JSON. It dies at its point, if it has one.
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type App, type AppOptions, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { holdLedger } from '../../src/app/open-ledger.ts';
import { stopSignals } from '../../src/cli/lib/stop-signals.ts';
import type { BotEvent } from '../../src/core/event.ts';
import type { Limits } from '../../src/core/limits.ts';
import type { Timeouts } from '../../src/core/timeouts.ts';
import type { Failpoint } from '../../src/core/failpoints.ts';
import { startWorkers, type WorkerName } from '../../workers/index.ts';
import { sweep } from '../../workers/sweep.ts';
import { type FakeAddress, fakeContext, fakePublisher } from './fake-platform/driver.ts';
import { words } from './chaos/words.ts';
import { shiftClock } from './shift-clock.ts';
import { textsForTheLog } from './log-texts.ts';

export interface BotPlan {
  readonly config: string;
  readonly platform: FakeAddress;
  readonly timeouts: Timeouts;
  readonly death: Death | null;
  readonly limits: Limits;
  /** Sweeps this often besides the scheduler; null: only the scheduler sweeps. */
  readonly sweepEveryMs: number | null;
  /** Undefined: all workers. */
  readonly roles?: readonly WorkerName[] | undefined;
}

/** Dies of SIGKILL when the point is passed for the `nth` time, after writing its name to `file`. */
export interface Death {
  readonly failpoint: Failpoint;
  readonly nth: number;
  readonly file: string;
}

await runBot(JSON.parse(process.argv[2]!) as BotPlan);

async function runBot({
  config: file,
  platform,
  timeouts,
  death,
  limits,
  sweepEveryMs,
  roles,
}: BotPlan): Promise<void> {
  const config = readConfig({ config: file });
  using _lock = await holdLedger(config, () => {});
  using signals = stopSignals((message) => emit({ kind: 'error', what: 'process', message }));
  const failpoint = death === null ? () => {} : dieAt(death);
  await using opened = await openApp(config, { emit, ...signals, timeouts, failpoint });
  const app = answeringTo(opened, platform, limits);
  await using _workers = startWorkers(app, roles);
  process.on('SIGUSR2', clockJumps());
  process.stdout.write(`${words.ready}\n`);
  if (sweepEveryMs !== null) await keepSweeping(app, sweepEveryMs);
  await signals.stopped;
}

/** The scheduler sweeps every few seconds, which is too rare for short timeouts. */
async function keepSweeping(app: App, everyMs: number): Promise<void> {
  while (!app.stopping.aborted) {
    await sweep(app);
    await delay(everyMs);
  }
}

/** The wall clock is an hour fast, an hour slow, and so on. */
function clockJumps(): () => void {
  let offMs = -3_600_000;
  return () => {
    offMs = -offMs;
    shiftClock(offMs);
    process.stdout.write(`${words.shifted}\n`);
  };
}

function emit(event: BotEvent): void {
  if (event.kind === 'error') process.stderr.write(`${event.what}: ${event.message}\n`);
}

/** The same bot, whose replies go to the fake platform; its texts are cut for the log, which has no limit that matters here. */
function answeringTo(app: App, platform: FakeAddress, limits: Limits): App {
  const publisher = fakePublisher(platform);
  return {
    ...app,
    publisher: (name) => Promise.resolve(name === 'fake' ? publisher : undefined),
    publisherFor: () => 'fake',
    context: () => Promise.resolve(fakeContext(platform)),
    account: () => ({ platform: 'fake', limits, repeatWhenAbsent: false }),
    rulebooks: textsForTheLog(app.rulebooks),
  };
}

function dieAt({ failpoint, nth, file }: Death): AppOptions['failpoint'] & {} {
  let left = nth;
  return (passed) => {
    if (passed !== failpoint) return;
    left -= 1;
    if (left > 0) return;
    writeFileSync(file, failpoint);
    process.kill(process.pid, 'SIGKILL');
    // Not a step further, should the signal take its time.
    for (;;);
  };
}
