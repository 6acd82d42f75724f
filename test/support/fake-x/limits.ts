import type { ServerResponse } from 'node:http';
import type { Clock } from '../../../src/core/clock.ts';
import { tooMany } from './problems.ts';
import type { AuthKind } from './sign.ts';

/** Calls a quarter of an hour, by what X documents for the app and for a user. */
const allowed: Readonly<Record<string, Partial<Record<AuthKind, number>>>> = {
  'GET /2/tweets': { app: 3500, user: 5000 },
  'GET /2/tweets/search/recent': { app: 450, user: 300 },
  'GET /2/tweets/search/stream': { app: 50 },
  'GET /2/tweets/search/stream/rules': { app: 450 },
  'POST /2/tweets/search/stream/rules': { app: 100 },
  'POST /2/tweets': { user: 100 },
  'DELETE /2/tweets/:id': { user: 50 },
  'GET /2/users/:id/tweets': { app: 10_000, user: 900 },
  'GET /2/users/:id/mentions': { app: 450, user: 300 },
  'GET /2/users/me': { user: 75 },
  'GET /2/usage/tweets': { app: 50 },
};

const windowMs = 15 * 60_000;

/** Windows that begin with their first call, with the headers that tell of them. */
export function openLimits(clock: Pick<Clock, 'now'>) {
  const windows = new Map<string, { until: number; used: number; limit: number }>();
  return {
    /** What kinds of authentication an endpoint takes. */
    kinds: (endpoint: string) => Object.keys(allowed[endpoint] ?? {}) as AuthKind[],
    /** Leaves only so many calls in the present window. */
    leave(endpoint: string, kind: AuthKind, calls: number): void {
      const limit = allowed[endpoint]?.[kind] ?? 0;
      windows.set(`${endpoint} ${kind}`, { until: clock.now() + windowMs, used: limit - calls, limit });
    },
    /** Errors: 429. */
    count(endpoint: string, kind: AuthKind, response: ServerResponse): void {
      const name = `${endpoint} ${kind}`;
      const limit = allowed[endpoint]?.[kind] ?? 0;
      let window = windows.get(name);
      if (window === undefined || window.until <= clock.now())
        windows.set(name, (window = { until: clock.now() + windowMs, used: 0, limit }));
      window.used += 1;
      response.setHeader('x-rate-limit-limit', limit);
      response.setHeader('x-rate-limit-remaining', Math.max(0, limit - window.used));
      response.setHeader('x-rate-limit-reset', Math.ceil(window.until / 1000));
      if (window.used > limit) throw tooMany();
    },
  };
}
