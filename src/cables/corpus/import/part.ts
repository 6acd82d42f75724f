import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, UsageError } from '../../../core/errors.ts';
import type { FormatName } from '../formats/index.ts';
import { sizeOf, type Standing as Place } from '../sources.ts';
import { createTables, factIn, indexes, isOfThisForm, openToRead, setFact } from '../tables.ts';

/** What an import reads, and what it began from: who says the same again goes on with it. */
export interface Order {
  readonly paths: readonly { readonly path: string; readonly bytes: number; readonly modified: number }[];
  readonly format: FormatName | null;
  /** The corpus that is added to. */
  readonly base: string | null;
}

/** How far an import has come; written with what it wrote. */
export interface Standing {
  readonly order: Order;
  /** Index of the path that is being read; their number when all are. */
  readonly path: number;
  /** Where the reading of that path goes on; null at its beginning. */
  readonly after: Place | null;
  /** Bytes of that path that are done. */
  readonly consumed: number;
  readonly counts: Counts;
}

/** Cables by what became of them. */
export interface Counts {
  readonly read: number;
  readonly added: number;
  /** Known already, and fuller in the new copy. */
  readonly fuller: number;
  /** Known already, as full or fuller than in the new copy. */
  readonly known: number;
}

/** The corpus in the making, beside the one that it will take the place of. */
export interface Part extends Disposable {
  readonly db: DatabaseSync;
  readonly standing: Standing;
  /** Puts the corpus in its place, whole and on the disk. */
  finish(): Promise<void>;
}

export async function orderOf(
  paths: readonly string[],
  format: FormatName | undefined,
  target: string,
): Promise<Order> {
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

/** Bytes of the first so many paths. */
export function sizesOf({ paths }: Order, count: number): number {
  return paths.slice(0, count).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The unfinished import of the same order, else a new one. Errors: UsageError where another import is unfinished. */
export async function openPart(target: string, order: Order, restart: boolean): Promise<Part> {
  const file = `${target}.part`;
  if (restart || !existsSync(file)) await beginPart(target, file, order);
  const db = openToWrite(file);
  try {
    const standing = standingIn(db, file);
    if (JSON.stringify(standing.order) !== JSON.stringify(order)) throw foreign(file, standing);
    gatherTerms(db);
    return {
      db,
      standing,
      finish: () => finishPart(db, file, target),
      [Symbol.dispose]: () => db.isOpen && db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Begins with a copy of the present corpus. What has the name of a part is one: it gets it when its first standing is written. */
async function beginPart(target: string, file: string, order: Order): Promise<void> {
  const draft = `${file}.new`;
  await mkdir(dirname(target), { recursive: true });
  await removeWithLogs(draft);
  if (order.base !== null) {
    openToRead(target).close();
    await copyFile(target, draft, constants.COPYFILE_FICLONE);
  }
  const db = new DatabaseSync(draft);
  try {
    if (order.base === null) createTables(db);
    const counts = { read: 0, added: 0, fuller: 0, known: 0 };
    db.exec('begin; delete from rejects');
    for (const [name] of indexes) db.exec(`drop index if exists ${name}`);
    setFact(db, 'standing', JSON.stringify({ order, path: 0, after: null, consumed: 0, counts } satisfies Standing));
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
  // A commit goes to the log alone: a kill takes back what is not committed, a power cut perhaps some commits more, and both are read again.
  db.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal');
  db.exec('pragma wal_autocheckpoint = 8000; pragma cache_size = -32768; pragma temp_store = memory');
  return db;
}

/** So many bytes of terms are gathered before they are written: FTS5 by itself writes a megabyte at a time, and merges ever after. */
const gatheredTermBytes = 16n * 1024n * 1024n;

function gatherTerms(db: DatabaseSync): void {
  db.prepare("insert into words (words, rank) values ('hashsize', ?)").run(gatheredTermBytes);
}

function standingIn(db: DatabaseSync, file: string): Standing {
  const found = isOfThisForm(db) ? factIn(db, 'standing') : undefined;
  if (found === undefined)
    throw new UsageError(`${file} is no unfinished import of this version: remove it, or add --restart`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by ourselves
  return JSON.parse(found) as Standing;
}

function foreign(file: string, { order, counts }: Standing): UsageError {
  const paths = order.paths.map(({ path }) => path).join(' ');
  return new UsageError(
    `${file} is an unfinished import of ${paths} (${counts.read.toLocaleString('en')} cables read), or those files have changed since: ` +
      'finish it by the same command, or add --restart to throw it away and begin anew',
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
