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
import type { Clock } from '../core/clock.ts';
import { openGroupCommit } from './group-commit.ts';
import type { Ledger } from './ledger.ts';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';

/**
 * The embedded ledger: one SQLite file, WAL, every commit flushed to disk.
 * Two connections, because a read on the writing one would see what is not committed yet.
 */
export async function openSqliteLedger(options: { file: string; clock: Clock }): Promise<Ledger> {
  const { file, clock } = options;
  mkdirSync(dirname(file), { recursive: true });
  const writer = open(file);
  await migrate(writer.db);
  const reader = open(file);
  const group = openGroupCommit(writer.db);
  // The version moves only with commits of other connections, so on the writing one only another process moves it.
  const version = writer.connection.prepare('pragma data_version');
  let seen = Number(version.get()?.['data_version']);

  return {
    place: file,
    db: reader.db,
    transact: (work) => group.transact(work),
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
}

function open(file: string): { db: Kysely<Schema>; connection: DatabaseSync } {
  const connection = new DatabaseSync(file, { timeout: 10_000 });
  connection.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  return {
    connection,
    db: new Kysely<Schema>({ dialect: new ImmediateDialect({ database: kyselyDatabase(connection) }) }),
  };
}

/** Kysely's SQLite dialect with `begin immediate`: a deferred transaction that reads, then writes, fails at once with error 517. */
class ImmediateDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(config: { database: SqliteDatabase }) {
    super(config);
    this.#database = config.database;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver({ database: this.#database });
  }
}

class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
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
