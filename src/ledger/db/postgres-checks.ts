import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** A fault in the setup of a server, with its remedy. */
export interface ServerFault {
  /** `true`: refuse to start; `false`: warn. */
  readonly fatal: boolean;
  readonly message: string;
}

const minVersion = 13;
const maxSkewMs = 2000;

/** Checks durability, write access and the clock. `now`: this host's clock. */
export async function serverFaults(db: Kysely<Schema>, now: () => number): Promise<ServerFault[]> {
  const before = now();
  const { rows } = await sql<Settings>`
    select current_setting('server_version_num')::int as version,
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only,
      floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(db);
  const found = rows[0];
  if (found === undefined) return [];
  const skewMs = found.now - (before + now()) / 2;
  return [...faultsOf(found), ...skewFault(skewMs)];
}

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
