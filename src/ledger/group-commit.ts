import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Executor, Schema } from './schema.ts';

/** Enough to hide the disk's latency, short enough that nobody waits for the others' work. */
const largestGroup = 512;

/**
 * Commits transactions that are asked for at the same time together: one disk flush for all of them. A failing one undoes only
 * itself: the others of its group are then run again.
 */
export function openGroupCommit(db: Kysely<Schema>) {
  let waiting: Unit[] = [];
  let committing: Promise<void> | undefined;

  async function commitAll(): Promise<void> {
    while (waiting.length > 0) {
      // Let those whose last transaction was just committed, and who are about to ask again, join the group.
      for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate);
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
  let running: Unit | undefined;
  try {
    await begun(() =>
      db.transaction().execute(async (tx) => {
        for (const unit of group) {
          running = unit;
          await unit.run(tx);
        }
        running = undefined;
      }),
    );
  } catch (error) {
    // The work of one was wrong and undid that of the others: each once more by itself. The disk or the file: all fail alike.
    const rerun = group.length > 1 && running !== undefined && !isTroubleOfTheFile(error);
    if (rerun) for (const unit of group) await commit(db, [unit]);
    else for (const unit of group) unit.failed(error);
    return;
  }
  for (const unit of group) unit.done();
}

const busyPatienceMs = 10_000;
const busyPauseMs = 50;

/** Another process may be writing: that is waited for without standing in the event loop's way. */
async function begun(transaction: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + busyPatienceMs;
  for (;;) {
    try {
      await transaction();
      return;
    } catch (error) {
      if (resultCode(error) !== busy || performance.now() > deadline) throw error;
    }
    await delay(busyPauseMs);
  }
}

// Result codes of SQLite: busy, locked, read-only, input/output error, corrupt, full, cannot open, no database.
const busy = 5;
const troubles = new Set([busy, 6, 8, 10, 11, 13, 14, 26]);

function isTroubleOfTheFile(error: unknown): boolean {
  return troubles.has(resultCode(error));
}

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}
