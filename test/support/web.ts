import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import type { BotEvent } from '../../src/core/event.ts';
import { hashPassword } from '../../src/web/password.ts';
import { openWeb, type ServerOptions } from '../../src/web/server.ts';
import { drain } from '../../workers/index.ts';
import { tempDir } from './temp.ts';
import { ownRules, writeWorkplace } from './workplace.ts';

export const password = 'correct horse battery';
let hash: Promise<string> | undefined;

export const people = { vera: 'viewer', rita: 'reviewer', olga: 'operator' } as const;

/** One rule that holds every reply. */
export const heldRules = 'rules: [{ name: ask, when: { status: resolved }, action: hold }]\n';

export interface SiteOptions {
  readonly posts?: readonly object[];
  /** The rules as YAML. Default: config/rules.yaml. */
  readonly rules?: string;
  /** Configures one user per role. Default: no login. */
  readonly login?: true;
  /** More lines of the section `web`, indented by two. */
  readonly web?: string;
  /** More sections of the configuration. */
  readonly before?: string;
  /** A string of the configuration and its replacement. */
  readonly replace?: readonly [string, string];
  readonly server?: ServerOptions;
  /** File of an embedded ledger that the bot continues. */
  readonly ledger?: string;
}

/** The real site on the real ledger of a bot that has processed these posts. */
export async function openSite(options: SiteOptions = {}) {
  const dir = await tempDir();
  const posts = options.posts ?? [1, 2, 3].map((id) => ({ id: String(id), text: `#07ASTANA2244 ¶${id}` }));
  const file = writeWorkplace(dir, posts);
  const rules = ownRules(dir);
  if (options.rules !== undefined) writeFileSync(rules, options.rules);
  writeFileSync(file, await configured(dir, readFileSync(file, 'utf8'), options));
  if (options.ledger !== undefined) {
    mkdirSync(join(dir, 'data'));
    copyFileSync(options.ledger, join(dir, 'data/ledger.db'));
  }
  const events: BotEvent[] = [];
  const stop = new AbortController();
  const app = await openApp(readConfig({ config: file }), {
    emit: (event) => events.push(event),
    stopping: stop.signal,
    hurry: stop.signal,
    queue: 'none',
  });
  onTestFinished(() => app[Symbol.asyncDispose]());
  await drain(app);
  const limits = async (name: string) => (await app.publisher(name))?.limits;
  const web = await openWeb({ ...app, version: 'test', limits, nudge: () => {} }, options.server);
  onTestFinished(() => web[Symbol.asyncDispose]());
  const work = () => drain(app);
  const entry = web.entry.slice(web.url.length);
  return { app, dir, rules, events, work, web, entry, origin: `http://127.0.0.1:${web.port}` };
}

export type Site = Awaited<ReturnType<typeof openSite>> & { readonly app: App };

async function configured(
  dir: string,
  text: string,
  { login, web = '', before = '', replace }: SiteOptions,
): Promise<string> {
  const users = Object.entries(people).map(([name, role]) => {
    return `    - { name: ${name}, role: ${role}, passwordHash: { file: secrets/hash } }\n`;
  });
  if (login === true) {
    mkdirSync(join(dir, 'secrets'));
    writeFileSync(join(dir, 'secrets/hash'), await (hash ??= hashPassword(password)));
  }
  const section = `web:\n  listen: 127.0.0.1:0\n${web}${login === true ? `  users:\n${users.join('')}` : ''}`;
  const own = text.replace(/^web: .*$/m, before) + section;
  return replace === undefined ? own : own.replace(...replace);
}

/**
 * An HTTP client that keeps cookies and sends forms like a browser; it does not follow redirects. With the `entry` of a site it first trades
 * the token there.
 */
export function openClient({ origin, entry = '' }: Pick<Site, 'origin'> & Partial<Pick<Site, 'entry'>>) {
  const cookies = new Map<string, string>();
  let isInside = entry === '';

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    if (!isInside) {
      isInside = true;
      await send(entry);
    }
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    // A test may pause longer than the server's keep-alive time-out.
    headers.set('connection', 'close');
    if (cookie !== '' && !headers.has('cookie')) headers.set('cookie', cookie);
    const answer = await fetch(`${origin}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return await whole(answer);
  }

  const get = async (path: string) => await send(path);
  const page = async (path: string) => await (await get(path)).text();
  const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = { origin }) =>
    await send(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  /** The CSRF token of any form on a page. */
  const token = async (path = '/pause') => /name="token" value="([^"]+)"/.exec(await page(path))?.[1] ?? '';
  return {
    cookies,
    send,
    get,
    page,
    post,
    token,
    /** Posts a form with the token of the page `from`. */
    submit: async (path: string, fields: Record<string, string>, from = '/pause') =>
      await post(path, { token: await token(from), ...fields }),
    login: async (name: string, secret = password) =>
      await post('/login', { token: await token('/login'), name, password: secret }),
  };
}

/** With its body read: Node's `fetch` ends the process when a connection ends over a body that nobody reads (nodejs/undici#5360). */
async function whole(answer: Response): Promise<Response> {
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) return answer;
  const body = await answer.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, answer);
}
