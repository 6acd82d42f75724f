import { spawn, spawnSync } from 'node:child_process';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../servers/free-port.ts';
import { rules } from './shots-scenes.ts';

const pilcrow = fileURLToPath(new URL('../../bin/pilcrow.js', import.meta.url));

const configuration = (port: number, web: string, stores: string) => `data: data
feeds: [{ name: posts, platform: file, paths: [posts.jsonl], every: 1s, maxAge: null }]
publishers: [{ name: log, platform: log }]
digests: [{ name: daily, timezone: UTC, time: '07:00' }, { name: weekly, period: week, timezone: UTC, time: '07:00' }]
rules: rules.yaml
web: { listen: '127.0.0.1:${port}'${web} }
${stores}`;

/** A running bot in a folder of its own. */
export interface Bot extends Disposable {
  readonly folder: string;
  readonly origin: string;
}

interface BotOptions {
  readonly users?: string;
  readonly stores?: string;
  readonly isPublic?: boolean;
  readonly files?: Readonly<Record<string, string>>;
}

/** `users`, `stores`: as the configuration has them. `isPublic`: with cable pages for anyone. `files`: beside the configuration, by name. */
export async function startBot(
  posts: string,
  { users = '', stores = '', isPublic = false, files = {} }: BotOptions = {},
): Promise<Bot> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const open = isPublic ? `, cables: public, publicUrl: '${origin}'` : '';
  const folder = mkdtempDisposableSync(join(tmpdir(), 'pilcrow-shots-'));
  writeFileSync(join(folder.path, 'pilcrow.yaml'), configuration(port, users + open, stores));
  writeFileSync(join(folder.path, 'rules.yaml'), rules);
  writeFileSync(join(folder.path, 'posts.jsonl'), posts);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
  const bot = spawn(process.execPath, [pilcrow, 'run'], { cwd: folder.path, stdio: 'ignore' });
  return {
    folder: folder.path,
    origin,
    [Symbol.dispose]() {
      bot.kill('SIGKILL');
      folder[Symbol.dispose]();
    },
  };
}

/** What a command prints. */
export function told(cwd: string, ...args: readonly string[]): string {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [pilcrow, ...args], { cwd, encoding: 'utf8', env }).stdout;
}
