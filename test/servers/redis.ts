import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { need } from './need.ts';
import { freePort } from './free-port.ts';

const binary = 'redis-server';

/** For `describe.skipIf(!redisIsHere)`. */
export const redisIsHere = need(
  binary,
  spawnSync(binary, ['--version']).error === undefined,
  'apt install redis-server',
);

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** SIGKILL, as a crash; resolves when it is gone. */
  kill(): Promise<void>;
  /** In good order; resolves when it is gone. */
  stop(): Promise<void>;
  /** One command, such as `FLUSHALL`; resolves to the first line of the answer. */
  send(...words: string[]): Promise<string>;
  /** SIGSTOP: it holds its connections and answers nothing, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Again, on the same port and folder; `more`: words of the command line for this time. */
  start(...more: string[]): Promise<void>;
}

export interface RedisSetup {
  /** Default: on, as it should be run. */
  readonly appendonly?: boolean;
  readonly maxmemoryPolicy?: string;
  /** Where its folder is made. */
  readonly folder?: string;
  /** More words of the command line. */
  readonly more?: readonly string[];
}

/** A real Redis of its own on a free port of 127.0.0.1, gone with its folder when disposed. */
export async function openRedis(setup: RedisSetup = {}): Promise<RedisServer> {
  const dir = mkdtempSync(join(setup.folder ?? tmpdir(), 'pilcrow-redis-'));
  const port = await freePort();
  const words = wordsOf(setup, port, dir);
  let server = await launch(words);
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    send: (...command) => send(port, command),
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    async start(...more) {
      server = await launch([...words, ...more]);
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function wordsOf(
  { appendonly = true, maxmemoryPolicy = 'noeviction', more = [] }: RedisSetup,
  port: number,
  dir: string,
) {
  const own = { port, bind: '127.0.0.1', dir, save: '', appendonly: appendonly ? 'yes' : 'no' };
  const pairs = Object.entries({ ...own, 'maxmemory-policy': maxmemoryPolicy });
  return [...pairs.flatMap(([name, value]) => [`--${name}`, String(value)]), ...more];
}

const servers = new Set<ChildProcess>();
process.once('exit', () => {
  for (const server of servers) server.kill('SIGKILL');
});

async function launch(words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(binary, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  servers.add(child);
  child.once('exit', () => servers.delete(child));
  let said = '';
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (line: string) => {
    said += line;
    if (said.includes('Ready to accept connections')) resolve();
  });
  child.once('exit', () => reject(new Error(`redis-server did not start:\n${said}`)));
  await ready;
  return child;
}

async function send(port: number, words: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${words.join(' ')}\r\n`);
  const answer = await text(socket);
  if (answer.startsWith('-')) throw new Error(answer);
  return answer.split('\r\n', 1)[0] ?? '';
}
