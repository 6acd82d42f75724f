/** What is counted of one address or one name. */
interface Count {
  failures: number;
  /** Nothing is tried before. */
  until: number;
}

/** So many wrong passwords are free; after each further one the wait doubles, up to `longestMs`. */
const free = { address: 5, name: 20 } as const;
type Kind = keyof typeof free;
/** `address 192.0.2.1`. A name has more leave than an address, lest anybody lock its owner out with five guesses. */
type Key = `${Kind} ${string}`;
const shortestMs = 15_000;
const longestMs = 15 * 60_000;
/** What is quiet for so long is forgotten. */
const forgetMs = 60 * 60_000;
const mostCounted = 10_000;

/** Slows guessing down, by address and by name. It is kept in memory: a restart costs a guesser more than it gives. */
export function openAttempts(now: () => number) {
  const counts = new Map<string, Count>();

  function forget(): void {
    for (const [key, { until }] of counts) if (until + forgetMs < now()) counts.delete(key);
    // A flood of names pushes out the oldest, never those that are being guessed at.
    for (const key of counts.keys()) {
      if (counts.size < mostCounted) break;
      counts.delete(key);
    }
  }

  return {
    /** How long it must wait, in milliseconds; 0: it may try. */
    waitMs: (...keys: readonly Key[]): number =>
      Math.max(0, ...keys.map((key) => (counts.get(key)?.until ?? 0) - now())),
    /** Counted before the password is looked at, so that many at a time are counted as well. */
    begin(...keys: readonly Key[]): void {
      for (const key of keys) {
        const failures = (counts.get(key)?.failures ?? 0) + 1;
        const over = failures - free[key.startsWith('name ') ? 'name' : 'address'];
        const wait = over < 0 ? 0 : Math.min(longestMs, shortestMs * 2 ** over);
        counts.delete(key);
        if (counts.size >= mostCounted) forget();
        counts.set(key, { failures, until: now() + wait });
      }
    },
    /** It was right. */
    clear(...keys: readonly Key[]): void {
      for (const key of keys) counts.delete(key);
    },
  };
}
