import { BoundedMap } from '../core/async.ts';

/** The failures of one address or one name. */
interface Count {
  failures: number;
  /** Attempts before this time are refused. */
  until: number;
}

/** Wrong passwords without a wait; each further one doubles the wait, up to `longestMs`. */
const free = { address: 5, name: 20 } as const;
type Kind = keyof typeof free;
/**
 * For example `address 192.0.2.1`. A name has more free attempts, so that five guesses do not lock its owner out. A browser that the person
 * has used counts for itself, as an address does.
 */
type Key = `${Kind | 'device'} ${string}`;
const shortestMs = 15_000;
const longestMs = 15 * 60_000;
const maxCounts = 10_000;

/** Rate-limits password guessing by address and by name, in memory. */
export function openAttempts(now: () => number) {
  // A flood of names evicts the oldest counts; those under attack are recent.
  const counts = new BoundedMap<string, Count>(maxCounts);
  return {
    /** The remaining wait in milliseconds; 0: the attempt is allowed. */
    waitMs: (...keys: readonly Key[]): number =>
      Math.max(0, ...keys.map((key) => (counts.get(key)?.until ?? 0) - now())),
    /** Counts an attempt before its password is checked, so that concurrent attempts count too. */
    begin(...keys: readonly Key[]): void {
      for (const key of keys) {
        const failures = (counts.get(key)?.failures ?? 0) + 1;
        const over = failures - free[key.startsWith('name ') ? 'name' : 'address'];
        const wait = over < 0 ? 0 : Math.min(longestMs, shortestMs * 2 ** over);
        counts.set(key, { failures, until: now() + wait });
      }
    },
    /** Forgets the failures after a correct password. */
    clear(...keys: readonly Key[]): void {
      for (const key of keys) counts.delete(key);
    },
  };
}
