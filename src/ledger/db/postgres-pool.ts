import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { openSemaphore, within } from '../../core/async.ts';
import { messageOf } from '../../core/errors.ts';
import { storable } from '../../core/storable.ts';
import type { CommitRules } from './group-commit.ts';
import { codeOf, isWithoutTls, targetOf } from './postgres-url.ts';
import { preparedStatements, refusals, type Statements } from './prepared-statements.ts';
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

/** Connections that a process uses at most: those of its transactions, and those of its reads. */
export const maxConnections = 9;

/** A pool of connections, created on demand and replaced when broken. */
export interface Pool extends AsyncDisposable {
  /** Kysely on at most `most` of the connections. */
  kysely(most?: number): Kysely<Schema>;
  /** One of them. Errors: ConnectionError; the server's. */
  connect(): Promise<pg.PoolClient>;
}

/** Errors: UsageError for a wrong URL. */
export function openPool(url: string, max: number, limits: Limits): Pool {
  const { fallsBack, ...target } = targetOf(url);
  const pool = new pg.Pool({
    ...target,
    max,
    application_name: 'pilcrow',
    connectionTimeoutMillis: maxWaitMs,
    // Shorter than `silenceMs`.
    idleTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
    stream: () => socketWithTimeout(limits.silenceMs),
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, though its types do not say so
    onConnect: async (client) => {
      if ((await within(settingsMs, client.query(settingsOf(limits)))) !== 'late') return;
      stayAt(pool.totalCount - 1);
      throw new ScarceError(`no connection within ${settingsMs / 1000} s`);
    },
  });
  // Queries in flight get the error of a broken connection. On an idle connection it must not crash the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const { acquire, stayAt } = openGrowth(pool, { max, fallsBack });
  const statements = preparedStatements();
  const connect = () => withConnectionErrors(acquire);
  const kyselyConnect = async () => kyselyClient(await connect(), statements);
  return {
    connect,
    kysely: (most = max) =>
      new Kysely<Schema>({
        dialect: new PostgresDialect({
          pool: { options: pool.options, connect: atMost(most, kyselyConnect), end: () => Promise.resolve() },
        }),
      }),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** Where the server grants no further connection, work waits for one of those that are there. */
function openGrowth(pool: pg.Pool, { max, fallsBack }: { max: number; fallsBack: boolean }) {
  let scarceUntil = 0;

  function stayAt(count: number): void {
    pool.options.max = Math.max(1, count);
    scarceUntil = performance.now() + growAgainMs;
  }

  async function acquire(): Promise<pg.PoolClient> {
    const deadline = performance.now() + maxWaitMs;
    for (;;) {
      if (performance.now() > scarceUntil) pool.options.max = max;
      try {
        return await pool.connect();
      } catch (error) {
        if (fallsBack && isWithoutTls(error)) pool.options.ssl = false;
        else if (!isScarce(error) || performance.now() > deadline) throw error;
        else {
          stayAt(pool.totalCount);
          await delay(pauseMs);
        }
      }
    }
  }

  return { acquire, stayAt };
}

/** A pooler in session mode lets a client wait for a connection to the server at its first query. */
const settingsMs = 5000;
const growAgainMs = 30_000;
/** For a connection, if the server refuses one or lets it wait; in milliseconds as the others. */
const maxWaitMs = 10_000;
const pauseMs = 50;

/** Settings of a session, by name. Set by SQL, because poolers refuse most startup parameters. */
export function sessionSettings(limits: Limits): Readonly<Record<string, string>> {
  return {
    statement_timeout: String(limits.statementMs),
    lock_timeout: String(limits.lockMs),
    idle_in_transaction_session_timeout: String(limits.idleInTransactionMs),
    // A generic plan from when a table was small scans all of it after it has grown, until the next ANALYZE.
    plan_cache_mode: 'force_custom_plan',
  };
}

function settingsOf(limits: Limits): string {
  return Object.entries(sessionSettings(limits))
    .map(([name, value]) => `set ${name} = '${value}'`)
    .join('; ');
}

/** At most so many clients at a time; further ones wait until one is released. */
function atMost(most: number, connect: () => Promise<PostgresPoolClient>): () => Promise<PostgresPoolClient> {
  const withPermit = openSemaphore(most);
  return () =>
    new Promise((resolve, reject) => {
      withPermit(async () => {
        const client = await connect();
        await new Promise<void>((released) => {
          const release = (broken?: boolean) => {
            client.release(broken);
            released();
          };
          resolve({ ...client, release });
        });
      }).catch(reject);
    });
}

class ScarceError extends Error {
  override readonly name = 'ScarceError';
}

/** Too many connections (SQLSTATE 53300), or no answer: a pooler lets its clients wait. */
function isScarce(error: unknown): boolean {
  return error instanceof ScarceError || codeOf(error) === '53300' || messageOf(error).endsWith('timeout');
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
