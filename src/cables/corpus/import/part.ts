import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, UsageError } from '../../../core/errors.ts';
import type { FormatName } from '../formats/index.ts';
import { sizeOf } from '../sources.ts';
import { createTables, factIn, indexes, isOfThisForm, openToRead, setFact } from '../tables.ts';
import { type Counts, noCounts } from './writer.ts';

/** The input of an import and the corpus that it began with. An import with the same input continues. */
export interface ImportInput {
  readonly paths: readonly { readonly path: string; readonly bytes: number; readonly modified: number }[];
  readonly format: FormatName | null;
  /** Identifies the corpus that is extended. */
  readonly base: string | null;
}

/** Progress of an import; written in the same transaction as its data. */
export interface ImportState {
  readonly input: ImportInput;
  /** Index of the path being read; the number of paths at the end. */
  readonly path: number;
  /** Items of that path that have been imported. */
  readonly items: number;
  /** Bytes of that path that have been imported. */
  readonly consumed: number;
  readonly counts: Counts;
}

/** The unfinished corpus, in a file beside the one that it will replace. */
export interface Part extends Disposable {
  readonly db: DatabaseSync;
  readonly state: ImportState;
  /** Flushes the corpus to disk and replaces the old one. */
  finish(): Promise<void>;
}

export async function inputOf(
  paths: readonly string[],
  format: FormatName | undefined,
  target: string,
): Promise<ImportInput> {
  const read = paths.map(async (path) => {
    try {
      return { path: resolve(path), bytes: await sizeOf(path), modified: (await stat(path)).mtimeMs };
    } catch (error) {
      throw new UsageError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
    }
  });
  const base = existsSync(target) ? await stat(target) : undefined;
  return {
    paths: await Promise.all(read),
    format: format ?? null,
    base: base === undefined ? null : `${base.size} ${base.mtimeMs}`,
  };
}

/** Bytes of the first `count` paths. */
export function sizesOf({ paths }: ImportInput, count: number): number {
  return paths.slice(0, count).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Opens the unfinished import of the same input, or begins a new one. Errors: UsageError if another import is unfinished. */
export async function openPart(target: string, input: ImportInput, restart: boolean): Promise<Part> {
  const file = `${target}.part`;
  if (restart || !existsSync(file)) await beginPart(target, file, input);
  const db = openToWrite(file);
  try {
    const state = stateIn(db, file);
    if (JSON.stringify(state.input) !== JSON.stringify(input)) throw unfinishedByOther(file, state);
    // Bytes of terms collected before a write: FTS5's default of one megabyte causes many merges.
    db.prepare("insert into words (words, rank) values ('hashsize', ?)").run(16n * 1024n * 1024n);
    return {
      db,
      state,
      finish: () => finishPart(db, file, target),
      [Symbol.dispose]: () => db.isOpen && db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Begins with a copy of the current corpus. The draft gets its final name only after its first state is written. */
async function beginPart(target: string, file: string, input: ImportInput): Promise<void> {
  const draft = `${file}.new`;
  await mkdir(dirname(target), { recursive: true });
  await removeWithLogs(draft);
  if (input.base !== null) {
    openToRead(target).close();
    await copyFile(target, draft, constants.COPYFILE_FICLONE);
  }
  const db = new DatabaseSync(draft);
  try {
    if (input.base === null) createTables(db);
    db.exec('begin; delete from rejects');
    for (const [name] of indexes) db.exec(`drop index if exists ${name}`);
    setState(db, { input, path: 0, items: 0, consumed: 0, counts: noCounts });
    db.exec('commit');
  } finally {
    db.close();
  }
  await removeWithLogs(file);
  await rename(draft, file);
}

async function removeWithLogs(file: string): Promise<void> {
  for (const ending of ['', '-wal', '-shm', '-journal']) await rm(`${file}${ending}`, { force: true });
}

function openToWrite(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  // Commits go to the WAL only: a kill loses what is not committed, a power cut perhaps some commits; both are read again.
  db.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal');
  db.exec('pragma wal_autocheckpoint = 8000; pragma cache_size = -32768; pragma temp_store = memory');
  return db;
}

/** Its name changes with its form: what another version left is not continued. */
const stateFact = 'progress';

export function setState(db: DatabaseSync, state: ImportState): void {
  setFact(db, stateFact, JSON.stringify(state));
}

function stateIn(db: DatabaseSync, file: string): ImportState {
  const found = isOfThisForm(db) ? factIn(db, stateFact) : undefined;
  if (found === undefined)
    throw new UsageError(`${file} is not an unfinished import of this version: remove it, or add --restart`);
  return JSON.parse(found) as ImportState;
}

function unfinishedByOther(file: string, { input, counts }: ImportState): UsageError {
  const paths = input.paths.map(({ path }) => path).join(' ');
  return new UsageError(
    `${file} is an unfinished import of ${paths} (${counts.read.toLocaleString('en')} cables read), or those files have changed since: ` +
      'finish it with the same command, or discard it with --restart',
  );
}

async function finishPart(db: DatabaseSync, file: string, target: string): Promise<void> {
  db.exec('pragma wal_checkpoint(truncate); pragma locking_mode = normal; pragma journal_mode = delete');
  db.close();
  await flush(file);
  await rename(file, target);
  await flush(dirname(target));
}

async function flush(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
