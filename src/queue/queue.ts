/** What a ring asks for: "look at this key". The names never change, they stand in stores. */
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
 * The doorbell. It carries keys, never the truth: a ring may be lost with its store, doubled or late without harm, because every
 * handler reads the ledger first and `sweep` rings for all that is due.
 */
export interface Queue extends AsyncDisposable {
  /** Its rings reach the handlers of every process, so one process may sweep for all. Left out: only those of its own. */
  readonly shared?: boolean;
  /**
   * After it returns, a handler for that key starts at least once later, unless the bell's store is lost. Two rings merge only while
   * neither has started. Never throws, and gives up after 1 s.
   */
  enqueue(name: QueueName, key: string): Promise<void>;
  /** `handle` must not throw: what it throws is reported and forgotten. Disposing waits for the handlers that run. */
  consume(name: QueueName, options: { concurrency: number }, handle: (key: string) => Promise<void>): AsyncDisposable;
  /**
   * Rings that wait for a handler, in all processes that share the store; those that travel together may count as one. Rejects when the
   * store does not say so within 1 s.
   */
  depths(): Promise<Record<QueueName, number>>;
}

/** A depth for each bell. */
export function depthsOf(depth: (name: QueueName) => number): Record<QueueName, number> {
  return Object.fromEntries(queueNames.map((name) => [name, depth(name)])) as Record<QueueName, number>;
}
