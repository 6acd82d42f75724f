// Takes pictures of every page: npm run shots -- --help.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { hashPassword } from '../../src/web/password.ts';
import { startBrowser } from './browser.ts';
import { scriptArguments } from './script.ts';
import { changedDraft, failingDraft, faultyDraft, fillLedger, postLines, rules } from './shots-scenes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pilcrow = join(root, 'bin/pilcrow.js');
const ofReadme = join(root, 'docs/pictures');
const usage = `Usage: npm run shots [FOLDER]

Starts a bot with posts of every kind, one without any, and one with a login, and takes a picture of each of their pages, at two widths, light and
dark, into FOLDER (data/shots). Those of the README go to docs/pictures.`;
const { positionals } = scriptArguments(usage, { allowPositionals: true });
const shots = resolve(positionals[0] ?? join(root, 'data/shots'));
const widths = [390, 1360] as const;
const schemes = ['light', 'dark'] as const;
const password = 'a password of these pictures';

const configuration = (port: number, users = '') => `data: data
feeds: [{ name: posts, platform: file, paths: [posts.jsonl], every: 1s, maxAge: null }]
publishers: [{ name: log, platform: log }]
digests: [{ name: daily, timezone: UTC, time: '07:00' }, { name: weekly, period: week, timezone: UTC, time: '07:00' }]
rules: rules.yaml
web: { listen: '127.0.0.1:${port}'${users} }
`;

mkdirSync(shots, { recursive: true });
mkdirSync(ofReadme, { recursive: true });
const browser = await startBrowser();
try {
  using full = startBot(8196, postLines());
  using none = startBot(8197, '');
  using closed = startBot(8198, '', `, users: [{ name: olga, role: operator, passwordHash: { file: hash } }]`);
  writeFileSync(join(closed.folder, 'hash'), await hashPassword(password));
  const [address, emptyAddress] = [await addressOf(full), await addressOf(none)];
  fillLedger(join(full.folder, 'data/ledger.db'));
  told(full.folder, 'consent', 'add', 'mastodon', '109876543210', '--out', '--reason', 'asked by mail');
  told(
    full.folder,
    'pause',
    '--account',
    'log',
    '--reason',
    'wrong links in the morning, until somebody has looked at them',
  );
  told(full.folder, 'digest', '--name', 'daily', '--date', day(Date.now() - 86_400_000));
  for (const width of widths)
    for (const scheme of schemes) {
      const name = `${width}-${scheme}`;
      await takeFull(await open(browser, width, scheme), address, name);
      await takeEmpty(await open(browser, width, scheme), emptyAddress, name);
      await takeLogin(await open(browser, width, scheme), name);
      await takeFiles(await open(browser, width, scheme), full.folder, name);
    }
  using plain = startBot(8199, postLines(6));
  await takeReadme(await open(browser, 1100, 'light', 1.5), plain.folder, await addressOf(plain));
} finally {
  await browser.close();
}

interface Bot extends Disposable {
  readonly folder: string;
}

function startBot(port: number, posts: string, users?: string): Bot {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'pilcrow-shots-'));
  writeFileSync(join(folder.path, 'pilcrow.yaml'), configuration(port, users));
  writeFileSync(join(folder.path, 'rules.yaml'), rules);
  writeFileSync(join(folder.path, 'posts.jsonl'), posts);
  const bot = spawn(process.execPath, [pilcrow, 'run'], { cwd: folder.path, stdio: 'ignore' });
  return {
    folder: folder.path,
    [Symbol.dispose]() {
      bot.kill('SIGKILL');
      folder[Symbol.dispose]();
    },
  };
}

/** What a command prints. */
function told(cwd: string, ...args: readonly string[]): string {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [pilcrow, ...args], { cwd, encoding: 'utf8', env }).stdout;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

async function open(from: Browser, width: number, colorScheme: 'light' | 'dark', scale = 1): Promise<Page> {
  const context = await from.newContext({ viewport: { width, height: 900 }, colorScheme, deviceScaleFactor: scale });
  context.setDefaultTimeout(120_000);
  return context.newPage();
}

