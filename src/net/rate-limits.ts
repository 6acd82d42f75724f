import { z } from 'zod';
import { dayMs } from '../core/durations.ts';
import type { Clock } from '../core/clock.ts';
import { RetryLater } from '../core/errors.ts';

/** What a platform reports as left of one rate limit. */
export interface RateLimit {
  readonly remaining: number;
  /** When the limit resets, in milliseconds since the Unix epoch. */
  readonly resetAt: number;
}

/** Response headers, as `fetch` has them or as a client has them in an object. */
export type HeaderSource = Headers | Readonly<Record<string, unknown>>;

/** Header names by platform: X, Mastodon, Bluesky and the IETF draft. */
const prefixes = ['x-rate-limit', 'x-ratelimit', 'ratelimit', 'x-app-limit-24hour', 'x-user-limit-24hour'] as const;

/** Every rate limit in the headers, by our clock: a response may count towards several windows at once. */
export function rateLimitsIn(headers: HeaderSource, now: number): RateLimit[] {
  return prefixes.flatMap((prefix) => {
    const remaining = Count.safeParse(headerOf(headers, `${prefix}-remaining`));
    const resetAt = momentIn(headers, `${prefix}-reset`, now);
    return remaining.success && resetAt !== undefined ? [{ remaining: remaining.data, resetAt }] : [];
  });
}

const Count = z.coerce.string().regex(/^\d+$/).transform(Number);

/** The delay that `Retry-After` asks for, in milliseconds; undefined: missing or unreadable. */
export function retryAfterMs(headers: HeaderSource, now: number): number | undefined {
  const at = momentIn(headers, 'retry-after', now);
  return at === undefined ? undefined : Math.max(0, at - now);
}

function headerOf(headers: HeaderSource, name: string): string | undefined {
  const value: unknown = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;
}

/** Smaller numbers are a delay, larger ones a time: nobody asks for a delay of thirty years. */
const longestSpanSeconds = 1_000_000_000;

/** Seconds from now, seconds since 1970, ISO 8601 or an HTTP date. Times are by the server's clock (its `Date` header): ours may be wrong. */
function momentIn(headers: HeaderSource, name: string, now: number): number | undefined {
  const written = headerOf(headers, name);
  if (written === undefined || written === '') return undefined;
  const seconds = Number(written);
  if (seconds < 0) return undefined;
  if (seconds < longestSpanSeconds) return now + seconds * 1000;
  const at = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(written);
  if (!Number.isFinite(at)) return undefined;
  const serverTime = Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isFinite(serverTime) ? at - serverTime + now : at;
}

/** The wait where a platform names none. */
const defaultWaitMs = 60_000;
/** The wait where it names less: an earlier call would be refused again. */
const shortestWaitMs = 5000;
/** No platform asks for more; a wrong clock may. */
const longestWaitMs = dayMs;

/** Receives every rate limit that a platform reports. */
export type ReportLimit = (name: string, limit: RateLimit) => void;

export type Budgets = ReturnType<typeof openBudgets>;

/** What is left of an account's rate limits, as far as this process has seen. `keep`: calls to leave for others who share the account. */
export function openBudgets(
  clock: Pick<Clock, 'now'>,
  { keep = 0, emit }: { keep?: number; emit?: ReportLimit | undefined } = {},
) {
  const known = new Map<string, readonly RateLimit[]>();
  /** Adds up to a second of jitter, so that waiting callers do not all retry together. */
  const waitMsUntil = (resetAt: number) => {
    const waitMs = Math.min(longestWaitMs, Math.max(0, resetAt - clock.now()));
    return Math.ceil(waitMs + Math.random() * 1000);
  };
  return {
    /** Remembers the limits in a response; `name` is the limit that the call counts towards. */
    note(name: string, headers: HeaderSource): void {
      const limits = rateLimitsIn(headers, clock.now());
      if (limits.length > 0) known.set(name, limits);
      for (const limit of limits) emit?.(name, limit);
    },
    /** Errors: RetryLater while the limit is known to be used up, down to what is kept for others. */
    check(name: string): void {
      const now = clock.now();
      const used = (known.get(name) ?? []).filter(({ remaining, resetAt }) => remaining <= keep && resetAt > now);
      if (used.length === 0) return;
      const waitMs = waitMsUntil(Math.max(...used.map(({ resetAt }) => resetAt)));
      throw new RetryLater(`the budget of ${name} calls is used up`, waitMs, { account: true });
    },
    /** The error for a response with status 429. */
    refusal(name: string, headers: HeaderSource): RetryLater {
      const now = clock.now();
      const asked = retryAfterMs(headers, now);
      const empty = rateLimitsIn(headers, now).filter(({ remaining }) => remaining === 0);
      const resetAt = Math.max(
        now + (asked ?? (empty.length === 0 ? defaultWaitMs : 0)),
        now + shortestWaitMs,
        ...empty.map((limit) => limit.resetAt),
      );
      return new RetryLater(`429: too many ${name} calls`, waitMsUntil(resetAt), { account: true, answered: true });
    },
  };
}
