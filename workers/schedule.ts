import { schedule as cron } from 'node-cron';
import type { App } from '../src/app.ts';
import { messageOf } from '../src/core/errors.ts';
import { noteAlive } from '../src/ledger/notes.ts';
import { sweep, tidy } from './sweep.ts';

/** A change from outside is looked for every second; without one, the ledger is swept this often. */
const sweepEveryMs = 5000;
/** `doctor --running` reads it. */
const aliveEveryMs = 30_000;

/**
 * The clockwork: polls each feed by its interval and sweeps the ledger. Ticks are in UTC and ask "what is due?", so a tick that is
 * missed, doubled or falls into a change of the clocks does no harm.
 */
export function startSchedule(app: App): AsyncDisposable {
  const nextPoll = new Map<string, number>();
  let nextSweep = 0;
  let nextAlive = app.clock.now() + aliveEveryMs;
  let ticking: Promise<void> = Promise.resolve();

  async function tick(): Promise<void> {
    const now = app.clock.now();
    for (const { name, everyMs } of app.feeds.values()) {
      if (now < (nextPoll.get(name) ?? 0)) continue;
      nextPoll.set(name, now + everyMs);
      await app.queue.ring('poll', name);
    }
    if ((await app.ledger.changedOutside()) || now >= nextSweep) {
      nextSweep = now + sweepEveryMs;
      await sweep(app);
    }
    if (now >= nextAlive) {
      nextAlive = now + aliveEveryMs;
      await app.ledger.transact((tx) => noteAlive(tx, now));
    }
  }

  function start(work: () => Promise<void>): () => void {
    return () => {
      ticking = ticking.then(work).catch((error: unknown) => {
        app.tell({ kind: 'trouble', what: 'schedule', message: messageOf(error) });
      });
    };
  }

  const everySecond = cron('* * * * * *', start(tick), { timezone: 'UTC', name: 'tick' });
  const hourly = cron(
    '7 * * * *',
    start(() => tidy(app)),
    { timezone: 'UTC', name: 'tidy' },
  );
  start(tick)();
  return {
    async [Symbol.asyncDispose]() {
      await everySecond.destroy();
      await hourly.destroy();
      await ticking;
    },
  };
}
