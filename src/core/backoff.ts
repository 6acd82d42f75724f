/** Milliseconds to wait before try number `failures + 1`: doubling from `firstMs` to `maxMs`, jittered by half so that failures do not meet again. */
export function backoffMs(failures: number, bounds: { firstMs: number; maxMs: number }): number {
  const full = Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(failures, 30));
  return Math.round(full * (0.5 + Math.random() / 2));
}
