import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { PostgresServer } from '../../test/servers/postgres.ts';

/** What a number of replies took. Times in milliseconds of one core. */
export interface Costs {
  readonly statements: number;
  readonly transactions: number;
  /** Of PostgreSQL's log (WAL). */
  readonly walBytes: number;
  /** How often the log went to the disk. */
  readonly flushes: number;
  /** Of clients, and of BullMQ's scripts. */
  readonly redisCommands: number;
  readonly redisBytes: number;
  readonly postgresMs: number;
  readonly redisMs: number;
}

/** Settings of a PostgreSQL that counts its statements. */
export const counting = { shared_preload_libraries: 'pg_stat_statements' };

/** What the servers did until now, PostgreSQL in one database; it was started with `counting`. */
export async function costsOf(
  postgres: PostgresServer,
  servers: { readonly postgres: string; readonly redis: string },
): Promise<Costs> {
  await postgres.query('create extension if not exists pg_stat_statements');
  const [row = {}] = await postgres.query(`
    select (select sum(calls) from pg_stat_statements where dbid = oid) as statements,
      pg_stat_get_db_xact_commit(oid) as transactions, wal_bytes as "walBytes", wal_sync as flushes
    from pg_database, pg_stat_wal where datname = '${new URL(servers.postgres).pathname.slice(1)}'`);
  const info = await infoOf(servers.redis);
  const told = (key: string) => Number(new RegExp(String.raw`^${key}:([0-9.]+)`, 'm').exec(info)?.[1]);
  return {
    statements: Number(row['statements']),
    transactions: Number(row['transactions']),
    walBytes: Number(row['walBytes']),
    flushes: Number(row['flushes']),
    redisCommands: told('total_commands_processed'),
    redisBytes: told('total_net_input_bytes') + told('total_net_output_bytes'),
    postgresMs: postgres.pids().reduce((sum, pid) => sum + processorMs(pid), 0),
    redisMs: 1000 * (told('used_cpu_sys') + told('used_cpu_user')),
  };
}

async function infoOf(url: string): Promise<string> {
  const redis = new Redis(url, { replyMapping: 'legacy' });
  try {
    return await redis.info();
  } finally {
    redis.disconnect();
  }
}

/** Linux counts in hundredths of a second. */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12);
  return 10 * (Number(user) + Number(system));
}
