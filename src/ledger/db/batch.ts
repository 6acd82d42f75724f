import type { Executor } from './schema.ts';

/**
 * A query or write that many callers need at the same time, run for all of them at once: current trips and statements cost more than rows.
 */
export interface Batch<Item, Result> {
  keyOf(this: void, item: Item): string;
  /** Maximum items per transaction. Left out: as many as possible. */
  readonly most?: number;
  /** Results by key. No two items have the same key. */
  run(this: void, db: Executor, items: readonly Item[]): Promise<ReadonlyMap<string, Result>>;
}

/** A result for each item, in order. Items with the same key run one after the other, in their order. */
export async function runBatch<Item, Result>(
  db: Executor,
  { keyOf, run }: Batch<Item, Result>,
  items: readonly Item[],
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = [];
  let rest = [...items.entries()];
  while (rest.length > 0) {
    const current = new Map<string, number>();
    for (const [at, item] of rest) if (!current.has(keyOf(item))) current.set(keyOf(item), at);
    // Sorted, so that no two processes deadlock on each other's rows.
    const keys = [...current.keys()].toSorted();
    const found = await run(
      db,
      keys.map((key) => items[current.get(key)!]!),
    );
    for (const [key, at] of current) results[at] = found.get(key);
    rest = rest.filter(([at, item]) => current.get(keyOf(item)) !== at);
  }
  return results;
}
