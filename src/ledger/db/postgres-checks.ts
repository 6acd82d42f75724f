import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { within } from '../../core/async.ts';
import { withHint } from './postgres.ts';
import { maxConnections, openPool, type Pool, sessionSettings, usualLimits } from './postgres-pool.ts';
import { codeOf, locationOf } from './postgres-url.ts';

/** A fault in the setup of a server, with its remedy. */
export interface ServerFault {
  /** `true`: refuse to start; `false`: warn. */
  readonly fatal: boolean;
  readonly message: string;
}

const minVersion = 13;
const maxSkewMs = 2000;

/**
 * Checks the sessions, durability, write access and the clock. `now`: this host's clock. Errors: the server cannot be reached.
 * `onStarting` is called when the server is starting: then it is waited for, for a minute.
 */
export async function postgresFaults(
  url: string,
  now: () => number,
  onStarting?: (message: string) => void,
): Promise<ServerFault[]> {
  const deadline = performance.now() + (onStarting === undefined ? 0 : maxStartMs);
  const place = locationOf(url);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await withHint(place, () => allFaults(url, now));
    } catch (error) {
      if (codeOf(error) !== cannotConnectNow || performance.now() > deadline) throw error;
      if (attempt === 0) onStarting?.(`${place} is starting: waiting for it, for up to ${maxStartMs / 1000} s`);
    }
    await delay(startPollMs);
  }
}

/** SQLSTATE of a server that starts, recovers or stops. */
const cannotConnectNow = '57P03';
const maxStartMs = 60_000;
const startPollMs = 500;

async function allFaults(url: string, now: () => number): Promise<ServerFault[]> {
  await using pool = openPool(url, maxConnections, usualLimits);
  const [first, ...others] = await granted(pool);
  try {
    const before = now();
    const { rows } = await first.query<Settings>(readSettings);
    const [found] = rows;
    const skew = found === undefined ? [] : [...skewFault(found.now - (before + now()) / 2)];
    const server = found === undefined ? [] : [...faultsOf(found)];
    return [...(await sessionFaults(first, others)), ...server, ...skew];
  } finally {
    for (const client of [first, ...others]) client.release();
  }
}

/** As many connections as the server grants, up to those that a process uses. Errors: that of the first. */
async function granted(pool: Pool): Promise<[pg.PoolClient, ...pg.PoolClient[]]> {
  const first = await pool.connect();
  const others = await Promise.all(Array.from({ length: maxConnections - 1 }, () => grantedInTime(pool.connect())));
  return [first, ...others.filter((client) => client !== undefined)];
}

async function grantedInTime(asked: Promise<pg.PoolClient>): Promise<pg.PoolClient | undefined> {
  const client = await within(grantMs, asked).catch(() => undefined);
  if (client !== 'late') return client;
  asked.then(
    (late) => late.release(),
    () => {},
  );
  return undefined;
}

const grantMs = 2000;

/** A pooler that gives each transaction another session loses what a session has set, and so the time-outs that free locks. */
async function sessionFaults(first: pg.PoolClient, others: readonly pg.PoolClient[]): Promise<ServerFault[]> {
  const count = 1 + others.length;
  const second = others[0] ?? first;
  const sessions: number[] = [];
  for (const client of [first, second, second, first]) sessions.push(await sessionOf(client));
  const [a, b, bAgain, aAgain] = sessions;
  const isSteady = a === aAgain && b === bAgain && (a === b) === (first === second);
  const wrong = isSteady ? await settingsLost(first) : [];
  if (!isSteady || wrong.length > 0) {
    const seen = isSteady ? `${wrong.join(', ')} does not hold` : 'two connections share a session';
    const remedy = 'connect directly, or set pool_mode = session for this database';
    return [{ fatal: true, message: `a pooler in transaction mode, which is not supported (${seen}): ${remedy}` }];
  }
  if (count === maxConnections) return [];
  const remedy = 'raise max_connections, the connection limit of user or database, or the pool_size of the pooler';
  return [{ fatal: false, message: `it grants ${count} of the ${maxConnections} connections of a process: ${remedy}` }];
}

async function sessionOf(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

/** Names of the settings of a session that are not as they were set. */
async function settingsLost(client: pg.PoolClient): Promise<string[]> {
  const wanted = sessionSettings(usualLimits);
  const query = 'select name, setting from pg_settings where name = any($1)';
  const { rows } = await client.query<{ name: string; setting: string }>(query, [Object.keys(wanted)]);
  return rows.filter(({ name, setting }) => wanted[name] !== setting).map(({ name }) => name);
}

const readSettings = `
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
