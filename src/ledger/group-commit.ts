import { type Kysely, sql } from 'kysely';
import type { Executor, Schema } from './schema.ts';

/** Enough to hide the disk's latency, short enough that nobody waits for the others' work. */
const largestGroup = 128;

/**
 * Commits transactions that are asked for at the same time together: one disk flush for all of them.
 * Each works in a savepoint of its own, so a failing one undoes only itself.
 */
export function openGroupCommit(db: Kysely<Schema>) {
  let waiting: Unit[] = [];
  let committing: Promise<void> | undefined;

  async function commitAll(): Promise<void> {
    // Let everyone who is about to ask in this turn of the event loop join the group.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const group = waiting.slice(0, largestGroup);
      waiting = waiting.slice(largestGroup);
      await commit(db, group);
    }
    committing = undefined;
  }

  return {
    transact<T>(work: (tx: Executor) => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        let value: T;
        waiting.push({
          run: async (tx) => {
            value = await work(tx);
          },
          done: () => resolve(value),
          failed: reject,
        });
        committing ??= commitAll();
      });
    },
    /** Resolves when all that was asked for is committed. */
    async settled(): Promise<void> {
      await committing;
    },
  };
}

interface Unit {
  run(tx: Executor): Promise<void>;
  done(): void;
  failed(error: unknown): void;
}

async function commit(db: Kysely<Schema>, group: readonly Unit[]): Promise<void> {
  const finished: Unit[] = [];
  try {
    await db.transaction().execute(async (tx) => {
      for (const unit of group) {
        // oxlint-disable-next-line no-await-in-loop -- one connection, one order
        if (await runInSavepoint(tx, unit)) finished.push(unit);
      }
    });
  } catch (error) {
    for (const unit of finished) unit.failed(error);
    for (const unit of group) if (!finished.includes(unit)) unit.failed(error);
    return;
  }
  for (const unit of finished) unit.done();
}

async function runInSavepoint(tx: Executor, unit: Unit): Promise<boolean> {
  await sql`savepoint unit`.execute(tx);
  try {
    await unit.run(tx);
  } catch (error) {
    await sql`rollback to unit`.execute(tx);
    await sql`release unit`.execute(tx);
    unit.failed(error);
    return false;
  }
  await sql`release unit`.execute(tx);
  return true;
}
