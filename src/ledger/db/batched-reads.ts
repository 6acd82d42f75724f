import { type Batch, runBatch } from './batch.ts';
import type { CommitRules } from './group-commit.ts';
import type { Executor } from './schema.ts';

/** How many are asked together, how many such questions are under way at a time, and what is no trouble of one asker alone. */
export type BatchedReadRules = Pick<CommitRules, 'lanes' | 'largestGroup' | 'strikesAll'>;

/** Puts questions that are asked at the same time to the database together. */
export function openBatchedReads(db: Executor, rules: BatchedReadRules) {
  const lines = new Map<unknown, Line>();

  return <Item, Result>(batch: Batch<Item, Result>, item: Item): Promise<Result | undefined> => {
    let line = lines.get(batch) as Line<Item, Result> | undefined;
    if (line === undefined) lines.set(batch, (line = { waiting: [], busy: 0 }));
    return new Promise<Result | undefined>((resolve, reject) => {
      line.waiting.push({ item, resolve, reject });
      if (line.busy < rules.lanes) void readAll(db, batch, line, rules);
    });
  };
}

/** Those who wait for an answer of one kind. */
interface Line<Item = unknown, Result = unknown> {
  readonly waiting: Waiter<Item, Result>[];
  /** Questions under way. */
  busy: number;
}

interface Waiter<Item, Result> {
  readonly item: Item;
  resolve(result: Result | undefined): void;
  reject(error: unknown): void;
}

async function readAll<Item, Result>(
  db: Executor,
  batch: Batch<Item, Result>,
  line: Line<Item, Result>,
  rules: BatchedReadRules,
): Promise<void> {
  line.busy += 1;
  while (line.waiting.length > 0) {
    // At the end of the turn: all who ask in one loop are answered together.
    await new Promise(setImmediate);
    const waiters = line.waiting.splice(0, rules.largestGroup);
    if (waiters.length > 0) await answer(db, batch, waiters, rules);
  }
  line.busy -= 1;
}

async function answer<Item, Result>(
  db: Executor,
  batch: Batch<Item, Result>,
  waiters: readonly Waiter<Item, Result>[],
  rules: BatchedReadRules,
): Promise<void> {
  try {
    const results = await runBatch(
      db,
      batch,
      waiters.map(({ item }) => item),
    );
    for (const [i, waiter] of waiters.entries()) waiter.resolve(results[i]);
  } catch (error) {
    // The row of one cannot be read: all others get theirs.
    const again = waiters.length > 1 && !rules.strikesAll(error);
    if (again) for (const waiter of waiters) await answer(db, batch, [waiter], rules);
    else for (const waiter of waiters) waiter.reject(error);
  }
}
