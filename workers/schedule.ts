import { hostname } from 'node:os';
import { schedule as cron } from 'node-cron';
import type { App } from '../src/app.ts';
import { messageOf } from '../src/core/errors.ts';
import { forgiveClock } from '../src/ledger/processes/clock-step.ts';
import { forgetRunner, renewHeartbeat, recordHeartbeat } from '../src/ledger/processes/heartbeats.ts';
import { recordWatched } from '../src/ledger/feeds/outages.ts';
import { acquireSchedulerLock } from '../src/ledger/processes/scheduler-lock.ts';
import { checkAlerts } from './lib/report-alerts.ts';
import { renewHolds } from './poll.ts';
import { sweep, tidy } from './sweep.ts';

/** A change from outside is looked for every second; without one, the ledger is swept this often. */
const sweepEveryMs = 5000;
const tidyEveryMs = 60 * 60_000;
/** Ticks come a little early or late. */
const tickSlackMs = 1000;
const alertsEveryMs = 60_000;
/** `doctor --running` reads it. */
const aliveEveryMs = 30_000;
/** Clocks are corrected by seconds all the time. */
const clockSlackMs = 10_000;

/**
 * The clockwork: polls each feed by its interval and sweeps the ledger. Ticks are in UTC and ask "what is due?", so a tick that is
 * missed, doubled or falls into a change of the clocks does no harm.
 */
export function startSchedule(
  app: App,
  { polls, sweeps } = { polls: true, sweeps: true },
  ticker: Ticker = byClockwork,
): AsyncDisposable {
  const due = dueTimes();
  let more = false;

  const since = app.clock.now();
  let lastTick = since;

  const tidying = alone(app, async () => {
    if (sweeps && (await first(app, 'tidy', tidyEveryMs))) await tidy(app);
  });

  async function isDue(now: number): Promise<boolean> {
    const changed = await app.ledger.changedOutside();
    const isTime = due('sweep', now, sweepEveryMs);
    if (changed || more) return true;
    return isTime && (app.queue.shared !== true || (await first(app, 'sweep', sweepEveryMs)));
  }

  async function tick(): Promise<void> {
    app.emit({ kind: 'ticked' });
    const now = app.clock.now();
    if (now < lastTick - clockSlackMs) await setBack(app, lastTick - now);
    lastTick = now;
    // Before the sweep, which must know whether the bot has just begun.
    if (due('alive', now, aliveEveryMs)) await beat(app, since);
    for (const { name, everyMs } of polls ? app.feeds.values() : []) {
      if (due(`feed ${name}`, now, everyMs)) await app.queue.enqueue('poll', name);
    }
    if (sweeps && (await isDue(now))) more = await sweep(app);
    if (due('holds', now, app.timeouts.feedLeaseMs / 3)) await renewHolds(app);
    if (sweeps && due('alerts', now, alertsEveryMs) && (await first(app, 'alerts', alertsEveryMs)))
      await checkAlerts(app);
  }

  const ticking = alone(app, tick);
  const ticks = ticker({ everySecond: ticking.begin, hourly: tidying.begin });
  ticking.begin();
  return {
    async [Symbol.asyncDispose]() {
      await ticks[Symbol.asyncDispose]();
      await Promise.all([ticking.ended(), tidying.ended()]);
      // Where it cannot be said any more, its silence says it.
      if (app.ledger.shared) await app.ledger.transact((tx) => forgetRunner(tx, app.id)).catch(() => {});
    },
  };
}

/** Calls every second and every hour until it is disposed. Proofs bring their own, for a clock that goes faster. */
export type Ticker = (calls: { readonly everySecond: () => void; readonly hourly: () => void }) => AsyncDisposable;

/** node-cron waits for a time of day: were the clock set back by an hour, it would stand still for an hour. */
const byClockwork: Ticker = ({ everySecond, hourly }) => {
  const everyHour = () => cron('7 * * * *', hourly, { timezone: 'UTC', name: 'tidy' });
  let job = everyHour();
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (Math.abs(now - last) > clockSlackMs) {
      void job.destroy();
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

/** Whether this process does what one does for all. Where it is alone, always. */
async function first(app: App, name: string, everyMs: number): Promise<boolean> {
  if (!app.ledger.shared) return true;
  const now = await app.ledger.now();
  return await app.ledger.transact((tx) => acquireSchedulerLock(tx, name, now, everyMs - tickSlackMs));
}

async function beat(app: App, since: number): Promise<void> {
  const aliveAt = await app.ledger.now();
  const self = { pid: process.pid, host: hostname(), since, aliveAt };
  await app.ledger.transact(async (tx) => {
    await recordWatched(tx, aliveAt);
    await (app.ledger.shared ? recordHeartbeat(tx, self, app.id) : renewHeartbeat(tx, aliveAt));
  });
}

async function setBack(app: App, byMs: number): Promise<void> {
  const message = `the clock was set back by ${Math.round(byMs / 1000)} s; what was due later is looked at now`;
  app.emit({ kind: 'error', what: 'clock', message });
  const now = await app.ledger.now();
  await app.ledger.transact((tx) => forgiveClock(tx, now));
}

/** Asks whether something is due, and if so puts it off by its interval. */
function dueTimes() {
  const next = new Map<string, number>();
  return (name: string, now: number, everyMs: number): boolean => {
    const wait = (next.get(name) ?? now) - now;
    // Further away than an interval: the clock was set back.
    if (wait > 0 && wait <= everyMs) return false;
    next.set(name, now + everyMs);
    return true;
  };
}

/** Runs `work` once at a time: a tick that finds the one before still at work is let go. */
function alone(app: App, work: () => Promise<void>) {
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
