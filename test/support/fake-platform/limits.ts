import type { Socket } from 'node:net';
import type { Limit } from './options.ts';

/** Counts calls of the account in windows, and remembers who was told to wait. Times are those of a clock that is never set: `performance.now()`. */
export interface Limits {
  /** When to come again, or null when the call is within the limit. Says who calls too early. */
  ask(call: LimitedCall, now: number): { readonly until: number | null; readonly breach: 'account' | 'call' | null };
  /** That one call was told to wait until then. */
  told(call: LimitedCall, until: number): void;
}

export interface LimitedCall {
  readonly name: string;
  /** Whoever hung up, or died, may not have heard what was said on it. Idle lines live longer than the waits of tests. */
  readonly line: Socket | null;
}

export function newLimits(limit: Limit | undefined): Limits {
  const toldCalls = new Map<string, { readonly until: number; readonly line: Socket | null }>();
  let window = { from: -Infinity, calls: 0, toldAt: Infinity };

  function withinWindow(now: number, { calls, windowMs }: Limit): boolean {
    if (now >= window.from + windowMs) window = { from: now, calls: 0, toldAt: Infinity };
    window.calls += 1;
    return window.calls <= calls;
  }

  return {
    ask({ name, line }, now) {
      const told = toldCalls.get(name);
      const early = told !== undefined && now < told.until && told.line?.destroyed === false ? 'call' : null;
      if (limit === undefined || withinWindow(now, limit)) return { until: null, breach: early };
      const until = window.from + limit.windowMs;
      const stubborn = now > window.toldAt + (limit.graceMs ?? 250) ? 'account' : null;
      window.toldAt = Math.min(window.toldAt, now);
      toldCalls.set(name, { until, line });
      return { until, breach: early ?? stubborn };
    },
    told({ name, line }, until) {
      toldCalls.set(name, { until, line });
    },
  };
}
