import { UsageError } from '../../../core/errors.ts';
import { explained } from './disk-errors.ts';
import { finishTables } from './finish.ts';
import type { FormatName } from '../formats/index.ts';
import { holdImportLock } from './import-lock.ts';
import { type Counts, openPart, orderOf, type Part, sizesOf, type Standing } from './part.ts';
import { openPool } from './prepare-pool.ts';
import { preparing } from './preparing.ts';
import { writeRejects } from './rejects.ts';
import { readSource, type SourceOptions } from '../sources.ts';
import { setFact } from '../tables.ts';
import { openWriter } from './writer.ts';

export interface ImportOptions {
  /** Left out: each file's is found out. */
  readonly format?: FormatName | undefined;
  /** Throws an unfinished import away. */
  readonly restart?: boolean;
  /** Where the items that cannot be read are listed; left out: beside the corpus, if there are any. */
  readonly rejects?: string | undefined;
  readonly signal: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /** Cables that are written in one go. */
  readonly batch?: number;
  /** Other bounds of what is read than the usual. */
  readonly limits?: SourceOptions['limits'];
}

export interface Progress {
  readonly bytes: number;
  readonly ofBytes: number;
  readonly cables: number;
}

export interface Imported extends Counts {
  readonly rejects: number;
  /** Undefined: there are none. */
  readonly rejectsFile: string | undefined;
  /** It went on with an import that had not come to its end. */
  readonly resumed: boolean;
}

const cablesABatch = 2000;

/**
 * Reads files and folders into the corpus at `target`, which is replaced in one step at the end: until then it stays as it is. What is
 * killed or stopped goes on when it is called the same way again. Errors: UsageError when another import runs or is unfinished, or a path
 * is not there; the signal's reason; a full disk.
 */
export async function importCorpus(
  target: string,
  paths: readonly string[],
  options: ImportOptions,
): Promise<Imported> {
  return await explained(target, async () => {
    using lock = holdImportLock(target);
    if (lock === undefined) throw new UsageError(`another import is writing ${target}: wait for its end`);
    using part = await openPart(target, await orderOf(paths, options.format, target), options.restart ?? false);
    const resumed = part.standing.path > 0 || part.standing.after !== null;
    const counts = await fill(part, options);
    finishTables(part.db);
    const rejected = await writeRejects(part.db, options.rejects, target);
    await part.finish();
    return { ...counts, rejects: rejected.count, rejectsFile: rejected.file, resumed };
  });
}

/** Reads what is left to read: prepared side by side, written in the order in which it was read. */
async function fill(part: Part, options: ImportOptions): Promise<Counts> {
  const { db } = part;
  const { signal, format, limits, batch = cablesABatch } = options;
  await using pool = openPool();
  const writer = openWriter(db, part.standing.counts);
  let standing = part.standing;
  let committed = standing.counts.read;
  const commit = (): void => {
    writer.settle();
    setFact(db, 'standing', JSON.stringify(standing));
    db.exec('commit; begin');
    committed = standing.counts.read;
  };
  db.exec('begin');
  for (const [path, { path: source }] of standing.order.paths.entries()) {
    if (path < standing.path) continue;
    const reading = readSource(source, { signal, format, limits, after: standing.after ?? undefined });
    for await (const ready of preparing(reading, pool)) {
      signal.throwIfAborted();
      if ('reject' in ready) {
        writer.reject(ready.reject);
        continue;
      }
      const { item, prepared } = ready;
      writer.write(source, item, prepared);
      const { next: after, consumed } = item;
      standing = { ...standing, after, consumed, counts: { ...writer.counts } };
      if (writer.counts.read - committed >= batch) commit();
      options.progress?.(progressOf(standing));
    }
    standing = { ...standing, path: path + 1, after: null, consumed: 0 };
    commit();
  }
  db.exec('commit');
  return writer.counts;
}

function progressOf({ order, path, consumed, counts }: Standing): Progress {
  const bytes = sizesOf(order, path) + consumed;
  return { bytes, ofBytes: sizesOf(order, order.paths.length), cables: counts.read };
}
