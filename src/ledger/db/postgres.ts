import { type Kysely, sql } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { Ledger, LedgerReader } from '../ledger.ts';
import { openBatchedReads, openGroupCommit } from './group-commit.ts';
import { checkSchema, migrate, type Notice } from './migrations.ts';
import { type Limits, maxConnections, migrationLimits, openPool, postgresRules, usualLimits } from './postgres-pool.ts';
import { locationOf, remedyFor } from './postgres-url.ts';
import type { Schema } from './schema.ts';

export { migrationLimits };

const readers = maxConnections - postgresRules.lanes;

export interface PostgresOptions {
  readonly url: string;
  /** Replaces the database's time in tests. */
  readonly clock?: Clock | undefined;
  readonly limits?: Limits;
  /** Hears of what takes long. */
  readonly notice?: Notice | undefined;
}

/** The ledger for several processes and hosts. Errors: no connection; UsageError if this version cannot continue it. */
export async function openPostgresLedger({
  url,
  clock,
  limits = usualLimits,
  notice,
}: PostgresOptions): Promise<Ledger> {
  const place = locationOf(url);
  return await withHint(place, async () => {
    {
      await using pool = openPool(url, 1, migrationLimits);
      await migrate(pool.kysely(), `in ${place}`, { notice });
    }
    const pool = openPool(url, maxConnections, limits);
    const writer = pool.kysely(postgresRules.lanes);
    // Reads leave connections to transactions, so that they cannot delay them.
    const reader = pool.kysely(readers);
    const { settled, ...writes } = openGroupCommit(writer, postgresRules);
    return {
      place,
      shared: true,
      db: reader,
      ...writes,
      load: openBatchedReads(reader, postgresRules),
      now: clock === undefined ? databaseTime(reader) : () => Promise.resolve(clock.now()),
      async erase() {
        await sql`vacuum posts, short_ids, mentions, replies, rejects, notices, trackbacks, consents, feeds, settings`.execute(
          reader,
        );
        return true;
      },
      displaced: () => undefined,
      changedOutside: () => Promise.resolve(false),
      async [Symbol.asyncDispose]() {
        await settled();
        await pool[Symbol.asyncDispose]();
      },
    };
  });
}

/** A PostgreSQL ledger for reading: nothing is created, migrated or written. Undefined: there is none yet. */
export async function openPostgresReader(url: string): Promise<LedgerReader | undefined> {
  const place = locationOf(url);
  return await withHint(place, async () => {
    await using resources = new AsyncDisposableStack();
    const db = resources.use(openPool(url, readers, usualLimits)).kysely();
    if (!(await checkSchema(db, `in ${place}`))) return undefined;
    const opened = resources.move();
    return { place, shared: true, db, now: databaseTime(db), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  });
}

/** Adds to an error where the ledger is and what to do. */
export async function withHint<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new Error(`the ledger in ${place} cannot be opened: ${messageOf(error)}. ${remedyFor(error)}`, {
      cause: error,
    });
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
