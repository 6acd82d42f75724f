/** One queue for each kind of work. The names never change: stores hold them. */
export const queueNames = [
  'poll',
  'resolve',
  'respond',
  'replace',
  'reconcile',
  'withdraw',
  'notify',
  'digest',
  'links',
  'verify',
] as const;

export type QueueName = (typeof queueNames)[number];

/** Wake-ups that carry a key. One may be lost, doubled or late: every handler reads the ledger first, and `sweep` enqueues all that is due. */
export interface Queue extends AsyncDisposable {
  /** Its keys reach the handlers of every process now, so one process may sweep for all. Otherwise only those of its own process. */
  readonly shared?: boolean;
  /**
   * After it returns, a handler for that key starts at least once later, unless the queue's store is lost. Two wake-ups merge only while
   * neither has started. Never throws, and gives up after about 1 s.
   */
  enqueue(name: QueueName, key: string): Promise<void>;
  /** For a key that stays due: wakes the handlers of this process, unless the store still brings them keys of this queue. Left out: `enqueue` does that. */
  enqueueHere?(name: QueueName, key: string): Promise<void>;
  /** `handle` must not throw: its errors are reported and forgotten. Disposing waits for the handlers that run. */
  consume(name: QueueName, options: { concurrency: number }, handle: (key: string) => Promise<void>): AsyncDisposable;
  /** Wake-ups that wait in all processes of the store; those that travel together may count as one. Rejects without an answer within 1 s. */
  depths(): Promise<Record<QueueName, number>>;
}

/** A value for each queue. */
export function byQueue<T>(make: (name: QueueName) => T): Record<QueueName, T> {
  return Object.fromEntries(queueNames.map((name) => [name, make(name)])) as Record<QueueName, T>;
}
