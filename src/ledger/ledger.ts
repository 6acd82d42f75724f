import type { Kysely } from 'kysely';
import type { Batch } from './db/batch.ts';
import type { Executor, Schema } from './db/schema.ts';

/** Read access to a ledger, beside the processes that work on it. */
export interface LedgerReader extends AsyncDisposable {
  /** Location, for people. */
  readonly place: string;
  /** Several processes on several hosts may work on it at the same time. */
  readonly shared: boolean;
  /** For reads; sees only committed data. */
  readonly db: Kysely<Schema>;
  /** The time for leases and due times: the database's where the ledger is shared. */
  now(): Promise<number>;
}

/** The source of truth: posts, verdicts, replies, cursors. Everything that must not be lost or done twice is a row here. */
export interface Ledger extends LedgerReader {
  /**
   * Runs `work` in one writing transaction and resolves once it is durable. `work` awaits nothing but SQL on `tx`, and may run again
   * after a rollback. Its error rolls back its own writes only. Concurrent calls may be committed together. If the connection breaks
   * during the commit, it rejects although the work may be done.
   */
  transact<T>(work: (tx: Executor) => Promise<T>): Promise<T>;
  /** Like `transact`, but runs concurrent items as one batch. Undefined: no result for this item. */
  transactEach<Item, Result>(batch: Batch<Item, Result>, item: Item): Promise<Result | undefined>;
  /** Batched reads (as with DataLoader). */
  load<Item, Result>(batch: Batch<Item, Result>, item: Item): Promise<Result | undefined>;
  /**
   * Erases the bytes of purged rows from the database's own files, as far as the database permits: docs/privacy.md. False: another process
   * reads a state from before, so some may still be there. Writes wait for it.
   */
  erase(): Promise<boolean>;
  /**
   * What happened to the files of an embedded ledger at its path, if they are no longer those that are open: another bot may work there now,
   * so this process must send nothing more. Looked at once in a turn of the event loop. Always undefined where the ledger is shared.
   */
  displaced(): string | undefined;
  /** True when another process has written since the last call. Always false where the ledger is shared: others write all the time. */
  changedOutside(): Promise<boolean>;
}
