import type { Executor } from './schema.ts';

/**
 * A question or a step of work that many callers come with at the same time, put to the database for all of them at once: what costs
 * is the way to it, and the statement, rather than the row.
 */
export interface Batch<Item, Result> {
  keyOf(this: void, item: Item): string;
  /** How many of them may be written in one transaction, should it not be as many as possible. */
  readonly most?: number;
  /** One result for each item, by key. No two items have the same key. */
  run(this: void, db: Executor, items: readonly Item[]): Promise<ReadonlyMap<string, Result>>;
}

/** A result for each item, in order. Items of one key run one after the other, as they came. */
export async function runBatch<Item, Result>(
  db: Executor,
  { keyOf, run }: Batch<Item, Result>,
  items: readonly Item[],
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = [];
  let rest = [...items.entries()];
  while (rest.length > 0) {
    const round = new Map<string, number>();
    for (const [at, item] of rest) if (!round.has(keyOf(item))) round.set(keyOf(item), at);
    // In one order everywhere, so that no two processes wait for each other's rows.
    const keys = [...round.keys()].toSorted();
    const found = await run(
      db,
      keys.map((key) => items[round.get(key)!]!),
    );
    for (const [key, at] of round) results[at] = found.get(key);
    rest = rest.filter(([at, item]) => round.get(keyOf(item)) !== at);
  }
  return results;
}
