import type { Kysely } from 'kysely';
import type { Executor, Schema } from './schema.ts';

/** Enough to hide the disk's latency, short enough that nobody waits for the others' work. */
const largestGroup = 128;

/**
 * Commits transactions that are asked for at the same time together: one disk flush for all of them. A failing one undoes only
 * itself: the others of its group are then run again.
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
  try {
    await db.transaction().execute(async (tx) => {
      for (const unit of group) await unit.run(tx);
    });
  } catch (error) {
    const [only, ...others] = group;
    if (others.length === 0) only?.failed(error);
    // One failed and undid the others' work with its own: each once more by itself.
    else for (const unit of group) await commit(db, [unit]);
    return;
  }
  for (const unit of group) unit.done();
}