/** With the token; waits until the bot has read its posts. */
async function addressOf({ folder }: Bot): Promise<string> {
  const page = await open(browser, widths[1], 'light');
  for (;;) {
    const address = /http:\S+/.exec(told(folder, 'web', '--url'))?.[0];
    const opened = address === undefined ? null : await page.goto(address).catch(() => null);
    if (address !== undefined && opened?.ok() === true) {
      await page.waitForTimeout(8000);
      return address;
    }
    await page.waitForTimeout(1000);
  }
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** The pages of the navigation, with the first pages behind them. */
async function takePages(page: Page, address: string, name: string, more: readonly string[]): Promise<void> {
  await page.goto(address);
  const links = await page.locator('nav a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
  for (const path of new Set(['/', ...links, ...more].filter((one) => one.startsWith('/')))) {
    await page.goto(new URL(path, address).href);
    const file = path.replaceAll(/%..|\W+/g, '-').replaceAll(/^-|-$/g, '') || 'overview';
    await take(page, `${file}-${name}`);
  }
}

async function takeFull(page: Page, address: string, name: string): Promise<void> {
  const yesterday = day(Date.now() - 86_400_000);
  await takePages(page, address, name, [
    '/mentions?q=zzz',
    ...[1, 3, 7, 9, 11].map((post) => `/posts/file%3A${post}`),
    '/posts/nothing',
    '/rejects',
    '/digests/daily/preview',
    '/digests/weekly/preview',
    `/digests/daily/${yesterday}`,
    '/cables?q=deputy+minister',
    '/cables?q=zzzz',
    '/cables?by=station',
    '/cables?year=2007',
    '/cable/07ASTANA2244',
    '/cable/07ASTANA2244/share',
    '/cable/08ASTANA1037',
    '/cable/07ASTANNA2244',
    '/nothing',
  ]);
  await page.goto(new URL('/', address).href);
  await page.locator('.hours summary').click();
  await take(page, `overview-hours-${name}`);
  await page.locator('summary').first().press('Escape');
  await page.keyboard.press('?');
  await page.screenshot({ path: join(shots, `keys-${name}.png`) });
  await page.keyboard.press('Escape');
  const menu = page.getByRole('button', { name: 'Menu' });
  if (await menu.isVisible()) await menu.click();
  await page.screenshot({ path: join(shots, `menu-${name}.png`) });
  await page.goto(new URL('/review', address).href);
  for (const fold of await page.locator('article').first().locator('summary').all()) await fold.click();
  await take(page, `review-open-${name}`);
  for (const [draft, button, file] of [
    [faultyDraft, 'Check, test and compare', 'faults'],
    [failingDraft, 'Check, test and compare', 'failing'],
    [changedDraft, 'Check, test and compare', 'changes'],
    [changedDraft, 'Backtest', 'backtest'],
    [rules, 'Show the reply', 'reply'],
  ] as const) {
    await page.goto(new URL('/rules', address).href);
    await page.getByLabel('Draft').fill(draft);
    await page.getByLabel('Try it on a post').fill('#07ASTANA2244 ¶5');
    await page.getByRole('button', { name: button }).click();
    await page.waitForLoadState();
    await take(page, `rules-${file}-${name}`);
  }
}

async function takeEmpty(page: Page, address: string, name: string): Promise<void> {
  await takePages(page, address, `empty-${name}`, ['/rejects']);
}

async function takeLogin(page: Page, name: string): Promise<void> {
  await page.goto('http://127.0.0.1:8198/review');
  await take(page, `login-${name}`);
  await page.getByLabel('Name').fill('olga');
  await page.getByLabel('Password').fill('not this one');
  await page.getByRole('button', { name: 'Log in' }).click();
  await take(page, `login-failed-${name}`);
  await page.goto('http://127.0.0.1:8198/nothing');
  await take(page, `login-nothing-${name}`);
  await page.goto('http://127.0.0.1:8198/login');
  await page.getByLabel('Name').fill('olga');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await take(page, `logged-in-${name}`);
}

/** The pages that the commands write. */
async function takeFiles(page: Page, folder: string, name: string): Promise<void> {
  const digest = join(folder, 'digest.html');
  writeFileSync(
    digest,
    told(folder, 'digest', '--name', 'daily', '--preview', '--date', day(Date.now()), '--format', 'html'),
  );
  told(folder, 'rules', 'backtest', '--rules', 'rules.yaml', '--html', 'backtest.html');
  for (const file of ['digest', 'backtest']) {
    await page.goto(pathToFileURL(join(folder, `${file}.html`)).href);
    await take(page, `file-${file}-${name}`);
  }
}

async function takeReadme(page: Page, folder: string, address: string): Promise<void> {
  const takePart = async (path: string, name: string, height: number) => {
    await page.setViewportSize({ width: 1100, height });
    await page.goto(new URL(path, address).href);
    await page.screenshot({ path: join(ofReadme, `${name}.png`) });
  };
  await page.goto(address);
  await takePart('/cable/07ASTANA2244', 'cable', 760);
  await takePart('/review', 'review', 620);
  await page.goto('about:blank');
  await page.setContent(
    told(folder, 'digest', '--name', 'daily', '--preview', '--date', day(Date.now()), '--format', 'html'),
  );
  await page.screenshot({ path: join(ofReadme, 'digest.png') });
  await page.setContent(
    `<pre style="margin:0;padding:1.2em 1.6em;background:#1d1f21;color:#e6e6e6;font:15px/1.5 monospace;white-space:pre-wrap"></pre>`,
  );
  const text = 'Reading #07ASTANA2244 ¶5 on my way to work. #cablegate';
  await page
    .locator('pre')
    .evaluate(
      (pre, shown) => void (pre.textContent = shown),
      `$ pilcrow resolve '${text}'\n${told(folder, 'resolve', text)}`,
    );
  await page.locator('pre').screenshot({ path: join(ofReadme, 'terminal.png') });
}
