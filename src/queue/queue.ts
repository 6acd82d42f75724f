/** One queue for each kind of work. The names never change: stores hold them. */
export const queueNames = [
  'poll',
  'resolve',
  'respond',
  'reconcile',
  'withdraw',
  'notify',
  'digest',
  'links',
  'verify',
] as const;

export type QueueName = (typeof queueNames)[number];

/**
 * Wake-ups that carry only a key. A wake-up may be lost with its store, doubled or late without harm, because every handler reads the
 * ledger first and `sweep` enqueues everything that is due.
 */
export interface Queue extends AsyncDisposable {
  /** Its keys reach the handlers of every process, so one process may sweep for all. Left out: only those of its own process. */
  readonly shared?: boolean;
  /**
   * After it returns, a handler for that key starts at least once later, unless the queue's store is lost. Two wake-ups merge only while
   * neither has started. Never throws, and gives up after 1 s.
   */
  enqueue(name: QueueName, key: string): Promise<void>;
  /** `handle` must not throw: its errors are reported and forgotten. Disposing waits for the handlers that run. */
  consume(name: QueueName, options: { concurrency: number }, handle: (key: string) => Promise<void>): AsyncDisposable;
  /**
   * Wake-ups that wait for a handler, in all processes that share the store; those that travel together may count as one. Rejects when
   * the store does not answer within 1 s.
   */
  depths(): Promise<Record<QueueName, number>>;
}

/** A depth for each queue. */
export function depthsOf(depth: (name: QueueName) => number): Record<QueueName, number> {
  return Object.fromEntries(queueNames.map((name) => [name, depth(name)])) as Record<QueueName, number>;
}
