import { type Batch, runBatch } from './batch.ts';
import type { CommitRules } from './group-commit.ts';
import type { Executor } from './schema.ts';

/** How many are asked together, how many such questions are under way at a time, and what is no trouble of one asker alone. */
export type AskingRules = Pick<CommitRules, 'lanes' | 'largestGroup' | 'strikesAll'>;

/** Puts questions that are asked at the same time to the database together. */
export function openAsking(db: Executor, rules: AskingRules) {
  const lines = new Map<unknown, Line>();

  return <Item, Result>(batch: Batch<Item, Result>, item: Item): Promise<Result | undefined> => {
    let line = lines.get(batch) as Line<Item, Result> | undefined;
    if (line === undefined) lines.set(batch, (line = { waiting: [], busy: 0 }));
    return new Promise<Result | undefined>((resolve, reject) => {
      line.waiting.push({ item, resolve, reject });
      if (line.busy < rules.lanes) void answerAll(db, batch, line, rules);
    });
  };
}

/** Those who wait for an answer of one kind. */
interface Line<Item = unknown, Result = unknown> {
  readonly waiting: Asker<Item, Result>[];
  /** Questions under way. */
  busy: number;
}

interface Asker<Item, Result> {
  readonly item: Item;
  resolve(result: Result | undefined): void;
  reject(error: unknown): void;
}

async function answerAll<Item, Result>(
  db: Executor,
  batch: Batch<Item, Result>,
  line: Line<Item, Result>,
  rules: AskingRules,
): Promise<void> {
  line.busy += 1;
  while (line.waiting.length > 0) {
    // At the end of the turn: all who ask in one loop are answered together.
    await new Promise(setImmediate);
    const askers = line.waiting.splice(0, rules.largestGroup);
    if (askers.length > 0) await answer(db, batch, askers, rules);
  }
  line.busy -= 1;
}

async function answer<Item, Result>(
  db: Executor,
  batch: Batch<Item, Result>,
  askers: readonly Asker<Item, Result>[],
  rules: AskingRules,
): Promise<void> {
  try {
    const results = await runBatch(
      db,
      batch,
      askers.map(({ item }) => item),
    );
    for (const [i, asker] of askers.entries()) asker.resolve(results[i]);
  } catch (error) {
    // The row of one cannot be read: all others get theirs.
    const again = askers.length > 1 && !rules.strikesAll(error);
    if (again) for (const asker of askers) await answer(db, batch, [asker], rules);
    else for (const asker of askers) asker.reject(error);
  }
}
