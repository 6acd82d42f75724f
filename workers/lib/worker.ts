import type { App } from '../../src/app.ts';
import type { QueueName } from '../../src/queue/queue.ts';

/** One verb of the bot. It is told a key, reads the ledger, works, and writes the next state. Calling it twice or late does no harm. */
export interface Worker {
  readonly queue: QueueName;
  /** How many keys at once. */
  readonly concurrency: number;
  readonly work: (app: App, key: string) => Promise<void>;
}
