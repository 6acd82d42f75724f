import { schedule as cron } from 'node-cron';
import type { App } from '../src/app.ts';
import { messageOf } from '../src/core/errors.ts';
import { forgiveClock } from '../src/ledger/clock-step.ts';
import { noteAlive } from '../src/ledger/notes.ts';
import { renewHolds } from './poll.ts';
import { sweep, tidy } from './sweep.ts';

/** A change from outside is looked for every second; without one, the ledger is swept this often. */
const sweepEveryMs = 5000;
/** `doctor --running` reads it. */
const aliveEveryMs = 30_000;
/** A third of a lease. */
const renewEveryMs = 20_000;
/** Clocks are corrected by seconds all the time. */
const clockSlackMs = 10_000;

/**
 * The clockwork: polls each feed by its interval and sweeps the ledger. Ticks are in UTC and ask "what is due?", so a tick that is
 * missed, doubled or falls into a change of the clocks does no harm.
 */
export function startSchedule(app: App): AsyncDisposable {
  const due = dueTimes();
  let more = false;

  let lastTick = app.clock.now();

  async function tick(): Promise<void> {
    app.tell({ kind: 'ticked' });
    const now = app.clock.now();
    if (now < lastTick - clockSlackMs) await setBack(app, lastTick - now);
    lastTick = now;
    for (const { name, everyMs } of app.feeds.values()) {
      if (due(`feed ${name}`, now, everyMs)) await app.queue.ring('poll', name);
    }
    const changed = await app.ledger.changedOutside();
    if (due('sweep', now, sweepEveryMs) || changed || more) more = await sweep(app);
    if (due('holds', now, renewEveryMs)) await renewHolds(app);
    if (due('alive', now, aliveEveryMs)) await app.ledger.transact((tx) => noteAlive(tx, now));
  }

  const ticking = alone(app, tick);
  const tidying = alone(app, () => tidy(app));
  const everySecond = cron('* * * * * *', ticking.begin, { timezone: 'UTC', name: 'tick' });
  const hourly = cron('7 * * * *', tidying.begin, { timezone: 'UTC', name: 'tidy' });
  ticking.begin();
  return {
    async [Symbol.asyncDispose]() {
      await everySecond.destroy();
      await hourly.destroy();
      await Promise.all([ticking.ended(), tidying.ended()]);
    },
  };
}

async function setBack(app: App, byMs: number): Promise<void> {
  const message = `the clock was set back by ${Math.round(byMs / 1000)} s; what was due later is looked at now`;
  app.tell({ kind: 'trouble', what: 'clock', message });
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
        .catch((error: unknown) => app.tell({ kind: 'trouble', what: 'schedule', message: messageOf(error) }))
        .finally(() => {
          running = undefined;
        });
    },
    async ended(): Promise<void> {
      await running;
    },
  };
}
