import { hostname } from 'node:os';
import { schedule as cron } from 'node-cron';
import type { App } from '../src/app.ts';
import { messageOf } from '../src/core/errors.ts';
import {
  forgetRunner,
  renewHeartbeat,
  recordHeartbeat,
  acquireSchedulerLock,
  resetFutureTimes,
} from '../src/ledger/processes/processes.ts';
import { recordWatched } from '../src/ledger/feeds/feed-rows.ts';
import { checkAlerts } from '../src/operations/check-alerts.ts';
import { reportMissingPublishers } from '../src/operations/missing-publishers.ts';
import { purgeLog } from './lib/purge-log.ts';
import { renewHolds, retryIsDue } from './poll.ts';
import { sweep, sweepHere, tidy } from './sweep.ts';
import { isDisplaced } from './lib/worker.ts';

/** The ledger is checked for outside changes every second; without one, it is swept this often. */
const sweepEveryMs = 5000;
const sweepHereEveryMs = 15_000;
const tidyEveryMs = 60 * 60_000;
/** Ticks come a little early or late. */
const tickSlackMs = 1000;
const alertsEveryMs = 60_000;
/** `doctor --running` reads it. */
const aliveEveryMs = 30_000;
/** Smaller steps of the clock are ordinary corrections. */
const clockSlackMs = 10_000;

type ScheduleApp = Pick<
  App,
  | 'id'
  | 'clock'
  | 'config'
  | 'ledger'
  | 'queue'
  | 'feeds'
  | 'publisher'
  | 'stopping'
  | 'hurry'
  | 'timeouts'
  | 'emit'
  | 'fail'
>;

/** The scheduler. Each tick asks what is due, in UTC, so a missed or doubled tick or a change to daylight saving time does no harm. */
export function startSchedule(
  app: ScheduleApp,
  { polls, sweeps } = { polls: true, sweeps: true },
  ticker: Ticker = systemTicker,
): AsyncDisposable {
  const since = app.clock.now();
  let lastTick = since;
  /** A queue that reaches only its own process makes each process sweep. */
  const isSweeping = () => sweeps || app.queue.shared !== true;
  const steps = stepsOf(app, { polls, isSweeping, since });

  const tidying = singleFlight(app, async () => {
    if (isSweeping() && (await isElected(app, 'tidy', tidyEveryMs))) await tidy(app);
    await purgeLog(app);
  });

  async function tick(): Promise<void> {
    app.emit({ kind: 'ticked' });
    const now = app.clock.now();
    if (now < lastTick - clockSlackMs) await reportSetBack(app, lastTick - now);
    lastTick = now;
    // Side by side: a step that fails or waits must keep none of the others from its work, least of all the alerts about it.
    const done = await Promise.allSettled(steps.map((step) => step(now)));
    const failures = done.flatMap((step) => (step.status === 'rejected' ? [messageOf(step.reason)] : []));
    if (failures.length > 0) throw new Error([...new Set(failures)].join('; '));
  }

  const ticking = singleFlight(app, tick);
  const ticks = ticker({ everySecond: ticking.begin, hourly: tidying.begin });
  ticking.begin();
  return {
    async [Symbol.asyncDispose]() {
      await ticks[Symbol.asyncDispose]();
      await Promise.all([ticking.ended(), tidying.ended()]);
      // If this fails, the missing heartbeat says the same.
      if (app.ledger.shared) await app.ledger.transact((tx) => forgetRunner(tx, app.id)).catch(() => {});
    },
  };
}

type Step = (now: number) => Promise<void>;

