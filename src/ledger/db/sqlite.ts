import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteDialect,
  type SqliteDatabase,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import { openBatchedReads } from './batched-reads.ts';
import { openGroupCommit } from './group-commit.ts';
import type { Ledger, LedgerReader } from '../ledger.ts';
import { checkForm, migrate } from './migrations.ts';
import type { Schema } from './schema.ts';
import { sqliteRules } from './sqlite-errors.ts';

/**
 * The embedded ledger: one SQLite file, WAL, every commit flushed to disk.
 * Two connections, because a read on the writing one would see what is not committed yet.
 */
export async function openSqliteLedger({ file, clock }: { file: string; clock: Clock }): Promise<Ledger> {
  return await explained(file, async () => {
    mkdirSync(dirname(file), { recursive: true });
    const writer = open(file, 'write');
    await migrate(writer.db);
    const reader = open(file, 'read');
    const group = openGroupCommit(writer.db, sqliteRules);
    // The version moves only with commits of other connections, so on the writing one only another process moves it.
    const version = writer.connection.prepare('pragma data_version');
    let seen = Number(version.get()?.['data_version']);
    return {
      place: file,
      shared: false,
      db: reader.db,
      transact: (work) => group.transact(work),
      transactEach: (batch, item) => group.transactEach(batch, item),
      load: openBatchedReads(reader.db, sqliteRules),
      now: () => Promise.resolve(clock.now()),
      changedOutside: () => {
        const now = Number(version.get()?.['data_version']);
        const changed = now !== seen;
        seen = now;
        return Promise.resolve(changed);
      },
      async [Symbol.asyncDispose]() {
        await group.settled();
        await reader.db.destroy();
        await writer.db.destroy();
      },
    };
  });
}

/** An embedded ledger to look at only: nothing is created, migrated or written. */
export async function openSqliteReader(file: string): Promise<LedgerReader> {
  return await explained(file, async () => {
    const { db } = open(file, 'read');
    await checkForm(db);
    return {
      place: file,
      shared: false,
      db,
      now: () => Promise.resolve(Date.now()),
      [Symbol.asyncDispose]: () => db.destroy(),
    };
  });
}

function open(file: string, mode: 'read' | 'write'): { db: Kysely<Schema>; connection: DatabaseSync } {
  // A short time-out, because waiting for a lock stands in the way of everything else: see group-commit.ts.
  const connection = new DatabaseSync(file, { timeout: 200, readOnly: mode === 'read' });
  if (mode === 'write') {
    connection.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    // Room for the pages that a group of commits touches, else some go to the disk and come back in its midst: 16 MB at most.
    connection.exec('pragma cache_size = -16384');
    // Pages that are written again and again are so carried over to the file less often: 8 MB of log instead of 4.
    connection.exec('pragma wal_autocheckpoint = 2000');
    // A long look from outside makes the log of writes grow; it is cut when it begins anew.
    connection.exec(`pragma journal_size_limit = ${8 * 2 ** 20}`);
  }
  return { connection, db: new Kysely<Schema>({ dialect: new ImmediateDialect(connection) }) };
}

async function explained<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(
      `the ledger ${file} cannot be opened: ${messageOf(error)}. Is it a ledger, may this user read and write it and its folder, and is the disk not full?`,
      { cause: error },
    );
  }
}

/** Kysely's SQLite dialect with `begin immediate`: a deferred transaction that reads, then writes, fails at once with error 517. */
class ImmediateDialect extends SqliteDialect {
  readonly #connection: DatabaseSync;

  constructor(connection: DatabaseSync) {
    super({ database: kyselyDatabase(connection) });
    this.#connection = connection;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#connection);
  }
}

class ImmediateDriver extends SqliteDriver {
  readonly #connection: DatabaseSync;

  constructor(connection: DatabaseSync) {
    super({ database: kyselyDatabase(connection) });
    this.#connection = connection;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** A full disk ends the transaction by itself; rolling back what is no more would hide why. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }
}

/** `node:sqlite` in the shape that Kysely expects, with its statements prepared once. */
function kyselyDatabase(connection: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => connection.close(),
    prepare(text) {
      let statement = statements.get(text);
      if (statement === undefined) {
        statement = kyselyStatement(connection, text);
        if (statements.size < 200) statements.set(text, statement);
      }
      return statement;
    },
  };
}

function kyselyStatement(connection: DatabaseSync, text: string): SqliteStatement {
  const statement = connection.prepare(text);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  };
}
