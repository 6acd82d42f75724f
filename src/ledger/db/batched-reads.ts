import { type Batch, runBatch } from './batch.ts';
import type { CommitRules } from './group-commit.ts';
import type { Executor } from './schema.ts';

/** Maximum batch size, concurrent batches, and errors that concern the whole batch. */
export type BatchedReadRules = Pick<CommitRules, 'lanes' | 'largestGroup' | 'affectsAll'>;

/** Batched reads: concurrent reads of the same kind become one query (as with DataLoader). */
export function openBatchedReads(db: Executor, rules: BatchedReadRules) {
  const lines = new Map<unknown, ReadQueue>();

  return <Item, Result>(batch: Batch<Item, Result>, item: Item): Promise<Result | undefined> => {
    let line = lines.get(batch) as ReadQueue<Item, Result> | undefined;
    if (line === undefined) lines.set(batch, (line = { waiting: [], busy: 0 }));
    return new Promise<Result | undefined>((resolve, reject) => {
      line.waiting.push({ item, resolve, reject });
      if (line.busy < rules.lanes) void readAll(db, batch, line, rules);
    });
  };
}

/** Callers that wait for results of one kind. */
interface ReadQueue<Item = unknown, Result = unknown> {
  readonly waiting: Caller<Item, Result>[];
  /** Queries in flight. */
  busy: number;
}

interface Caller<Item, Result> {
  readonly item: Item;
  resolve(result: Result | undefined): void;
  reject(error: unknown): void;
}

async function readAll<Item, Result>(
  db: Executor,
  batch: Batch<Item, Result>,
  line: ReadQueue<Item, Result>,
  rules: BatchedReadRules,
): Promise<void> {
  line.busy += 1;
  while (line.waiting.length > 0) {
    // At the end of the turn: callers of one loop share a query.
    await new Promise(setImmediate);
    const callers = line.waiting.splice(0, rules.largestGroup);
    if (callers.length > 0) await answer(db, batch, callers, rules);
  }
  line.busy -= 1;
}

async function answer<Item, Result>(
  db: Executor,
  batch: Batch<Item, Result>,
  callers: readonly Caller<Item, Result>[],
  rules: BatchedReadRules,
): Promise<void> {
  try {
    const results = await runBatch(
      db,
      batch,
      callers.map(({ item }) => item),
    );
    for (const [i, caller] of callers.entries()) caller.resolve(results[i]);
  } catch (error) {
    // One row is unreadable: retry one by one, so that the others get theirs.
    const again = callers.length > 1 && !rules.affectsAll(error);
    if (again) for (const caller of callers) await answer(db, batch, [caller], rules);
    else for (const caller of callers) caller.reject(error);
  }
}
