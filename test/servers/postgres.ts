import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { need } from './need.ts';
import { freePort } from './free-port.ts';

const folder = binaries();

/** Tests that need the server are written under `describe.skipIf(!postgresIsHere)`. */
export const postgresIsHere = need('PostgreSQL', folder !== undefined, 'apt install postgresql');

/** A PostgreSQL cluster of its own on 127.0.0.1, with `fsync` on as in earnest. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** URL of a database that is new, and empty or as the one of that URL, which nobody is connected to. */
  database(like?: string): Promise<string>;
  /** SQL that makes a database again, row by row. */
  dump(url: string): string;
  /** Runs SQL as its superuser and returns the rows of the last statement. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Ends its connections and stops it: by SIGINT with all data safely on the disk, by SIGQUIT at once. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Restarts it as one that recovers, and accepts nobody until it is told to go on. */
  recover(): Promise<{ goOn(): void }>;
  start(): Promise<void>;
  /** Of the server and of its connections. */
  pids(): number[];
  /** Kill -9 of all its processes. */
  kill(): Promise<void>;
}

export async function startPostgres(
  settings: Record<string, string> = {},
  folderOfData = tmpdir(),
): Promise<PostgresServer> {
  const dir = await mkdtemp(join(folderOfData, 'pilcrow-pg-'));
  const owner = serverUser();
  if (owner !== undefined) await chown(dir, owner.uid, owner.gid);
  const data = join(dir, 'data');
  const initdb = ['-D', data, '-U', 'pilcrow', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(folder ?? '', 'initdb'), initdb, { ...owner, cwd: dir, stdio: 'ignore' });
  const port = await freePort();
  const chosen = Object.entries({ port: String(port), listen_addresses: '127.0.0.1', ...settings });
  const flags = ['-D', data, '-k', dir, ...chosen.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const urlOf = (database: string) => `postgres://pilcrow@127.0.0.1:${port}/${database}`;
  const query = (sql: string, database = 'postgres') => ask(urlOf(database), sql);
  let server: ChildProcess | undefined;

  const ended = (child: ChildProcess) =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise<void>((resolve) => child.once('exit', () => resolve()));

  async function start(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const child = spawn(join(folder ?? '', 'postgres'), flags, { ...owner, cwd: dir, stdio: 'ignore' });
      server = child;
      while (child.exitCode === null) {
        if (await answers(() => query('select 1'))) return;
        await delay(20);
      }
      // After a kill -9 the shared memory of the one before may be held for a moment.
      if (attempt === 20) throw new Error(`PostgreSQL ends at its start with ${child.exitCode}`);
      await delay(100);
    }
  }

  async function recover() {
    await stop();
    writeFileSync(join(data, 'standby.signal'), '');
    server = spawn(join(folder ?? '', 'postgres'), [...flags, '-c', 'hot_standby=off'], {
      ...owner,
      cwd: dir,
      stdio: 'ignore',
    });
    const refusal = () =>
      query('select 1').catch((error: unknown) => (error instanceof pg.DatabaseError ? error.code : ''));
    while ((await refusal()) !== '57P03') await delay(20);
    return {
      goOn: () => void execFileSync(join(folder ?? '', 'pg_ctl'), ['-D', data, 'promote'], { ...owner, cwd: dir }),
    };
  }

  async function stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    if (server === undefined) return;
    const stopped = ended(server);
    server.kill(signal);
    await stopped;
  }

  await start();
  return {
    port,
    query,
    start,
    stop,
    recover,
    dump: (url) => execFileSync(join(folder ?? '', 'pg_dump'), ['--inserts', '--no-owner', url], { encoding: 'utf8' }),
    async database(like) {
      const name = `t${randomUUID().replaceAll('-', '')}`;
      await query(`create database ${name}${like === undefined ? '' : ` template ${new URL(like).pathname.slice(1)}`}`);
      return urlOf(name);
    },
    pids: () => pidsOf(server),
    async kill() {
      if (server === undefined) return;
      const stopped = ended(server);
      for (const pid of pidsOf(server)) kill(pid);
      await stopped;
    },
    async [Symbol.asyncDispose]() {
      await stop('SIGQUIT');
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function ask(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function answers(question: () => Promise<unknown>): Promise<boolean> {
  try {
    await question();
    return true;
  } catch {
    return false;
  }
}

function pidsOf(server: ChildProcess | undefined): number[] {
  if (server?.pid === undefined) return [];
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
  return [server.pid, ...children.split(' ').filter(Boolean).map(Number)];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was gone before.
  }
}

/** The newest installed ones: Debian keeps them out of PATH. */
function binaries(): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const folders = [...debian, ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders.find((path) => existsSync(join(path, 'postgres')) && existsSync(join(path, 'initdb')));
}

/** PostgreSQL refuses to run as root. */
export function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, , uid, gid] = /^postgres:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}
