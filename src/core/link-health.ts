/** What a look at a page came to. */
export type ProbeResult =
  | { readonly kind: 'alive' }
  /** It is not there: 404, 410, or a redirect to some other page. */
  | { readonly kind: 'not-found'; readonly reason: string }
  /** No answer, or one that tells of a fault of the site: 5xx, a time-out, redirects in a circle. `waitMs`: it asks for that much patience. */
  | { readonly kind: 'failed'; readonly reason: string; readonly waitMs?: number }
  /** The site answers, but not us (401, 403, robots.txt): that says nothing about the page. */
  | { readonly kind: 'unclear'; readonly reason: string }
  /** The site does not take HEAD. */
  | { readonly kind: 'refuses-head' }
  /** The site asks to be left alone for a while (429). */
  | { readonly kind: 'busy'; readonly reason: string; readonly waitMs: number };

/**
 * new: nobody has looked yet. missing: was not there at the last look, a second one decides. failing: the site had a fault at the last
 * looks. unclear: we are not let in. dead: gone, see `deadSince`.
 */
export const linkStates = ['new', 'alive', 'missing', 'failing', 'unclear', 'dead'] as const;
export type LinkState = (typeof linkStates)[number];

/** What is known of a page that replies lead to. Times in milliseconds since the Unix epoch. */
export interface LinkHealth {
  readonly state: LinkState;
  /** When it is next to be looked at. */
  readonly dueAt: number;
  readonly checkedAt: number | null;
  /** Looks in a row at which it was not there, or its site had a fault. */
  readonly failures: number;
  /** The first of them. */
  readonly failingSince: number | null;
  /** That time, once it counts as gone. */
  readonly deadSince: number | null;
  /** What the last look found, where it was not alive. */
  readonly reason: string | null;
}

export interface CheckTerms {
  /** Between one look at a page and the next, while nothing is wrong with it or it is gone. */
  readonly everyMs: number;
  /** What was not found is looked for a second time after this, before it counts as gone. */
  readonly confirmMs: number;
  /** A site's faults mean that the page is gone after so many in a row … */
  readonly failures: number;
  /** … over at least so long. */
  readonly overMs: number;
}

/** What is known after a look. `jitter` in [0, 1) spreads the next looks, so that what was first seen together is not always looked at together. */
export function healthAfter(
  before: LinkHealth,
  result: ProbeResult,
  { now, terms, jitter }: { readonly now: number; readonly terms: CheckTerms; readonly jitter: number },
): LinkHealth {
  const usual = now + spread(terms.everyMs, jitter);
  switch (result.kind) {
    case 'alive':
      return { ...fresh, state: 'alive', checkedAt: now, dueAt: usual, reason: null };
    case 'unclear':
      if (before.state === 'dead') return { ...before, checkedAt: now, dueAt: usual, reason: result.reason };
      return { ...fresh, state: 'unclear', checkedAt: now, dueAt: usual, reason: result.reason };
    case 'refuses-head':
      return { ...before, dueAt: now };
    // The site's matter: this page is as due as it was.
    case 'busy':
      return before;
    case 'not-found':
    case 'failed':
      break;
  }
  const failures = before.failures + 1;
  const failingSince = Math.min(before.failingSince ?? now, now);
  const failing = { failures, failingSince, checkedAt: now, reason: result.reason };
  const deadSince = before.deadSince ?? (isGone(before, result, { now, terms }) ? failingSince : null);
  if (deadSince !== null) return { ...failing, state: 'dead', deadSince, dueAt: usual };
  if (result.kind === 'not-found') return { ...failing, state: 'missing', deadSince, dueAt: now + terms.confirmMs };
  return { ...failing, state: 'failing', deadSince, dueAt: now + spread(terms.overMs / terms.failures, jitter) };
}

const fresh = { failures: 0, failingSince: null, deadSince: null } as const;

function isGone(before: LinkHealth, result: ProbeResult, { now, terms }: { now: number; terms: CheckTerms }): boolean {
  if (result.kind === 'not-found')
    return before.state === 'missing' && now - (before.checkedAt ?? now) >= terms.confirmMs;
  return failedFor(before, now, terms);
}

/** Whether faults have lasted long enough, with that of now, to mean that nothing is there any more. */
export function failedFor(
  before: { readonly failures: number; readonly failingSince: number | null },
  now: number,
  { failures, overMs }: Pick<CheckTerms, 'failures' | 'overMs'>,
): boolean {
  return before.failures + 1 >= failures && now - (before.failingSince ?? now) >= overMs;
}

/** A tenth more or less. */
function spread(ms: number, jitter: number): number {
  return Math.round(ms * (0.9 + jitter / 5));
}
