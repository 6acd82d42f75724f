import { type CheckTerms, failedFor, type ProbeResult } from './link-health.ts';

/** State of the circuit breaker of a site whose pages are checked. Times in milliseconds since the Unix epoch. */
export interface HostHealth {
  /** Failures in a row, on any of its pages. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Start of the failures, once all pages of the site count as dead. */
  readonly deadSince: number | null;
  /** No request before this time. Then one request tries: its result closes the breaker or keeps it open for longer. */
  readonly blockedUntil: number;
  readonly reason: string | null;
}

/** So many failures in a row open the breaker. */
export const breakerFailures = 3;
const firstCooldownMs = 10 * 60_000;
const longestCooldownMs = 6 * 60 * 60_000;
/** Upper bound for Retry-After: a larger value comes from a wrong clock. */
export const longestWaitMs = 24 * 60 * 60_000;

/** Health of a site after a probe of one of its pages, or of its robots.txt. */
export function hostHealthAfter(
  before: HostHealth,
  result: ProbeResult,
  { now, terms, jitter }: { readonly now: number; readonly terms: CheckTerms; readonly jitter: number },
): HostHealth {
  const retryAt = now + Math.min(longestWaitMs, 'waitMs' in result ? (result.waitMs ?? 0) : 0);
  if (result.kind === 'busy')
    return { ...before, blockedUntil: Math.max(before.blockedUntil, retryAt), reason: result.reason };
  if (result.kind !== 'failed')
    return { failures: 0, failingSince: null, deadSince: null, blockedUntil: 0, reason: null };
  const failures = before.failures + 1;
  const failingSince = Math.min(before.failingSince ?? now, now);
  return {
    failures,
    failingSince,
    deadSince: before.deadSince ?? (failedFor(before, now, terms) ? failingSince : null),
    blockedUntil: Math.max(retryAt, failures < breakerFailures ? 0 : now + cooldownMs(failures, jitter)),
    reason: result.reason,
  };
}

/** Doubles with each failure after the breaker opened. The jitter takes off up to a quarter, so that sites that failed together do not retry together. */
function cooldownMs(failures: number, jitter: number): number {
  const full = Math.min(longestCooldownMs, firstCooldownMs * 2 ** Math.min(20, failures - breakerFailures));
  return Math.round(full * (1 - jitter / 4));
}
