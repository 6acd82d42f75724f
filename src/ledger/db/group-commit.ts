import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { type Batch, runBatch } from './batch.ts';
import type { Executor, Schema } from './schema.ts';

/** What differs between databases. */
export interface CommitRules {
  /** Groups that are committed side by side. */
  readonly lanes: number;
  /** Enough to hide the disk's latency, short enough that nobody waits for the others' work. */
  readonly largestGroup: number;
  /** Another process stands in the way and will be gone in a moment. Nothing of the transaction is written. */
  readonly passes: (error: unknown) => boolean;
  /** Trouble of the database, not of the work of one: nobody in the group is better off by himself. */
  readonly strikesAll: (error: unknown) => boolean;
}

/**
 * Commits transactions that are asked for at the same time together: one disk flush for all of them. A failing one undoes only
 * itself: the others of its group are then run again.
 */
export function openGroupCommit(db: Kysely<Schema>, rules: CommitRules) {
  const waiting: Unit[] = [];
  const lanes = new Set<Promise<void>>();
  let busyLanes = 0;

  async function commitAll(): Promise<void> {
    while (waiting.length > 0) {
      // Let those whose last transaction was just committed, and who are about to ask again, join the group.
      for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate);
      const group = takeGroup(waiting, rules.largestGroup);
      if (group.length > 0) await commit(db, group, rules);
    }
    busyLanes -= 1;
  }

  function openLane(): void {
    busyLanes += 1;
    const lane = commitAll().finally(() => lanes.delete(lane));
    lanes.add(lane);
  }

  function transactEach<Item, Result>(batch: Batch<Item, Result>, item: Item): Promise<Result | undefined> {
    return new Promise((done, failed) => {
      waiting.push({ batch, item, done, failed });
      if (busyLanes < rules.lanes) openLane();
    });
  }

  return {
    transactEach,
    async transact<T>(work: (tx: Executor) => Promise<T>): Promise<T> {
      return (await transactEach(alone(work), undefined)) as T;
    },
    /** Resolves when all that was asked for is committed. */
    async settled(): Promise<void> {
      await Promise.all(lanes);
    },
  };
}

/** Somebody's work, or part in the work of many. */
interface Unit {
  readonly batch: Batch<unknown, unknown>;
  readonly item: unknown;
  done(value: unknown): void;
  failed(error: unknown): void;
}

/** Takes the next ones out of those that wait, with no more of a kind than may be written together. */
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

/** Work that is like no other's. */
function alone<T>(work: (tx: Executor) => Promise<T>): Batch<undefined, T> {
  return { keyOf: () => '', run: async (tx) => new Map([['', await work(tx)]]) };
}

async function commit(db: Kysely<Schema>, group: readonly Unit[], rules: CommitRules): Promise<void> {
  let running = false;
  const values = new Map<Unit, unknown>();
  try {
    await begun(rules, () =>
      db.transaction().execute(async (tx) => {
        running = true;
        for (const [batch, units] of Map.groupBy(group, (unit) => unit.batch)) {
          const items = units.map(({ item }) => item);
          for (const [i, value] of (await runBatch(tx, batch, items)).entries()) values.set(units[i]!, value);
        }
        running = false;
      }),
    );
  } catch (error) {
    // The work of one was wrong and undid that of the others: each once more by itself. The database or the commit: all fail alike.
    const rerun = group.length > 1 && running && !rules.strikesAll(error);
    if (rerun) for (const unit of group) await commit(db, [unit], rules);
    else for (const unit of group) unit.failed(error);
    return;
  }
  for (const unit of group) unit.done(values.get(unit));
}

const timeoutMs = 10_000;
const pauseMs = 50;

/** Who stands in the way is waited for without standing in the event loop's way. */
async function begun(rules: CommitRules, transaction: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await transaction();
      return;
    } catch (error) {
      if (!rules.passes(error) || performance.now() > deadline) throw error;
    }
    // Not two that met each other in step.
    await delay(pauseMs * (0.5 + Math.random()));
  }
}
