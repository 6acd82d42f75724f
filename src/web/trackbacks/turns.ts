/** So many within a minute from one address. A proxy before the page is one address, so it is no small number. */
const most = 60;
const windowMs = 60_000;
const mostCounted = 10_000;

/** Counts by address, in memory: what the ledger bounds is the queue. */
export function openTurns(now: () => number) {
  const counts = new Map<string, { since: number; taken: number }>();
  return {
    /** False: it must wait. */
    take(address: string): boolean {
      const count = counts.get(address);
      if (count !== undefined && now() - count.since < windowMs) return ++count.taken <= most;
      counts.delete(address);
      // A flood of addresses pushes out the oldest.
      for (const oldest of counts.keys()) {
        if (counts.size < mostCounted) break;
        counts.delete(oldest);
      }
      counts.set(address, { since: now(), taken: 1 });
      return true;
    },
  };
}
