import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../src/core/clock.ts';
import type { Ticker } from '../../../workers/schedule.ts';
import { minute, second } from './plan.ts';

/**
 * A clock that goes a second at a time, each taking at least `stepMs`: it never leaps, so a busy machine slows the time down in the place of
 * ending leases. `eachMinute` stops it until it resolves.
 */
export function fastClock(options: {
  start: number;
  stepMs: number;
  hourMs: number;
  eachMinute: (now: number) => Promise<void>;
}): { clock: Clock; ticker: Ticker } {
  const { start, stepMs, hourMs, eachMinute } = options;
  let now = start;
  const clock: Clock = {
    now: () => now,
    async sleep(ms, signal) {
      const until = clock.now() + ms;
      while (clock.now() < until) await delay(stepMs, undefined, signal ? { signal } : {});
    },
  };
  const ticker: Ticker = ({ everySecond, hourly }) => {
    const stop = new AbortController();
    const going = (async () => {
      while (!stop.signal.aborted) {
        await delay(stepMs);
        now += second;
        everySecond();
        if ((now - start) % hourMs === 0) hourly();
        if ((now - start) % minute === 0) await eachMinute(now);
      }
    })();
    return {
      async [Symbol.asyncDispose]() {
        stop.abort();
        await going;
      },
    };
  };
  return { clock, ticker };
}