/** The work of a tick; each step asks what is due. */
function stepsOf(
  app: ScheduleApp,
  { polls, isSweeping, since }: { polls: boolean; isSweeping: () => boolean; since: number },
): readonly Step[] {
  const due = dueTimes();
  let more = false;
  let hasReportedMissing = false;

  async function isDue(now: number): Promise<boolean> {
    const changed = await app.ledger.changedOutside();
    const isTime = due('sweep', now, sweepEveryMs);
    if (changed || more) return true;
    return isTime && (app.queue.shared !== true || (await isElected(app, 'sweep', sweepEveryMs)));
  }

  return [
    () => Promise.resolve(void isDisplaced(app)),
    async () => {
      if (hasReportedMissing) return;
      await reportMissingPublishers(app);
      hasReportedMissing = true;
    },
    async (now) => {
      for (const source of polls ? app.feeds.values() : []) {
        const isTime = due(`feed ${source.name}`, now, source.everyMs);
        if (retryIsDue(source, now) || isTime) await app.queue.enqueue('poll', source.name);
      }
      // This comes before the sweep, which must know if the bot has just started.
      if (due('alive', now, aliveEveryMs)) await beat(app, since);
      if (isSweeping() && (await isDue(now))) more = await sweep(app);
    },
    async (now) => {
      if (app.queue.shared === true && due('sweep here', now, sweepHereEveryMs)) await sweepHere(app);
    },
    async (now) => {
      if (due('holds', now, app.timeouts.feedLeaseMs / 3)) await renewHolds(app);
    },
    async (now) => {
      if (isSweeping() && due('alerts', now, alertsEveryMs) && (await isElected(app, 'alerts', alertsEveryMs)))
        await checkAlerts(app);
    },
  ];
}

/** Calls every second and every hour until it is disposed. Fault tests pass their own, for a faster clock. */
export type Ticker = (calls: { readonly everySecond: () => void; readonly hourly: () => void }) => AsyncDisposable;

/** node-cron waits for a time of day: after the clock is set back by an hour it would do nothing for an hour. */
const systemTicker: Ticker = ({ everySecond, hourly }) => {
  const everyHour = () => cron('7 * * * *', hourly, { timezone: 'UTC', name: 'tidy' });
  let job = everyHour();
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (Math.abs(now - last) > clockSlackMs) {
      Promise.resolve(job.destroy()).catch(() => {});
      job = everyHour();
    }
    last = now;
    everySecond();
  }, 1000);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await job.destroy();
    },
  };
};

/** True if this process does work that one process does for all. With an embedded ledger, always. */
async function isElected(app: ScheduleApp, name: string, everyMs: number): Promise<boolean> {
  if (!app.ledger.shared) return true;
  const now = await app.ledger.now();
  return await app.ledger.transact((tx) => acquireSchedulerLock(tx, name, now, everyMs - tickSlackMs));
}

async function beat(app: ScheduleApp, since: number): Promise<void> {
  const aliveAt = await app.ledger.now();
  const self = { pid: process.pid, host: hostname(), since, aliveAt };
  await app.ledger.transact(async (tx) => {
    await recordWatched(tx, aliveAt);
    await (app.ledger.shared ? recordHeartbeat(tx, self, app.id) : renewHeartbeat(tx, aliveAt));
  });
}

async function reportSetBack(app: ScheduleApp, byMs: number): Promise<void> {
  const message = `the clock was set back by ${Math.round(byMs / 1000)} s; work that was due later is due now`;
  app.emit({ kind: 'error', what: 'clock', message });
  const now = await app.ledger.now();
  await app.ledger.transact((tx) => resetFutureTimes(tx, now));
}

/** Tells if something is due, and if so schedules it again after its interval. */
function dueTimes() {
  const next = new Map<string, number>();
  return (name: string, now: number, everyMs: number): boolean => {
    const wait = (next.get(name) ?? now) - now;
    // A wait longer than the interval: the clock was set back.
    if (wait > 0 && wait <= everyMs) return false;
    next.set(name, now + everyMs);
    return true;
  };
}

/** Runs `work` once at a time, and skips a tick while the one before still runs. */
function singleFlight(app: Pick<App, 'emit'>, work: () => Promise<void>) {
  let running: Promise<void> | undefined;
  return {
    begin(this: void): void {
      running ??= work()
        .catch((error: unknown) => app.emit({ kind: 'error', what: 'schedule', message: messageOf(error) }))
        .finally(() => {
          running = undefined;
        });
    },
    async ended(): Promise<void> {
      await running;
    },
  };
}
