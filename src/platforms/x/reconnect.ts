import type { Clock } from '../../core/clock.ts';
import { RetryLater } from '../../core/errors.ts';

/** How a connection could not be made, or was lost before it brought anything. */
export type Failure = 'network' | 'http' | 'too many';

/** X takes 50 connections a quarter of an hour; some are left for others who use the app. */
const mostConnections = 40;
const windowMs = 15 * 60_000;

/**
 * When to connect again, as X asks: at once after a connection that worked; after network errors 250 ms more each time, up to 16 s; after
 * HTTP errors 5 s, doubling to 320 s; after 429 a minute, doubling. Connections are counted as well: a server that takes them only to drop
 * them would be called again and again.
 */
export function openDiscipline(clock: Pick<Clock, 'now'>) {
  let failures = { kind: 'network' as Failure, count: 0 };
  let connections: number[] = [];
  return {
    /** To be called before each connection. Errors: RetryLater where there were too many. */
    connecting(): void {
      const now = clock.now();
      connections = connections.filter((at) => now - at < windowMs && at <= now);
      const [oldest] = connections;
      if (oldest !== undefined && connections.length >= mostConnections)
        throw new RetryLater('the stream was lost too often', oldest + windowMs - now);
      connections.push(now);
    },
    /** It brings something. */
    works(): void {
      failures = { kind: 'network', count: 0 };
    },
    /** Milliseconds to wait. */
    failed(kind: Failure): number {
      failures = { kind, count: failures.kind === kind ? failures.count + 1 : 1 };
      return delayOf(failures);
    },
  };
}

export type Discipline = ReturnType<typeof openDiscipline>;

function delayOf({ kind, count }: { kind: Failure; count: number }): number {
  if (kind === 'network') return Math.min(16_000, 250 * count);
  const doubled = 2 ** Math.min(count - 1, 20);
  return kind === 'http' ? Math.min(320_000, 5000 * doubled) : Math.min(24 * 3_600_000, 60_000 * doubled);
}
