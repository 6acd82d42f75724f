/** Since when X counts the time in its ids. */
const epochMs = 1_288_834_974_657n;

/** The smallest id that a post made at this time may have. */
export function idAt(timeMs: number): string {
  const since = BigInt(Math.trunc(timeMs)) - epochMs;
  return String(since <= 0n ? 1n : since << 22n);
}

/** When the post with this id was made. */
export function timeOf(id: string): number {
  return Number((BigInt(id) >> 22n) + epochMs);
}

/** Ids have more digits than a number holds. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}
