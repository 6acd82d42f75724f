import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { RetryLater } from '../core/errors.ts';

/** What a platform says is left of one of its budgets. */
export interface RateLimit {
  readonly remaining: number;
  /** When it is full again, in milliseconds since the Unix epoch. */
  readonly resetAt: number;
}

/** Of an answer: of `fetch`, or of a client that has them as an object. */
export type HeaderSource = Headers | Readonly<Record<string, unknown>>;

/** The spellings that platforms have for the same: X, Mastodon, Bluesky and the IETF draft. */
const prefixes = ['x-rate-limit', 'x-ratelimit', 'ratelimit', 'x-app-limit-24hour', 'x-user-limit-24hour'] as const;

/** Every budget that the headers tell of, by our clock: an answer may count towards several windows at once. */
export function rateLimitsIn(headers: HeaderSource, now: number): RateLimit[] {
  return prefixes.flatMap((prefix) => {
    const remaining = Count.safeParse(headerOf(headers, `${prefix}-remaining`));
    const resetAt = momentIn(headers, `${prefix}-reset`, now);
    return remaining.success && resetAt !== undefined ? [{ remaining: remaining.data, resetAt }] : [];
  });
}

const Count = z.coerce.string().regex(/^\d+$/).transform(Number);

/** How long `retry-after` asks to wait, in milliseconds; undefined: it is not there, or cannot be read. */
export function retryAfterMs(headers: HeaderSource, now: number): number | undefined {
  const at = momentIn(headers, 'retry-after', now);
  return at === undefined ? undefined : Math.max(0, at - now);
}

function headerOf(headers: HeaderSource, name: string): string | undefined {
  const value: unknown = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;
}

/** Less than this is a span, more is a time of day: a span of thirty years is none. */
const longestSpanSeconds = 1_000_000_000;

/**
 * As seconds from now, as seconds since 1970, as ISO 8601 or as an HTTP date. A time of day is by the clock of who answers, which says
 * in the same answer what time it has; ours may be wrong.
 */
function momentIn(headers: HeaderSource, name: string, now: number): number | undefined {
  const written = headerOf(headers, name);
  if (written === undefined || written === '') return undefined;
  const seconds = Number(written);
  if (seconds < 0) return undefined;
  if (seconds < longestSpanSeconds) return now + seconds * 1000;
  const at = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(written);
  if (!Number.isFinite(at)) return undefined;
  const theirs = Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isFinite(theirs) ? at - theirs + now : at;
}

/** What is left of an account's budgets, as far as this process has been told. */
export interface Budgets {
  /** Takes note of what an answer says; `name` is the budget that the call counts towards. */
  note(name: string, headers: HeaderSource): void;
  /** Errors: RetryLater while the budget is known to be used up, down to what is kept for others. */
  check(name: string): void;
  /** The refusal of an answer with status 429. */
  refusal(name: string, headers: HeaderSource): RetryLater;
}

/** Where a platform says nothing of how long. */
const silentWaitMs = 60_000;
/** Where it says less: the next call would be refused as well. */
const shortestWaitMs = 5000;
/** No platform means more; a wrong clock may. */
const longestWaitMs = 24 * 3_600_000;

/** Is told what a platform says is left of a budget. */
export type ReportLimit = (name: string, limit: RateLimit) => void;

export interface BudgetOptions {
  /** Calls that are left for others who share the account. */
  readonly keep?: number;
  readonly emit?: ReportLimit | undefined;
}

export function openBudgets(clock: Pick<Clock, 'now'>, { keep = 0, emit }: BudgetOptions = {}): Budgets {
  const known = new Map<string, readonly RateLimit[]>();
  /** Spread over a second: all who wait must not come back together. */
  const until = (resetAt: number) => {
    const waitMs = Math.min(longestWaitMs, Math.max(0, resetAt - clock.now()));
    return Math.ceil(waitMs + Math.random() * 1000);
  };
  return {
    note(name, headers) {
      const limits = rateLimitsIn(headers, clock.now());
      if (limits.length > 0) known.set(name, limits);
      for (const limit of limits) emit?.(name, limit);
    },
    check(name) {
      const now = clock.now();
      const used = (known.get(name) ?? []).filter(({ remaining, resetAt }) => remaining <= keep && resetAt > now);
      if (used.length === 0) return;
      const waitMs = until(Math.max(...used.map(({ resetAt }) => resetAt)));
      throw new RetryLater(`the budget of ${name} calls is used up`, waitMs, { account: true });
    },
    refusal(name, headers) {
      const now = clock.now();
      const asked = retryAfterMs(headers, now);
      const empty = rateLimitsIn(headers, now).filter(({ remaining }) => remaining === 0);
      const resetAt = Math.max(
        now + (asked ?? (empty.length === 0 ? silentWaitMs : 0)),
        now + shortestWaitMs,
        ...empty.map((limit) => limit.resetAt),
      );
      return new RetryLater(`429: too many ${name} calls`, until(resetAt), { account: true });
    },
  };
}
