import type { App } from '../../src/app.ts';
import type { QueueName } from '../../src/queue/queue.ts';

/** One verb of the bot: takes a key, reads the ledger, works, and writes the next state. Running it twice or late does no harm. */
export interface Worker<Needs = App> {
  readonly queue: QueueName;
  /** Keys worked on at the same time. */
  readonly concurrency: number;
  readonly work: (app: Needs, key: string) => Promise<void>;
}
