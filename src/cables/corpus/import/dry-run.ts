import type { ReferenceId } from '../../../core/cable.ts';
import type { ImportOptions } from './import-corpus.ts';
import { inputOf, sizesOf } from './part.ts';
import { openPool, preparedInOrder } from './prepare-pool.ts';
import { readSource, type Reject } from '../sources.ts';

/** The result of a dry run. */
export interface DryRunResult {
  readonly read: number;
  /** Distinct cables among them. */
  readonly cables: number;
  readonly rejects: readonly Reject[];
}

/** Reads everything as an import does, but writes nothing. Errors: as for an import. */
export async function dryRunImport(
  target: string,
  paths: readonly string[],
  { format, signal, progress }: ImportOptions,
): Promise<DryRunResult> {
  const order = await inputOf(paths, format, target);
  const all = sizesOf(order, order.paths.length);
  const ids = new Set<ReferenceId>();
  const rejects: Reject[] = [];
  let read = 0;
  await using pool = openPool();
  for (const [index, { path }] of order.paths.entries()) {
    for await (const ready of preparedInOrder(readSource(path, { signal, ...(format && { format }) }), pool)) {
      if ('reject' in ready) {
        rejects.push(ready.reject);
        continue;
      }
      const { item, prepared } = ready;
      read += prepared.cables.length;
      for (const { id } of prepared.cables) ids.add(id);
      rejects.push(...prepared.rejects);
      progress?.({ bytes: sizesOf(order, index) + item.consumed, ofBytes: all, cables: read });
    }
  }
  return { read, cables: ids.size, rejects };
}
