import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openLedger } from '../../src/app/open-ledger.ts';
import { readConfig } from '../../src/config/read.ts';
import { isPassword } from '../../src/web/password.ts';
import { command } from '../support/command.ts';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow, pilcrowOnce, writeWorkplace } from '../support/workplace.ts';
import { viewerPage } from '../support/viewer-page.ts';
import { wait } from '../support/wait.ts';

const root = new URL('../..', import.meta.url).pathname;

async function workplace(listen: string): Promise<string> {
  const config = writeWorkplace(await tempDir(), [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^web: .*\n/m, ''));
  appendFileSync(config, `web: { listen: ${listen} }\n`);
  return config;
}

function start(...args: string[]) {
  const run = pilcrow(args);
  onTestFinished(() => void run.child.kill('SIGKILL'));
  const url = () =>
    vi.waitFor(
      () => /http:\/\/127\.0\.0\.1:\d+/.exec(run.out)?.[0] ?? Promise.reject(new Error(run.out + run.err)),
      wait,
    );
  return { run, url };
}

/** The token of this data folder, as `pilcrow web --url` prints it. */
async function tokenOf(config: string) {
  const named = readFileSync(config, 'utf8').replace('127.0.0.1:0', '127.0.0.1:8190');
  writeFileSync(`${config}.named`, named);
  const { out } = await command(['web', '--url', '--config', `${config}.named`]);
  return { out, token: /\?token=([\w-]{43})\n$/.exec(out)?.[1] ?? '' };
}

// The test runner itself may run at a low priority.
const lower = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);

function childrenOf(pid: number | undefined): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

function isAlive(pid: number | undefined): boolean {
  return existsSync(`/proc/${pid}`);
}

async function page(url: string, path: string, token: string): Promise<string> {
  const { headers } = await fetch(`${url}/?token=${token}`, { redirect: 'manual' });
  const [cookie = ''] = headers.getSetCookie();
  return await (await fetch(`${url}${path}`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } })).text();
}

test('the token is printed on a terminal, and asked for with --url; no other output and no log has it', async () => {
  const config = await workplace('127.0.0.1:0');
  const { out, token } = await tokenOf(config);
  expect(out).toBe(`http://127.0.0.1:8190/?token=${token}\n`);
  const plain = start('run', '--config', config);
  expect(await page(await plain.url(), '/', token)).toContain('Running');
  await fetch(`${await plain.url()}/?token=${token}x`);
  await vi.waitFor(() => expect(plain.run.err).toContain('failed login'), wait);
  plain.run.child.kill('SIGTERM');
  await plain.run.exited;
  expect(plain.run.out).toContain('npx pilcrow web --url');
  expect(plain.run.out + plain.run.err).not.toContain(token);
  const logged = start('run', '--log', 'json', '--config', config);
  await vi.waitFor(() => expect(logged.run.err).toContain('started'), wait);
  logged.run.child.kill('SIGTERM');
  await logged.run.exited;
  expect(logged.run.out + logged.run.err).not.toContain(token);
  // `script` gives the bot a terminal of its own.
  const words = [process.execPath, join(root, 'bin/pilcrow.js'), 'run', '--config', config];
  const terminal = spawn('script', ['--quiet', '--return', '--command', words.join(' '), '/dev/null'], {
    stdio: 'pipe',
  });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  let shown = '';
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  await vi.waitFor(() => expect(shown).toMatch(new RegExp(`http://127\\.0\\.0\\.1:\\d+/\\?token=${token}`)), wait);
});

test('--url names no token where people log in by name, and no address where nobody knows the port', async () => {
  const config = await workplace('127.0.0.1:0');
  expect(await command(['web', '--url', '--config', config])).toMatchObject({
    code: 2,
    err: expect.stringContaining('port 0'),
  });
  const user = 'users: [{ name: ada, role: viewer, passwordHash: { env: HASH } }]';
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace('127.0.0.1:0 }', `127.0.0.1:8190, publicUrl: https://a.example, ${user} }`),
  );
  const named = await command(['web', '--url', '--config', config], { env: { HASH: 'scrypt' } });
  expect(named).toMatchObject({ code: 0, out: 'https://a.example\n' });
});

test('a bot serves its page, and so does another process at a lower priority', async () => {
  const config = await workplace('127.0.0.1:0');
  const bot = start('run', '--config', config);
  const { token } = await tokenOf(config);
  expect(await page(await bot.url(), '/', token)).toContain('Running');
  const other = start('web', '--config', config);
  await vi.waitFor(
    async () => expect(await page(await other.url(), '/mentions', token)).toContain('07ASTANA2244'),
    wait,
  );
  const [ofBot] = childrenOf(bot.run.child.pid);
  expect([bot.run.child.pid, ofBot, other.run.child.pid].map(getPriority)).toEqual([getPriority(), lower, lower]);
  for (const { run } of [bot, other]) {
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
  }
  expect(isAlive(ofBot)).toBe(false);
});

