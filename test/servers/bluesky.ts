import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { join } from 'node:path';
import { AtpAgent } from '@atproto/api';
import { need } from './need.ts';
import { postgresIsHere, startPostgres } from './postgres.ts';
import { openRedis, redisIsHere } from './redis.ts';

const folder = join(import.meta.dirname, 'bluesky');

/** For `describe.skipIf(!blueskyIsHere)`. */
export const blueskyIsHere =
  need(
    'the Bluesky network of @atproto/dev-env',
    existsSync(join(folder, 'node_modules/better-sqlite3/prebuilds')),
    'test/servers/bluesky/install',
  ) &&
  postgresIsHere &&
  redisIsHere;

/** A member of the network. */
export interface Member {
  readonly agent: AtpAgent;
  readonly did: string;
  readonly handle: string;
  /** An app password, as bots should have one. */
  readonly password: string;
}

export interface BlueskyNetwork extends AsyncDisposable {
  /** URLs without a slash at their end. */
  readonly pds: string;
  readonly appview: string;
  /** A new account. */
  join(name: string): Promise<Member>;
  /** Resolves when whatever was written is indexed. */
  settle(): Promise<void>;
}

/** A whole Bluesky network on 127.0.0.1: the real servers, with databases of their own. */
export async function startBluesky(): Promise<BlueskyNetwork> {
  const postgres = await startPostgres({ fsync: 'off', max_connections: '200' });
  const redis = await openRedis();
  const env = {
    PATH: process.env['PATH'],
    DB_POSTGRES_URL: await postgres.database(),
    REDIS_HOST: `127.0.0.1:${redis.port}`,
    NODE_ENV: 'test',
    LOG_ENABLED: 'false',
  };
  const child = spawn(process.execPath, ['network.js'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const gone = once(child, 'exit');
  let closing = false;
  child.once('exit', () => closing || process.stderr.write(`the Bluesky network ended by itself:\n${said}\n`));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), gone.then(() => [''])]);
  if (first[0] === '') throw new Error(`the Bluesky network did not start:\n${said}`);
  const { pds, appview, control } = JSON.parse(String(first[0])) as Record<'pds' | 'appview' | 'control', string>;

  return {
    pds,
    appview,
    async join(name) {
      const agent = new AtpAgent({ service: pds });
      const handle = `${name}.test`;
      await agent.createAccount({ handle, email: `${name}@example.org`, password: 'main-password' });
      const app = await agent.com.atproto.server.createAppPassword({ name: 'bot' });
      return { agent, did: agent.assertDid, handle, password: app.data.password };
    },
    async settle() {
      const response = await fetch(control, { method: 'POST' });
      if (!response.ok) throw new Error(await response.text());
    },
    async [Symbol.asyncDispose]() {
      closing = true;
      child.stdin.end();
      await gone;
      await redis[Symbol.asyncDispose]();
      await postgres[Symbol.asyncDispose]();
    },
  };
}
