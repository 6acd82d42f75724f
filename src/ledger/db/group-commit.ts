import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { type Batch, runBatch } from './batch.ts';
import type { Executor, Schema } from './schema.ts';

/** Differences between databases. */
export interface CommitRules {
  /** Concurrent transactions. */
  readonly lanes: number;
  /** Maximum transactions per commit: enough to hide the disk's latency, few enough to keep waits short. */
  readonly largestGroup: number;
  /** Transient lock contention (SQLITE_BUSY): the transaction is rolled back and can be retried. */
  readonly isTransient: (error: unknown) => boolean;
  /** Database-level error: retrying the items one by one would fail too. */
  readonly affectsAll: (error: unknown) => boolean;
  /** Transactions wait for it. Left out: for nothing. */
  readonly ready?: () => Promise<unknown> | undefined;
}

/**
 * Group commit: concurrent transactions share one commit and one disk flush. A failing one rolls back only itself: the others of its group
 * run again.
 */
export function openGroupCommit(db: Kysely<Schema>, rules: CommitRules) {
  const { add, settled } = openGroups({ ...rules, turns: 2 }, (work) => db.transaction().execute(work));
  return {
    transactEach: add,
    async transact<T>(this: void, work: (tx: Executor) => Promise<T>): Promise<T> {
      return (await add(alone(work), undefined)) as T;
    },
    /** Resolves when all requested transactions are committed. */
    settled,
  };
}

/** Batched reads: concurrent reads of the same kind become one query (as with DataLoader). */
export function openBatchedReads(db: Executor, rules: CommitRules) {
  return openGroups({ ...rules, turns: 1 }, (work) => work(db)).add;
}

/** Runs the work of a group, for instance in a transaction. */
type Run = (work: (db: Executor) => Promise<void>) => Promise<void>;

/** Runs concurrent items in groups. */
function openGroups(rules: CommitRules & { readonly turns: number }, run: Run) {
  const waiting: Unit[] = [];
  const lanes = new Set<Promise<void>>();
  let busyLanes = 0;

  async function runAll(): Promise<void> {
    while (waiting.length > 0) {
      // Lets callers whose last item has just been done join the group with their next one.
      for (let turn = 0; turn < rules.turns; turn += 1) await new Promise(setImmediate);
      const group = takeGroup(waiting, rules.largestGroup);
      if (group.length > 0) await runGroup(run, group, rules);
    }
    busyLanes -= 1;
  }

  function openLane(): void {
    busyLanes += 1;
    const lane = runAll().finally(() => lanes.delete(lane));
    lanes.add(lane);
  }

  return {
    add<Item, Result>(this: void, batch: Batch<Item, Result>, item: Item): Promise<Result | undefined> {
      return new Promise((done, failed) => {
        waiting.push({ batch, item, done, failed });
        if (busyLanes < rules.lanes) openLane();
      });
    },
    async settled(this: void): Promise<void> {
      await Promise.all(lanes);
    },
  };
}

/** A transaction, or an item of a batch. */
interface Unit {
  readonly batch: Batch<unknown, unknown>;
  readonly item: unknown;
  done(value: unknown): void;
  failed(error: unknown): void;
}

/** Removes the next group from `waiting`, within the maximum of each batch. */
function takeGroup(waiting: Unit[], largest: number): Unit[] {
  const ofKind = new Map<Unit['batch'], number>();
  const group: Unit[] = [];
  const left: Unit[] = [];
  for (const unit of waiting) {
    const count = ofKind.get(unit.batch) ?? 0;
    const fits = group.length < largest && count < (unit.batch.most ?? largest);
    (fits ? group : left).push(unit);
    if (fits) ofKind.set(unit.batch, count + 1);
  }
  waiting.splice(0, waiting.length, ...left);
  return group;
}

/** A batch of one transaction. */
function alone<T>(work: (tx: Executor) => Promise<T>): Batch<undefined, T> {
  return { keyOf: () => '', run: async (tx) => new Map([['', await work(tx)]]) };
}

async function runGroup(run: Run, group: readonly Unit[], rules: CommitRules): Promise<void> {
  let running = false;
  const values = new Map<Unit, unknown>();
  try {
    await retried(rules, () =>
      run(async (db) => {
        running = true;
        for (const [batch, units] of Map.groupBy(group, (unit) => unit.batch)) {
          const items = units.map(({ item }) => item);
          for (const [i, value] of (await runBatch(db, batch, items)).entries()) values.set(units[i]!, value);
        }
        running = false;
      }),
    );
  } catch (error) {
    // One item failed and rolled back the others: run each again on its own. An error of the database or the commit concerns all of them.
    const rerun = group.length > 1 && running && !rules.affectsAll(error);
    if (rerun) for (const unit of group) await runGroup(run, [unit], rules);
    else for (const unit of group) unit.failed(error);
    return;
  }
  for (const unit of group) unit.done(values.get(unit));
}

const timeoutMs = 10_000;
const pauseMs = 50;

/** Waits for the lock without blocking the event loop. */
async function retried(rules: CommitRules, transaction: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    await rules.ready?.();
    try {
      await transaction();
      return;
    } catch (error) {
      if (!rules.isTransient(error) || performance.now() > deadline) throw error;
    }
    // Jitter, so that two processes do not collide again.
    await delay(pauseMs * (0.5 + Math.random()));
  }
}
