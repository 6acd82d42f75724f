import { patience } from '../../../src/core/patience.ts';
import type { Repeat } from '../../../src/platforms/platform.ts';

/** The proportions of production within seconds: a platform remembers keys for far longer than anybody is stopped. */
export const chaosPatience = {
  ...patience,
  requestMs: 1000,
  sendingLeaseMs: 5000,
  feedLeaseMs: 3000,
  firstLookMs: 100,
  looksMs: [1000, 2000],
  unaskedMs: 500,
  marginMs: 10_000,
  lookAgainMs: 1000,
  catchUpMs: 0,
  withdrawal: { firstMs: 50, maxMs: 200 },
};

export const chaosRepeats: readonly { readonly name: string; readonly kind: Repeat }[] = [
  { name: 'harmless', kind: 'harmless' },
  { name: 'harmless for a time', kind: { harmlessForMs: 30_000 } },
  { name: 'doubling', kind: 'doubles' },
];
