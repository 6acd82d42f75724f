import { type CheckTerms, failedFor, type ProbeResult } from './link-health.ts';

/** How a site that pages are looked at on has treated us: a circuit breaker. Times in milliseconds since the Unix epoch. */
export interface HostHealth {
  /** Faults in a row, on whatever page. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** Since when all of its pages count as gone, because it has nothing but faults. */
  readonly deadSince: number | null;
  /** Nothing is asked before; what comes then is a single question, whose answer opens the way or closes it for longer. */
  readonly blockedUntil: number;
  readonly reason: string | null;
}

/** So many faults in a row open the breaker. */
export const breakerFailures = 3;
const firstCooldownMs = 10 * 60_000;
const longestCooldownMs = 6 * 60 * 60_000;
/** No site means more when it asks for patience; a wrong clock may. */
export const longestWaitMs = 24 * 60 * 60_000;

/** What is known of a site after a look at one of its pages, or at its robots.txt. */
export function hostHealthAfter(
  before: HostHealth,
  result: ProbeResult,
  { now, terms, jitter }: { readonly now: number; readonly terms: CheckTerms; readonly jitter: number },
): HostHealth {
  const asked = now + Math.min(longestWaitMs, 'waitMs' in result ? (result.waitMs ?? 0) : 0);
  if (result.kind === 'busy')
    return { ...before, blockedUntil: Math.max(before.blockedUntil, asked), reason: result.reason };
  if (result.kind !== 'failed')
    return { failures: 0, failingSince: null, deadSince: null, blockedUntil: 0, reason: null };
  const failures = before.failures + 1;
  const failingSince = Math.min(before.failingSince ?? now, now);
  return {
    failures,
    failingSince,
    deadSince: before.deadSince ?? (failedFor(before, now, terms) ? failingSince : null),
    blockedUntil: Math.max(asked, failures < breakerFailures ? 0 : now + cooldownMs(failures, jitter)),
    reason: result.reason,
  };
}

/** Doubling from the fault that opened the breaker, up to a quarter less, so that sites that failed together are not asked together. */
function cooldownMs(failures: number, jitter: number): number {
  const full = Math.min(longestCooldownMs, firstCooldownMs * 2 ** Math.min(20, failures - breakerFailures));
  return Math.round(full * (1 - jitter / 4));
}
