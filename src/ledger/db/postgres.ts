import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import { openBatchedReads, openGroupCommit } from './group-commit.ts';
import type { Ledger, LedgerReader } from '../ledger.ts';
import { checkSchema, migrate } from './migrations.ts';
import { connect, type Limits, migrationLimits, locationOf, postgresRules, usualLimits } from './postgres-pool.ts';
import { type ServerFault, serverFaults } from './postgres-checks.ts';
import type { Schema } from './schema.ts';

const readers = 6;

export interface PostgresOptions {
  readonly url: string;
  /** Replaces the database's time in tests. */
  readonly clock?: Clock | undefined;
  readonly limits?: Limits;
}

/** The ledger for several processes and hosts. Errors: no connection; UsageError if this version cannot continue it. */
export async function openPostgresLedger({ url, clock, limits = usualLimits }: PostgresOptions): Promise<Ledger> {
  const place = locationOf(url);
  return await withHint(place, async () => {
    await migrated(url, place);
    const writer = connect(url, postgresRules.lanes, limits);
    // Reads have their own pool, so that they cannot delay transactions.
    const reader = connect(url, readers, limits);
    const group = openGroupCommit(writer, postgresRules);
    return {
      place,
      shared: true,
      db: reader,
      transact: (work) => group.transact(work),
      transactEach: (batch, item) => group.transactEach(batch, item),
      load: openBatchedReads(reader, postgresRules),
      now: clock === undefined ? databaseTime(reader) : () => Promise.resolve(clock.now()),
      changedOutside: () => Promise.resolve(false),
      async [Symbol.asyncDispose]() {
        await group.settled();
        await reader.destroy();
        await writer.destroy();
      },
    };
  });
}

/** A PostgreSQL ledger for reading: nothing is created, migrated or written. Undefined: there is none yet. */
export async function openPostgresReader(url: string): Promise<LedgerReader | undefined> {
  const place = locationOf(url);
  return await withHint(place, async () => {
    const db = connect(url, readers, usualLimits);
    try {
      if (await checkSchema(db, `in ${place}`))
        return { place, shared: true, db, now: databaseTime(db), [Symbol.asyncDispose]: () => db.destroy() };
    } catch (error) {
      await db.destroy();
      throw error;
    }
    await db.destroy();
    return undefined;
  });
}

/** See `serverFaults`. Errors: the server cannot be reached. */
export async function postgresFaults(url: string, now: () => number): Promise<ServerFault[]> {
  return await withHint(locationOf(url), async () => {
    const db = connect(url, 1, usualLimits);
    try {
      return await serverFaults(db, now);
    } finally {
      await db.destroy();
    }
  });
}

async function migrated(url: string, place: string): Promise<void> {
  const db = connect(url, 1, migrationLimits);
  try {
    await migrate(db, `in ${place}`);
  } finally {
    await db.destroy();
  }
}

async function withHint<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    throw new Error(
      `the ledger in ${place} cannot be opened: ${messageOf(error)}${cause}. Is the server running, and may this user create tables in that database?`,
      { cause: error },
    );
  }
}

const freshForMs = 1000;

const maxRoundTripMs = 250;

/** The server's clock, extrapolated by the monotonic clock: no query per call, and no effect of jumps of this host's clock. */
function databaseTime(db: Kysely<Schema>): () => Promise<number> {
  let offset = 0;
  let readAt = -Infinity;
  let pending: Promise<void> | undefined;

  async function load(): Promise<void> {
    // A slow answer says little about its time: this process may have been stopped meanwhile.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const before = performance.now();
      const { rows } = await sql<{
        ms: number;
      }>`select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as ms`.execute(db);
      readAt = performance.now();
      offset = (rows[0]?.ms ?? Number.NaN) - (before + readAt) / 2;
      if (readAt - before < maxRoundTripMs) return;
    }
  }

  return async () => {
    if (performance.now() - readAt > freshForMs) {
      pending ??= load().finally(() => (pending = undefined));
      await pending;
    }
    return Math.floor(performance.now() + offset);
  };
}
