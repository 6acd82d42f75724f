import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { CompiledQuery, type DatabaseConnection, type Dialect, Kysely, SqliteAdapter } from 'kysely';
import { SqliteDriver, SqliteIntrospector, SqliteQueryCompiler, type SqliteStatement } from 'kysely';
import { oncePerTurn } from '../../core/async.ts';
import type { Clock } from '../../core/clock.ts';
import { messageOf, storageFault, UsageError } from '../../core/errors.ts';
import { type CommitRules, openBatchedReads, openGroupCommit } from './group-commit.ts';
import type { Ledger, LedgerReader } from '../ledger.ts';
import { lockFile } from '../processes/worker-lock.ts';
import { checkSchema, migrate, type Notice } from './migrations.ts';
import type { Schema } from './schema.ts';

/**
 * The embedded ledger: one SQLite file, WAL, every commit flushed to disk. It has two connections, because reads on the writing one would see
 * uncommitted data.
 */
export async function openSqliteLedger({
  file,
  clock,
  notice,
}: {
  file: string;
  clock: Clock;
  notice?: Notice | undefined;
}): Promise<Ledger> {
  return await withHint(file, async () => {
    mkdirSync(dirname(file), { recursive: true });
    const writer = open(file, 'write');
    await migrate(writer.db, file, { notice });
    const reader = open(file, 'read');
    const opened = identityOf(file);
    const lock = identityOf(lockFile(file));
    let erasing: Promise<boolean> | undefined;
    const { settled, ...writes } = openGroupCommit(writer.db, {
      ...sqliteRules,
      ready: () => erasing?.catch(() => {}),
    });
    // The version changes only with commits of other connections; for the writing connection these are other processes.
    const version = writer.connection.prepare('pragma data_version');
    let seen = Number(version.get()?.['data_version']);
    return {
      place: file,
      shared: false,
      db: reader.db,
      ...writes,
      load: openBatchedReads(reader.db, sqliteRules),
      now: () => Promise.resolve(clock.now()),
      erase: async () => await (erasing ??= vacuum(file).finally(() => (erasing = undefined))),
      displaced: oncePerTurn(() => displacement(file, opened) ?? displacement(lockFile(file), lock)),
      changedOutside: () => {
        const now = Number(version.get()?.['data_version']);
        const changed = now !== seen;
        seen = now;
        return Promise.resolve(changed);
      },
      async [Symbol.asyncDispose]() {
        await erasing?.catch(() => {});
        await settled();
        await reader.db.destroy();
        await writer.db.destroy();
      },
    };
  });
}

/** Device and inode of the file at a path; undefined: there is none. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

function displacement(file: string, opened: string | undefined): string | undefined {
  // `pilcrow web` may open a ledger on which no bot has worked: it has no lock yet.
  if (opened === undefined) return undefined;
  const found = identityOf(file);
  return found === opened ? undefined : `${file} was ${found === undefined ? 'removed' : 'replaced'}`;
}

/** An embedded ledger for reading: nothing is created, migrated or written. */
export async function openSqliteReader(file: string): Promise<LedgerReader> {
  return await withHint(file, async () => {
    const { db } = open(file, 'read');
    try {
      if (!(await checkSchema(db, file))) throw new Error('it has no tables');
    } catch (error) {
      await db.destroy();
      throw error;
    }
    return {
      place: file,
      shared: false,
      db,
      now: () => Promise.resolve(Date.now()),
      [Symbol.asyncDispose]: () => db.destroy(),
    };
  });
}

/** Progress of a backup, for people: how many bytes are copied, of how many. */
export type CopiedBytes = (copied: number, of: number) => void;

/** Between two reports of a backup. */
const reportEveryMs = 200;

/**
 * Snapshot of an embedded ledger while a bot runs. The file gets its name once it is complete and flushed. Errors: UsageError if the
 * target exists.
 */
