import { mkdirSync, createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReferenceId } from '../../../core/cable.ts';
import { UsageError } from '../../../core/errors.ts';
import type { FormatName } from '../formats/index.ts';
import { type ImportState, inputOf, openPart, type Part, setState, sizesOf } from './part.ts';
import { PreparePool, preparedInOrder } from './prepare-pool.ts';
import { readSource, type Reject, type SourceOptions } from '../sources.ts';
import { type Counts, finishTables, Writer } from './writer.ts';

export interface ImportOptions {
  /** Detected for each file if left out. */
  readonly format?: FormatName | undefined;
  /** Discards an unfinished import. */
  readonly restart?: boolean;
  /** File for the items that cannot be read; if left out, beside the corpus. */
  readonly rejects?: string | undefined;
  readonly signal: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /** Cables per transaction. */
  readonly batch?: number;
  /** Overrides the default limits of sources. */
  readonly limits?: SourceOptions['limits'];
}

export interface Progress {
  readonly bytes: number;
  readonly ofBytes: number;
  readonly cables: number;
}

export interface Imported extends Counts {
  readonly rejects: number;
  /** Undefined if there are none. */
  readonly rejectsFile: string | undefined;
  /** True if it continued an unfinished import. */
  readonly resumed: boolean;
}

const cablesABatch = 2000;

/**
 * Reads files and folders into the corpus at `target`, which is replaced atomically at the end and unchanged until then. An import that was
 * killed or stopped continues when it is called again with the same input. Errors: UsageError if another import runs or is unfinished, or a
 * path does not exist; the signal's reason; a full disk.
 */
export async function importCorpus(
  target: string,
  paths: readonly string[],
  options: ImportOptions,
): Promise<Imported> {
  return await explainFullDisk(target, async () => {
    using _lock = holdImportLock(target);
    using part = await openPart(target, await inputOf(paths, options.format, target), options.restart ?? false);
    const resumed = part.state.path > 0 || part.state.items > 0;
    const counts = await fill(part, options);
    finishTables(part.db);
    const rejected = await writeRejects(part.db, options.rejects, target);
    await part.finish();
    return { ...counts, ...rejected, resumed };
  });
}

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
  await using pool = new PreparePool();
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

/** Reads the remaining input: prepares items in parallel, writes them in the order in which they were read. */
async function fill(part: Part, options: ImportOptions): Promise<Counts> {
  const { db } = part;
  const { signal, format, limits, batch = cablesABatch } = options;
  await using pool = new PreparePool();
  const writer = new Writer(db, part.state.counts);
  let state = part.state;
  let committed = state.counts.read;
  const commit = (): void => {
    writer.flush();
    setState(db, state);
    db.exec('commit; begin');
    committed = state.counts.read;
  };
  db.exec('begin');
  for (const [path, { path: source }] of state.input.paths.entries()) {
    if (path < state.path) continue;
    const reading = readSource(source, { signal, format, limits, skip: state.items });
    for await (const ready of preparedInOrder(reading, pool)) {
      signal.throwIfAborted();
      if ('reject' in ready) {
        writer.reject(ready.reject);
        continue;
      }
      const { item, prepared } = ready;
      writer.write(source, item, prepared);
      const { sequence, consumed } = item;
      state = { ...state, items: sequence + 1, consumed, counts: { ...writer.counts } };
      if (writer.counts.read - committed >= batch) commit();
      options.progress?.(progressOf(state));
    }
    state = { ...state, path: path + 1, items: 0, consumed: 0 };
    commit();
  }
  db.exec('commit');
  return writer.counts;
}

function progressOf({ input, path, consumed, counts }: ImportState): Progress {
  const bytes = sizesOf(input, path) + consumed;
  return { bytes, ofBytes: sizesOf(input, input.paths.length), cables: counts.read };
}

/** Allows one import at a time: an exclusive transaction on a separate file, released by the operating system with the process. */
function holdImportLock(target: string): Disposable {
  mkdirSync(dirname(target), { recursive: true });
  const lock = new DatabaseSync(`${target}.lock`, { timeout: timeoutMs });
  try {
    lock.exec('begin exclusive');
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy)) throw error;
    throw new UsageError(`another import is writing ${target}: wait until it ends`, { cause: error });
  }
}

const sqliteBusy = 5;
/** A process that was just killed may still hold the lock. */
const timeoutMs = 500;

/** Explains a full disk in terms of the corpus. */
async function explainFullDisk<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    throw new Error(
      `the disk is full: ${target} is as it was, and ${target}.part keeps what is done. Make room, then run the same command again: it goes on from there`,
      { cause: error },
    );
  }
}

const sqliteFull = 13;

function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    ('errcode' in error && Number(error.errcode) % 256 === sqliteFull) || ('code' in error && error.code === 'ENOSPC')
  );
}

/** Writes one JSON object per line to `requested` or beside the corpus, where it replaces the file of an earlier import. */
async function writeRejects(
  db: DatabaseSync,
  requested: string | undefined,
  target: string,
): Promise<Pick<Imported, 'rejects' | 'rejectsFile'>> {
  const rejects = Number(db.prepare('select count(*) as n from rejects').get()?.['n']);
  const file = requested ?? `${target}.rejects.jsonl`;
  if (requested === undefined && rejects === 0) {
    await rm(file, { force: true });
    return { rejects, rejectsFile: undefined };
  }
  await pipeline(Readable.from(linesIn(db)), createWriteStream(file));
  return { rejects, rejectsFile: file };
}

function* linesIn(db: DatabaseSync): Iterable<string> {
  for (const { source, position, reason } of db.prepare('select source, position, reason from rejects').iterate())
    yield `${JSON.stringify({ source, position, reason })}\n`;
}
