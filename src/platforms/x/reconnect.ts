import { dayMs } from '../../core/durations.ts';
import type { Clock } from '../../core/clock.ts';
import { RetryLater } from '../../core/errors.ts';

/** Why a connection failed, or ended before it delivered anything. */
export type Failure = 'network' | 'http' | 'too many';

/** X allows 50 connections in 15 minutes; leave some to other users of the app. */
const maxConnections = 40;
const windowMs = 15 * 60_000;

/**
 * When to reconnect, by X's rules: at once after a working connection; after network errors 250 ms longer each time, up to 16 s; after HTTP
 * errors 5 s, doubling up to 320 s; after 429 a minute, doubling. It also limits the number of connections, because a server that accepts
 * and drops them would be called in a tight loop.
 */
export function openReconnectPolicy(clock: Pick<Clock, 'now'>) {
  let failures = { kind: 'network' as Failure, count: 0 };
  let connections: number[] = [];
  return {
    /** Call it before each connection. Errors: RetryLater if there were too many. */
    countConnection(): void {
      const now = clock.now();
      connections = connections.filter((at) => now - at < windowMs && at <= now);
      const [oldest] = connections;
      if (oldest !== undefined && connections.length >= maxConnections)
        throw new RetryLater('the stream was lost too often', oldest + windowMs - now);
      connections.push(now);
    },
    /** Call it when a connection delivers something. */
    reset(): void {
      failures = { kind: 'network', count: 0 };
    },
    /** Returns the milliseconds to wait. */
    delayAfter(kind: Failure): number {
      failures = { kind, count: failures.kind === kind ? failures.count + 1 : 1 };
      return delayOf(failures);
    },
  };
}

export type ReconnectPolicy = ReturnType<typeof openReconnectPolicy>;

function delayOf({ kind, count }: { kind: Failure; count: number }): number {
  if (kind === 'network') return Math.min(16_000, 250 * count);
  const doubled = 2 ** Math.min(count - 1, 20);
  return kind === 'http' ? Math.min(320_000, 5000 * doubled) : Math.min(dayMs, 60_000 * doubled);
}
