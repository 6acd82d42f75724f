import { Socket } from 'node:net';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { messageOf, UsageError } from '../../core/errors.ts';
import { preparedStatements, type Statements } from './postgres-statements.ts';
import { ConnectionTrouble } from './postgres-errors.ts';
import type { Schema } from './schema.ts';

/**
 * How long what may take, in milliseconds; 0: no limit. They rise in this order, so that whoever holds a row gives it up before
 * those that wait for it give up, and the server speaks before it counts as gone.
 */
export interface Limits {
  /** A transaction whose process does not go on (SIGSTOP, a dead host) is ended by the server, and its locks with it. */
  readonly idleInTransactionMs: number;
  readonly lockMs: number;
  readonly statementMs: number;
  /** Longest silence of a connection before it counts as dead. */
  readonly silenceMs: number;
}

export const usualLimits: Limits = {
  idleInTransactionMs: 5000,
  lockMs: 10_000,
  statementMs: 15_000,
  silenceMs: 20_000,
};

/** A change of tables may wait for another process's, and take its time. */
export const migrationLimits: Limits = { idleInTransactionMs: 60_000, lockMs: 0, statementMs: 0, silenceMs: 0 };

/** Kysely on a pool of `max` connections, which are made when needed and replaced when broken. */
export function connect(url: string, max: number, limits: Limits): Kysely<Schema> {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'pilcrow',
    connectionTimeoutMillis: 10_000,
    // Shorter than the silence that counts as death.
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idle_in_transaction_session_timeout: limits.idleInTransactionMs,
    lock_timeout: limits.lockMs,
    statement_timeout: limits.statementMs,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
    stream: () => impatient(limits.silenceMs),
    // A plan that was made while a table was small reads all of it when it is large, until the server looks at its size again.
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, though its types do not say so
    onConnect: async (client) => void (await client.query('set plan_cache_mode = force_custom_plan')),
  });
  // A connection that breaks says so to whoever waits for it. Nobody may be waiting: that is no reason to crash.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: kyselyPool(pool) }) });
}

/** Where a URL leads, without what is secret in it. Errors: UsageError that does not repeat it. */
export function placeOf(url: string): string {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError('the URL of the ledger is none: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE');
  }
  const { hostname, port, pathname } = new URL(url);
  return `PostgreSQL at ${hostname || 'localhost'}:${port || 5432}${pathname}`;
}

/** A cut cable or a frozen host never answers, and TCP would wait for it for hours. */
function impatient(silenceMs: number): Socket {
  const socket = new Socket();
  if (silenceMs > 0) socket.setTimeout(silenceMs, () => socket.destroy(new Error(`silent for ${silenceMs} ms`)));
  return socket;
}

const int8 = 20;

/** Counts and times come as numbers, as from SQLite. */
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
    connect: () => named(async () => kyselyClient(await pool.connect(), statements)),
  };
}

function kyselyClient(client: pg.PoolClient, statements: Statements): PostgresPoolClient {
  async function load(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    const values = parameters.map(storable);
    const alone = client.getTransactionStatus() === 'I';
    try {
      return await client.query({ ...statements.of(text), values });
    } catch (error) {
      if (!statements.isRefused(error) || !alone) throw error;
      return await client.query({ text, values });
    }
  }
  const query = (text: string, values: readonly unknown[]) => named(() => load(text, values));
  return { release: (broken) => client.release(broken), query: query as unknown as PostgresPoolClient['query'] };
}

/** PostgreSQL's texts hold every character but this. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}

/** Errors: those of the server as they are; all others are trouble of the connection. */
async function named<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.severity !== 'FATAL') throw error;
    throw new ConnectionTrouble(`PostgreSQL does not answer: ${messageOf(error)}`, { cause: error });
  }
}
