import { type Kysely, sql } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { Ledger, LedgerReader } from '../ledger.ts';
import { openBatchedReads, openGroupCommit } from './group-commit.ts';
import { checkSchema, migrate } from './migrations.ts';
import { connect, type Limits, migrationLimits, locationOf, postgresRules, usualLimits } from './postgres-pool.ts';
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
    {
      await using db = connect(url, 1, migrationLimits);
      await migrate(db, `in ${place}`);
    }
    const writer = connect(url, postgresRules.lanes, limits);
    // Reads have their own pool, so that they cannot delay transactions.
    const reader = connect(url, readers, limits);
    const { settled, ...writes } = openGroupCommit(writer, postgresRules);
    return {
      place,
      shared: true,
      db: reader,
      ...writes,
      load: openBatchedReads(reader, postgresRules),
      now: clock === undefined ? databaseTime(reader) : () => Promise.resolve(clock.now()),
      async erase() {
        await sql`vacuum posts, mentions, replies, rejects, notices, trackbacks, consents, feeds, settings`.execute(
          reader,
        );
        return true;
      },
      changedOutside: () => Promise.resolve(false),
      async [Symbol.asyncDispose]() {
        await settled();
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
    await using resources = new AsyncDisposableStack();
    const db = resources.use(connect(url, readers, usualLimits));
    if (!(await checkSchema(db, `in ${place}`))) return undefined;
    const opened = resources.move();
    return { place, shared: true, db, now: databaseTime(db), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  });
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

/** A fault in the setup of a server, with its remedy. */
export interface ServerFault {
  /** `true`: refuse to start; `false`: warn. */
  readonly fatal: boolean;
  readonly message: string;
}

const minVersion = 13;
const maxSkewMs = 2000;

/** Checks durability, write access and the clock. `now`: this host's clock. Errors: the server cannot be reached. */
export async function postgresFaults(url: string, now: () => number): Promise<ServerFault[]> {
  return await withHint(locationOf(url), async () => {
    await using db = connect(url, 1, usualLimits);
    const before = now();
    const { rows } = await readSettings.execute(db);
    const found = rows[0];
    if (found === undefined) return [];
    return [...faultsOf(found), ...skewFault(found.now - (before + now()) / 2)];
  });
}

const readSettings = sql<Settings>`
    select current_setting('server_version_num')::int as version,
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only,
      floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now`;

interface Settings {
  version: number;
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  read_only: boolean;
  now: number;
}

function* faultsOf(found: Settings): Iterable<ServerFault> {
  const version = Math.floor(found.version / 10_000);
  if (version < minVersion) {
    yield {
      fatal: true,
      message: `it is version ${version}; pilcrow needs ${minVersion} or newer: upgrade it (pg_upgrade)`,
    };
  }
  if (found.read_only) {
    const remedy = 'name the primary in the URL, or promote this one';
    yield { fatal: true, message: `it is a standby or read-only: ${remedy}` };
  }
  for (const name of ['fsync', 'full_page_writes'] as const) {
    if (found[name] !== 'off') continue;
    const remedy = `alter system set ${name} = on; select pg_reload_conf()`;
    yield { fatal: false, message: `${name} is off: a power cut can destroy the ledger; ${remedy}` };
  }
  if (found.synchronous_commit === 'off') {
    const remedy = `alter database … set synchronous_commit = on`;
    yield {
      fatal: false,
      message: `synchronous_commit is off: a crash can make it forget a reply and send it twice; ${remedy}`,
    };
  }
}

function* skewFault(skewMs: number): Iterable<ServerFault> {
  if (Math.abs(skewMs) <= maxSkewMs) return;
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  const message = `its clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this host's: run chrony or another NTP client on both`;
  yield { fatal: false, message };
}
