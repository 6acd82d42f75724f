import { Socket } from 'node:net';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { messageOf, UsageError } from '../../core/errors.ts';
import { storable } from '../../core/storable.ts';
import type { CommitRules } from './group-commit.ts';
import type { Schema } from './schema.ts';

/**
 * Time-outs in milliseconds; 0: none. They rise in this order, so that the holder of a lock times out before those that wait for it, and the
 * server reports a time-out before the connection counts as dead.
 */
export interface Limits {
  /** The server ends an idle transaction (SIGSTOP, a dead host) and frees its locks. */
  readonly idleInTransactionMs: number;
  readonly lockMs: number;
  readonly statementMs: number;
  /** A connection without data for this long counts as dead. */
  readonly silenceMs: number;
}

export const usualLimits: Limits = {
  idleInTransactionMs: 5000,
  lockMs: 10_000,
  statementMs: 15_000,
  silenceMs: 20_000,
};

/** A migration may wait for that of another process, and take long. */
export const migrationLimits: Limits = { idleInTransactionMs: 60_000, lockMs: 0, statementMs: 0, silenceMs: 0 };

/** Kysely on a pool of at most `max` connections, created on demand and replaced when broken. */
export function connect(url: string, max: number, limits: Limits): Kysely<Schema> {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'pilcrow',
    connectionTimeoutMillis: 10_000,
    // Shorter than `silenceMs`.
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idle_in_transaction_session_timeout: limits.idleInTransactionMs,
    lock_timeout: limits.lockMs,
    statement_timeout: limits.statementMs,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
    stream: () => socketWithTimeout(limits.silenceMs),
    // A generic plan from when a table was small scans all of it after it has grown, until the next ANALYZE.
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, though its types do not say so
    onConnect: async (client) => void (await client.query('set plan_cache_mode = force_custom_plan')),
  });
  // Queries in flight get the error of a broken connection. On an idle connection it must not crash the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: kyselyPool(pool) }) });
}

/** Location of a database, without secrets. Errors: UsageError that does not repeat the URL. */
export function locationOf(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError('invalid URL of the ledger: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE');
  }
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL at ${hostname || 'localhost'}:${port || 5432}${pathname}`;
}

/** Without a time-out TCP would wait for hours for a frozen host. */
function socketWithTimeout(silenceMs: number): Socket {
  const socket = new Socket();
  if (silenceMs > 0) socket.setTimeout(silenceMs, () => socket.destroy(new Error(`silent for ${silenceMs} ms`)));
  return socket;
}

const int8 = 20;

/** Counts and times as numbers, as from SQLite. */
function typeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === int8 && format !== 'binary') return wholeNumber;
  return pg.types.getTypeParser(oid, format);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`the ledger holds a number too large: ${text}`);
  return value;
}

function kyselyPool(pool: pg.Pool): PostgresPool {
  const statements = preparedStatements();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: () => withConnectionErrors(async () => kyselyClient(await pool.connect(), statements)),
  };
}

function kyselyClient(client: pg.PoolClient, statements: Statements): PostgresPoolClient {
  async function load(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    const values = parameters.map((value) => (typeof value === 'string' ? storable(value) : value));
    const isOutsideTransaction = client.getTransactionStatus() === 'I';
    try {
      return await client.query({ ...statements.of(text), values });
    } catch (error) {
      if (!statements.isRefused(error) || !isOutsideTransaction) throw error;
      return await client.query({ text, values });
    }
  }
  const query = (text: string, values: readonly unknown[]) => withConnectionErrors(() => load(text, values));
  return { release: (broken) => client.release(broken), query: query as unknown as PostgresPoolClient['query'] };
}

/** Passes errors of the server through; all others become ConnectionError. */
async function withConnectionErrors<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.severity !== 'FATAL') throw error;
    throw new ConnectionError(`PostgreSQL does not answer: ${messageOf(error)}`, { cause: error });
  }
}

/** Prepared statements of a pool: the server parses each once per connection. */
interface Statements {
  of(text: string): { readonly text: string; readonly name?: string };
  /** True when the server rejects prepared statements; from then on none is used, and the query may be retried. */
  isRefused(error: unknown): boolean;
}

/** More than the ledger has; queries with lists have one text per length. */
const maxStatements = 200;

function preparedStatements(): Statements {
  const names = new Map<string, string>();
  let usable = true;
  return {
    of(text) {
      if (!usable) return { text };
      const name = names.get(text) ?? (names.size < maxStatements ? `pilcrow${names.size}` : undefined);
      if (name === undefined) return { text };
      names.set(text, name);
      return { text, name };
    },
    isRefused(error) {
      const refused = error instanceof pg.DatabaseError && refusals.has(error.code ?? '');
      if (refused) usable = false;
      return refused;
    },
  };
}

/**
 * SQLSTATE: a newer version has changed a table under a prepared statement; or a connection pooler has switched the connection, where the
 * statement is unknown or its name is taken.
 */
const refusals: ReadonlySet<string> = new Set(['0A000', '26000', '42P05']);

/** The server is unreachable, or its answer did not arrive. */
class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Groups of moderate size: rows that one has written stay locked for the others until its commit. */
export const postgresRules: CommitRules = {
  lanes: 3,
  largestGroup: 192,
  isTransient: (error) => deadlocks.has(sqlState(error)) || refusals.has(sqlState(error)),
  affectsAll: (error) => error instanceof ConnectionError || databaseErrors.test(sqlState(error)),
};

/** SQLSTATE of a deadlock and of a serialization failure. */
const deadlocks = new Set(['40P01', '40001']);

/**
 * SQLSTATE of missing resources (disk, memory), operator intervention (except a cancelled statement), read-only, system and internal errors,
 * and of a lock time-out, which all the others would run into as well.
 */
const databaseErrors = /^(?:53|57P|58|XX|25006|25P03|55P03)/;

function sqlState(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}