export async function backupSqlite(ledgerFile: string, target: string, progress?: CopiedBytes): Promise<void> {
  if (existsSync(target)) throw new UsageError(`${target} exists: a backup never overwrites a file`);
  const partial = `${target}.partial`;
  {
    using source = new DatabaseSync(ledgerFile, { readOnly: true, timeout: 5000 });
    // Its own progress comes at the end of a step.
    const report = () => progress?.(sizeOf(partial), sizeOf(ledgerFile));
    const reporting = setInterval(report, reportEveryMs);
    // All pages in one step: a copy in steps restarts with every write of the bot.
    await backup(source, partial, { rate: 2 ** 31 - 1 }).finally(() => clearInterval(reporting));
    await using file = await openFile(partial);
    await file.sync();
  }
  renameSync(partial, target);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

// Result codes: busy, locked, read-only, input/output error, corrupt, full, cannot open, no database.
const busy = 5;
const databaseErrors = new Set([busy, 6, 8, 10, 11, 13, 14, 26]);

/** SQLite has one writer at a time. */
const sqliteRules: CommitRules = {
  lanes: 1,
  largestGroup: 512,
  isTransient: isBusy,
  affectsAll: (error) => databaseErrors.has(resultCode(error)),
};

/** Another connection holds a lock that is needed. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === busy;
}

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}

function open(file: string, mode: 'read' | 'write'): { db: Kysely<Schema>; connection: DatabaseSync } {
  // A short time-out, because waiting for a lock blocks the event loop: see group-commit.ts.
  const connection = new DatabaseSync(file, { timeout: 200, readOnly: mode === 'read' });
  if (mode === 'write') {
    connection.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    // Overwrites what is deleted in the pages; `erase` does the rest.
    connection.exec('pragma secure_delete = on');
    // 16 MB: room for the pages of a group commit, so that none is spilled to disk in its midst.
    connection.exec('pragma cache_size = -16384');
    // 8 MB of log instead of 4: hot pages are copied to the file less often.
    connection.exec('pragma wal_autocheckpoint = 2000');
    // A long read by another process makes the log grow; this truncates it after the next checkpoint.
    connection.exec(`pragma journal_size_limit = ${8 * 2 ** 20}`);
  }
  return { connection, db: new Kysely<Schema>({ dialect: dialectOn(connection) }) };
}

/** Rewrites the file without its free space and empties the log of writes. False: a reader still needs the log. */
async function vacuum(file: string): Promise<boolean> {
  const thread = new Worker(new URL('./vacuum-worker.ts', import.meta.url), { workerData: file });
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  thread.on('message', resolve).on('error', reject);
  return await promise;
}

async function withHint<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const hint = `${messageOf(error)}. Is it a ledger, may this user read and write it and its folder, and is there space on the disk?`;
    throw new Error(`the ledger ${file} cannot be opened: ${storageFault(error) ?? hint}`, { cause: error });
  }
}

function dialectOn(connection: DatabaseSync): Dialect {
  return {
    createDriver: () => new ImmediateDriver(connection),
    createAdapter: () => new TransactionalAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Migrations run in one transaction, so that one that is cut short leaves no half of its tables. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** With `begin immediate`: a deferred transaction that reads, then writes, fails at once with error 517. */
class ImmediateDriver extends SqliteDriver {
  readonly #connection: DatabaseSync;

  constructor(connection: DatabaseSync) {
    super({ database: { close: () => connection.close(), prepare: preparedOnce(connection) } });
    this.#connection = connection;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** A full disk rolls the transaction back; a second rollback would fail and hide the cause. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }
}

/** Prepares statements of `node:sqlite` in the shape that Kysely expects, each once. */
function preparedOnce(connection: DatabaseSync): (text: string) => SqliteStatement {
  const statements = new Map<string, SqliteStatement>();
  return (text) => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const statement = connection.prepare(text);
    const prepared: SqliteStatement = {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
      run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
      iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
    };
    if (statements.size < 200) statements.set(text, prepared);
    return prepared;
  };
}
