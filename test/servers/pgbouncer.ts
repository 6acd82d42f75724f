import { spawn } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { need } from './need.ts';
import { type PostgresServer, serverUser } from './postgres.ts';

const binary = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

/** Tests that need the pooler are written under `describe.skipIf(!pgbouncerIsHere)`. */
export const pgbouncerIsHere = need('PgBouncer', binary !== undefined, 'apt install pgbouncer');

export interface Pooler extends AsyncDisposable {
  /** The URL of a database of its server, by way of the pooler. */
  urlOf(direct: string): string;
}

/** PgBouncer as Debian sets it up, before a server: no startup parameter is ignored. */
export async function startPgbouncer(
  { port: serverPort }: PostgresServer,
  { mode, size }: { mode: 'session' | 'transaction'; size: number },
): Promise<Pooler> {
  const dir = await mkdtemp(join(tmpdir(), 'pilcrow-pgbouncer-'));
  chmodSync(dir, 0o755);
  const port = await freePort();
  const file = join(dir, 'pgbouncer.ini');
  writeFileSync(join(dir, 'users.txt'), '"pilcrow" ""\n');
  writeFileSync(
    file,
    `[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(dir, 'users.txt')}
pool_mode = ${mode}
default_pool_size = ${size}
`,
  );
  const child = spawn(binary ?? '', [file], { ...serverUser(), cwd: dir, stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const urlOf = (direct: string) => direct.replace(String(serverPort), String(port));
  while (!(await answers(urlOf(`postgres://pilcrow@127.0.0.1:${serverPort}/postgres`)))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ends at its start with ${child.exitCode}`);
    await delay(20);
  }
  return {
    urlOf,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
