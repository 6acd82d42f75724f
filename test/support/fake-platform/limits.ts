import type { Limit } from './options.ts';

/** Counts calls of the account in windows, and remembers who was told to wait. */
export interface Limits {
  /** When to come again, or null when the call is within the limit. Says who calls too early. */
  ask(key: string, now: number): { readonly until: number | null; readonly breach: 'account' | 'call' | null };
  /** That one call was told to wait until then. */
  told(key: string, until: number): void;
}

export function newLimits(limit: Limit | undefined): Limits {
  const toldCalls = new Map<string, number>();
  let window = { from: -Infinity, calls: 0, toldAt: Infinity };

  function withinWindow(now: number, { calls, windowMs }: Limit): boolean {
    if (now >= window.from + windowMs) window = { from: now, calls: 0, toldAt: Infinity };
    window.calls += 1;
    return window.calls <= calls;
  }

  return {
    ask(key, now) {
      const early = now < (toldCalls.get(key) ?? 0) ? 'call' : null;
      if (limit === undefined || withinWindow(now, limit)) return { until: null, breach: early };
      const until = window.from + limit.windowMs;
      const stubborn = now > window.toldAt + (limit.graceMs ?? 250) ? 'account' : null;
      window.toldAt = Math.min(window.toldAt, now);
      toldCalls.set(key, until);
      return { until, breach: early ?? stubborn };
    },
    told(key, until) {
      toldCalls.set(key, until);
    },
  };
}
