import { mkdirSync, createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../../../core/errors.ts';
import type { FormatName } from '../formats/index.ts';
import { type Counts, openPart, orderOf, type Part, sizesOf, type Standing } from './part.ts';
import { openPool, preparing } from './prepare-pool.ts';
import { readSource, type SourceOptions } from '../sources.ts';
import { setFact, indexes } from '../tables.ts';
import { openWriter } from './writer.ts';
import { placesIn, unpackDocument } from './stored-document.ts';
import { writeListing } from '../search/index-queries.ts';
import { termsOf } from '../search/terms.ts';

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

/** One import at a time: an exclusive transaction on a file of its own, which the operating system ends with the process. Undefined: another runs. */
function holdImportLock(target: string): Disposable | undefined {
  mkdirSync(dirname(target), { recursive: true });
  const lock = new DatabaseSync(`${target}.lock`, { timeout: timeoutMs });
  try {
    lock.exec('begin exclusive');
    return { [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined;
    throw error;
  }
}

const sqliteBusy = 5;
/** A process that was killed a moment ago may still be there. */
const timeoutMs = 500;

/** Says of a disk that is full what it means for the corpus. */
async function explained<T>(target: string, work: () => Promise<T>): Promise<T> {
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

/** Makes of what was written what readers need: indexes, and how frequent terms are. May be done again. */
function finishTables(db: DatabaseSync): void {
  db.exec('begin');
  for (const [name, columns] of indexes) db.exec(`create index if not exists ${name} on ${columns}`);
  writeListing(db);
  writeFrequencies(db);
  db.exec('commit; analyze');
}

/** Documents that are looked at; what is rare in them need not be known, for the index itself tells it quickly. */
const sampleSize = 1000;
const minCount = 3;

function writeFrequencies(db: DatabaseSync): void {
  const documents = Number(db.prepare('select count(*) as n from documents').get()?.['n']);
  const step = Math.max(1, Math.floor(documents / sampleSize));
  const places = new Map<string, number>();
  for (const { packed } of db.prepare('select packed from documents where number % ? = 0').iterate(step)) {
    if (!(packed instanceof Uint8Array)) continue;
    for (const { text } of placesIn(unpackDocument(packed))) {
      for (const term of termsOf(text)) places.set(term, (places.get(term) ?? 0) + 1);
    }
  }
  db.exec('delete from frequencies');
  const add = db.prepare('insert into frequencies values (?, ?)');
  for (const [term, found] of places) if (found >= minCount) add.run(term, found * step);
}

/** What an import could not read, and where it is listed; `file` undefined: it is not. */
interface Rejected {
  readonly count: number;
  readonly file: string | undefined;
}

/** One JSON object a line, however many: at `asked`, else beside the corpus, where an earlier import's go away. */
async function writeRejects(db: DatabaseSync, asked: string | undefined, target: string): Promise<Rejected> {
  const count = Number(db.prepare('select count(*) as n from rejects').get()?.['n']);
  const file = asked ?? `${target}.rejects.jsonl`;
  if (asked === undefined && count === 0) {
    await rm(file, { force: true });
    return { count, file: undefined };
  }
  await pipeline(Readable.from(linesIn(db)), createWriteStream(file));
  return { count, file };
}

function* linesIn(db: DatabaseSync): Iterable<string> {
  for (const { source, position, reason } of db.prepare('select source, position, reason from rejects').iterate())
    yield `${JSON.stringify({ source, position, reason })}\n`;
}
