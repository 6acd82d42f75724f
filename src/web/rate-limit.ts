import { BoundedMap } from '../core/async.ts';

export type RateLimit = ReturnType<typeof openRateLimit>;

const maxBuckets = 10_000;

/** A token bucket per client, in memory: `burst` requests at once, then one each `refillMs` milliseconds. `now`: milliseconds. */
export function openRateLimit({ burst, refillMs }: { burst: number; refillMs: number }, now = () => performance.now()) {
  // A flood of clients evicts the one that was silent for longest.
  const buckets = new BoundedMap<string, { tokens: number; at: number }>(maxBuckets);
  return {
    burst,
    /** Takes `count` tokens: 0. Without so many it takes none: the wait for them in milliseconds. */
    take(client: string, count = 1): number {
      const { tokens, at } = buckets.get(client) ?? { tokens: burst, at: now() };
      const current = Math.min(burst, tokens + (now() - at) / refillMs);
      const isAllowed = current >= count;
      buckets.set(client, { tokens: isAllowed ? current - count : current, at: now() });
      return isAllowed ? 0 : Math.ceil((count - current) * refillMs);
    },
  };
}
