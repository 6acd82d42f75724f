import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { need } from './need.ts';
import { freePort } from './free-port.ts';

const binary = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin']
  .flatMap((folder) => globSync(join(folder, 'snac')))
  .at(0);

/** For `describe.skipIf(!snacIsHere)`. */
export const snacIsHere = need('snac2', binary !== undefined, 'apt install -t bookworm-backports snac2');

/** Somebody with an account, as a client acts for them. */
export interface Person {
  readonly name: string;
  readonly token: string;
  /** Of the profile. */
  readonly url: string;
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Errors: an Error where the server refuses. */
  post(text: string, more?: Record<string, unknown>): Promise<Status>;
}

export interface Status {
  readonly id: string;
  readonly uri: string;
  readonly content: string;
  readonly visibility: string;
  readonly spoiler_text: string;
  readonly in_reply_to_id: string | null;
  readonly account: { readonly id: string };
}

export interface SnacServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  readonly people: Readonly<Record<string, Person>>;
  /** Runs one of its commands, such as `note_mention`. */
  run(...words: string[]): string;
}

/** A real fediverse server with Mastodon’s API on a free port of 127.0.0.1; the first of the people is marked as a bot. */
export async function openSnac(names: readonly string[]): Promise<SnacServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pilcrow-snac-'));
  const owner = somebody();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const run = (input: string, ...words: string[]) =>
    execFileSync(binary ?? '', words, { ...owner, cwd: folder, input, encoding: 'utf8' });
  run(`127.0.0.1\n${port}\n127.0.0.1:${port}\n\n\n`, 'init', data);
  change(join(data, 'server.json'), { protocol: 'http' });
  const passwords = names.map((name) => /password is (\S+)/.exec(run('', 'adduser', data, name))?.[1] ?? '');
  change(join(data, 'user', names[0] ?? '', 'user.json'), { bot: true });
  const server = spawn(binary ?? '', ['httpd', data], { ...owner, cwd: folder, stdio: 'ignore' });
  servers.add(server);
  server.once('exit', () => servers.delete(server));
  await answering(`${url}/api/v1/instance`, server);
  const people = await Promise.all(names.map((name, index) => logIn(url, name, passwords[index] ?? '')));
  return {
    port,
    url,
    folder: data,
    people: Object.fromEntries(people.map((person) => [person.name, person])),
    run: (command, ...words) => run('', command, data, ...words),
    async [Symbol.asyncDispose]() {
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const servers = new Set<ChildProcess>();
process.once('exit', () => {
  for (const server of servers) server.kill('SIGKILL');
});

function change(file: string, changes: Record<string, unknown>): void {
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...changes }));
}

/** snac closes connections as it likes: none is used twice. */
const alone = { connection: 'close' };

async function answering(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const answer = await fetch(url, { headers: alone }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await delay(20);
  }
  throw new Error(`snac ends at its start with ${server.exitCode}`);
}

/** By the form that a person would fill in. */
async function logIn(url: string, name: string, password: string): Promise<Person> {
  const redirect = 'urn:ietf:wg:oauth:2.0:oob';
  const app = await sent<{ client_id: string; client_secret: string }>(`${url}/api/v1/apps`, {
    client_name: 'pilcrow-test',
    redirect_uris: redirect,
    scopes: 'read write follow',
  });
  const form = new URLSearchParams({ login: name, passwd: password, redir: redirect, cid: app.client_id, state: '' });
  const code = await (await fetch(`${url}/oauth/x-snac-login`, { method: 'POST', body: form, headers: alone })).text();
  const { access_token: token } = await sent<{ access_token: string }>(`${url}/oauth/token`, {
    grant_type: 'authorization_code',
    redirect_uri: redirect,
    code: code.trim(),
    ...app,
  });
  const call: Person['call'] = async (method, path, body) => {
    const headers = { ...alone, authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('<') || text === '' ? text : (JSON.parse(text) as unknown) };
  };
  return {
    name,
    token,
    url: `${url}/${name}`,
    call,
    async post(text, more = {}) {
      const { status, body } = await call('POST', '/api/v1/statuses', { status: text, visibility: 'public', ...more });
      if (status !== 200) throw new Error(`snac answered ${status}`);
      return body as Status;
    },
  };
}

async function sent<T>(url: string, fields: Record<string, string>): Promise<T> {
  return (await (await fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers: alone })).json()) as T;
}

/** It refuses to run as root. */
function somebody(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [, , uid, gid] = /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
