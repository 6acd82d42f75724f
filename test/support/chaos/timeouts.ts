import { timeouts } from '../../../src/core/timeouts.ts';
import type { Repeat } from '../../../src/platforms/platform.ts';

/** The proportions of production, compressed to seconds: a platform remembers keys for far longer than any process is stopped. */
export const chaosTimeouts = {
  ...timeouts,
  requestMs: 1000,
  sendingLeaseMs: 5000,
  feedLeaseMs: 3000,
  firstLookupMs: 100,
  lookupDelaysMs: [1000, 2000],
  unreachableRetryMs: 500,
  marginMs: 10_000,
  recheckMs: 1000,
  catchUpMs: 0,
  betweenNoticesMs: 0,
  withdrawal: { firstMs: 50, maxMs: 200 },
};

export const chaosRepeats: readonly { readonly name: string; readonly kind: Repeat }[] = [
  { name: 'harmless', kind: 'harmless' },
  { name: 'harmless for a time', kind: { harmlessForMs: 30_000 } },
  { name: 'doubling', kind: 'doubles' },
];
