import { dayMs } from './durations.ts';

/** Result of a probe of a page. */
export type ProbeResult =
  | { readonly kind: 'alive' }
  /** 404, 410, or a redirect to some other page. */
  | { readonly kind: 'not-found'; readonly reason: string }
  /** No answer, or a fault of the site: 5xx, a time-out, a redirect loop. `waitMs`: its Retry-After. */
  | { readonly kind: 'failed'; readonly reason: string; readonly waitMs?: number }
  /** The site rejects the bot (401, 403, robots.txt), which says nothing about the page. */
  | { readonly kind: 'unclear'; readonly reason: string }
  /** The site does not support HEAD. */
  | { readonly kind: 'refuses-head' }
  /** The site asks to wait (429). */
  | { readonly kind: 'busy'; readonly reason: string; readonly waitMs: number };

/**
 * new: not probed yet. missing: not found by the last probe, a second one decides. failing: the site failed at the last probes. unclear: the
 * site rejects the bot. dead: see `deadSince`.
 */
export const linkStates = ['new', 'alive', 'missing', 'failing', 'unclear', 'dead'] as const;
export type LinkState = (typeof linkStates)[number];

/** Health of a page that replies link to. Times in milliseconds since the Unix epoch. */
export interface LinkHealth {
  readonly state: LinkState;
  /** Time of the next probe. */
  readonly dueAt: number;
  readonly checkedAt: number | null;
  /** Probes in a row that did not find the page, or failed. */
  readonly failures: number;
  /** Time of the first of them. */
  readonly failingSince: number | null;
  /** The same time, once the page counts as dead. */
  readonly deadSince: number | null;
  /** Result of the last probe, unless the page was alive. */
  readonly reason: string | null;
}

export interface CheckTerms {
  /** Interval between probes of a page that is alive or dead. */
  readonly everyMs: number;
  /** Wait before the second probe of a missing page, which confirms that it is dead. */
  readonly confirmMs: number;
  /** A page counts as dead after so many failures of its site in a row … */
  readonly failures: number;
  /** … over at least this time. */
  readonly overMs: number;
}

/** The time of a probe. `jitter` in [0, 1) spreads the next probes, so that pages of the same age are not always probed together. */
interface Moment {
  readonly now: number;
  readonly terms: CheckTerms;
  readonly jitter: number;
}

/** Health after a probe. */
export function healthAfter(before: LinkHealth, result: ProbeResult, { now, terms, jitter }: Moment): LinkHealth {
  // This concerns the site: the page stays as due as it was.
  if (result.kind === 'busy') return before;
  if (result.kind === 'refuses-head') return { ...before, dueAt: now };
  const checked = { checkedAt: now, dueAt: now + spread(terms.everyMs, jitter) };
  if (result.kind === 'alive') return { ...checked, ...fresh, state: 'alive', reason: null };
  const { reason } = result;
  if (result.kind === 'unclear' && before.state === 'dead') return { ...before, ...checked, reason };
  if (result.kind === 'unclear') return { ...checked, ...fresh, state: 'unclear', reason };
  const isMissing = result.kind === 'not-found';
  const isConfirmed = before.state === 'missing' && now - (before.checkedAt ?? now) >= terms.confirmMs;
  const failing = failingAfter(before, now, isMissing ? isConfirmed : failedFor(before, now, terms));
  if (failing.deadSince !== null) return { ...checked, ...failing, state: 'dead', reason };
  const dueAt = now + (isMissing ? terms.confirmMs : spread(terms.overMs / terms.failures, jitter));
  return { ...checked, ...failing, state: isMissing ? 'missing' : 'failing', reason, dueAt };
}

/** What pages and sites have in common. */
type Failing = Pick<LinkHealth, 'failures' | 'failingSince' | 'deadSince'>;

const fresh: Failing = { failures: 0, failingSince: null, deadSince: null };

function failingAfter(before: Failing, now: number, isDead: boolean) {
  const failingSince = Math.min(before.failingSince ?? now, now);
  return { failures: before.failures + 1, failingSince, deadSince: before.deadSince ?? (isDead ? failingSince : null) };
}

/** True when the failures, with the current one, have lasted long enough to count as dead. */
function failedFor(before: Failing, now: number, { failures, overMs }: CheckTerms): boolean {
  return before.failures + 1 >= failures && now - (before.failingSince ?? now) >= overMs;
}

/** Jitter of ±10 %. */
function spread(ms: number, jitter: number): number {
  return Math.round(ms * (0.9 + jitter / 5));
}

/**
 * State of the circuit breaker of a site whose pages are checked, with the failures in a row on any of its pages; `deadSince`: once all its
 * pages count as dead. Times in milliseconds since the Unix epoch.
 */
export interface HostHealth extends Failing {
  /** No request before this time. Then one request tries: its result closes the breaker or keeps it open for longer. */
  readonly blockedUntil: number;
  readonly reason: string | null;
}

/** So many failures in a row open the breaker. */
export const breakerFailures = 3;
const firstCooldownMs = 10 * 60_000;
const longestCooldownMs = 6 * 60 * 60_000;
/** Upper bound for Retry-After: a larger value comes from a wrong clock. */
export const longestWaitMs = dayMs;

/** Health of a site after a probe of one of its pages, or of its robots.txt. */
export function hostHealthAfter(before: HostHealth, result: ProbeResult, { now, terms, jitter }: Moment): HostHealth {
  const retryAt = now + Math.min(longestWaitMs, 'waitMs' in result ? (result.waitMs ?? 0) : 0);
  if (result.kind === 'busy')
    return { ...before, blockedUntil: Math.max(before.blockedUntil, retryAt), reason: result.reason };
  if (result.kind !== 'failed') return { ...fresh, blockedUntil: 0, reason: null };
  const failing = failingAfter(before, now, failedFor(before, now, terms));
  const cooldown = failing.failures < breakerFailures ? 0 : now + cooldownMs(failing.failures, jitter);
  return { ...failing, blockedUntil: Math.max(retryAt, cooldown), reason: result.reason };
}

/** Doubles with each failure after the breaker opened. The jitter takes off up to a quarter, so that sites that failed together do not retry together. */
function cooldownMs(failures: number, jitter: number): number {
  const full = Math.min(longestCooldownMs, firstCooldownMs * 2 ** Math.min(20, failures - breakerFailures));
  return Math.round(full * (1 - jitter / 4));
}
