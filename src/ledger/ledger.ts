import type { Kysely } from 'kysely';
import type { Batch } from './db/batch.ts';
import type { Executor, Schema } from './db/schema.ts';

/** A look into a ledger, beside whoever works on it. */
export interface LedgerReader extends AsyncDisposable {
  /** Where it is, for people. */
  readonly place: string;
  /** Several processes, on several hosts, may work on it at the same time. */
  readonly shared: boolean;
  /** For reads; sees only what is committed. */
  readonly db: Kysely<Schema>;
  /** The time by which leases and due times are judged: the database's where it is shared. */
  now(): Promise<number>;
}

/** The truth: posts, verdicts, replies, cursors. Everything that must not be lost or done twice is a row here. */
export interface Ledger extends LedgerReader {
  /**
   * Runs `work` in one writing transaction and resolves once it is durable. `work` awaits nothing but SQL on `tx`,
   * and may be run a second time after an undone first. Its error undoes what it wrote, and that alone. Concurrent calls may be
   * committed together. Where the connection is lost while it commits, it rejects although the work may be done.
   */
  transact<T>(work: (tx: Executor) => Promise<T>): Promise<T>;
  /** Like `transact`, for work that is done for many in one go; what is asked for at the same time is. Undefined: no result for this item. */
  transactEach<Item, Result>(batch: Batch<Item, Result>, item: Item): Promise<Result | undefined>;
  /** Reads like that. */
  load<Item, Result>(batch: Batch<Item, Result>, item: Item): Promise<Result | undefined>;
  /** True when another process has written since the last call. Always false where it is shared: there others write all the time. */
  changedOutside(): Promise<boolean>;
}