test('the page of a bot starts when somebody asks, all at once are served, and again after it died; it ends with a bot that is killed', async () => {
  const config = await workplace('127.0.0.1:0');
  const { run, url } = start('run', '--config', config);
  const { token } = await tokenOf(config);
  await vi.waitFor(() => expect(run.out).toContain('Waiting for more'), wait);
  const bot = run.child.pid;
  expect(childrenOf(bot)).toEqual([]);
  const shown = await Promise.all(['/', '/mentions', '/review'].map(async (path) => page(await url(), path, token)));
  expect(shown.every((text) => text.includes('data-events'))).toBe(true);
  const [first = 0] = childrenOf(bot);
  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(run.err).toContain('the process of the page ended (SIGKILL)'), wait);
  await vi.waitFor(async () => expect(await page(await url(), '/', token)).toContain('Running'), wait);
  const [second = 0] = childrenOf(bot);
  expect(second).not.toBe(first);
  run.child.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(second)).toBe(false), wait);
});

test('a page that cannot start says why in the log of the bot', async () => {
  const config = await workplace('127.0.0.1:0');
  const { run, url } = start('run', '--config', config);
  await vi.waitFor(() => expect(run.out).toContain('Waiting for more'), wait);
  appendFileSync(config, 'feed: 1\n');
  await expect(fetch(await url())).rejects.toThrow('fetch failed');
  await vi.waitFor(() => expect(run.err).toMatch(/the process of the page ended \(.*feed/), wait);
});

test('a page of its own process has the texts that the bot fetched', async () => {
  const config = await workplace('127.0.0.1:0');
  appendFileSync(config, 'links: { fetchMissing: true }\n');
  {
    await using ledger = await openLedger(readConfig({ config }));
    const fetched = { reference_id: '07ASTANA12', url: 'https://wikileaks.org/1.html', page: viewerPage(), at: 1 };
    await ledger.transact((tx) => tx.insertInto('pages').values(fetched).execute());
  }
  const { token } = await tokenOf(config);
  const web = start('web', '--config', config);
  const path = '/cable/07ASTANA12';
  await vi.waitFor(async () => expect(await page(await web.url(), path, token)).toContain('id="par5"'), wait);
});

test('a port in use stops the page, not the bot', async () => {
  await using other = await serve((_, response) => response.end());
  const config = await workplace(other.allow);
  const bot = start('run', '--config', config);
  await vi.waitFor(() => expect(bot.run.out).toContain('Waiting for more'), wait);
  expect(bot.run.err).toContain('another process listens there: name another port; the bot runs without its page');
  expect(await pilcrowOnce(['web', '--config', config])).toMatchObject({
    code: 1,
    err: expect.stringContaining('another process listens there'),
  });
});

test('--no-web and listen: null turn the page off', async () => {
  const config = await workplace('127.0.0.1:0');
  const bot = start('run', '--no-web', '--config', config);
  await vi.waitFor(() => expect(bot.run.out).toContain('Waiting for more'), wait);
  expect(bot.run.out + bot.run.err).not.toContain('http://127');
  const off = await workplace('null');
  expect(await pilcrowOnce(['web', '--config', off])).toMatchObject({
    code: 2,
    err: expect.stringContaining('`web.listen` is null'),
  });
});

test('password prints a hash for the configuration, and refuses a short password', async () => {
  const { code, out } = await pilcrowOnce(['password'], { input: 'correct horse battery\n' });
  expect(code).toBe(0);
  expect(out).toMatch(/^scrypt:\S+\n$/);
  expect(await isPassword('correct horse battery', out.trim())).toBe(true);
  expect(await pilcrowOnce(['password'], { input: 'short\n' })).toMatchObject({ code: 2, out: '' });
});

test('an invalid password hash is an error before anything is served', async () => {
  const config = await workplace('127.0.0.1:0');
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace(
      '127.0.0.1:0 }',
      '127.0.0.1:0, users: [{ name: ada, role: viewer, passwordHash: { env: HASH } }] }',
    ),
  );
  const run = await pilcrowOnce(['web', '--config', config], { env: { HASH: 'swordfish' } });
  expect(run).toMatchObject({ code: 2, err: expect.stringContaining('the passwordHash of ada is invalid') });
  expect(run.err).not.toContain('swordfish');
});
