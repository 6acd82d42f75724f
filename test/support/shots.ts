// Takes pictures of every page: npm run shots -- --help.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { hashPassword } from '../../src/web/password.ts';
import { startPostgres } from '../servers/postgres.ts';
import { openRedis } from '../servers/redis.ts';
import { startBrowser } from './browser.ts';
import { writeDump } from './corpus/dump.ts';
import { type MadeCable, madeCorpus } from './corpus/generate.ts';
import { scriptArguments } from './script.ts';
import { type Bot, startBot, told } from './shots-bots.ts';
import {
  changedDraft,
  failingDraft,
  faultyDraft,
  fillLedger,
  fillTrackbacks,
  postLines,
  rules,
} from './shots-scenes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ofReadme = join(root, 'docs/pictures');
const usage = `Usage: npm run shots [FOLDER]

Starts a bot with posts of every kind, one without any, one with many made cables, one with a login, one with trackbacks, and one with a queue on
Redis, and takes a picture of each of their pages, at two widths, light and dark, into FOLDER (data/shots). Those of the README go to
docs/pictures.`;
const { positionals } = scriptArguments(usage, { allowPositionals: true });
const shots = resolve(positionals[0] ?? join(root, 'data/shots'));
const widths = [390, 1360] as const;
const schemes = ['light', 'dark'] as const;
const password = 'a password of these pictures';

mkdirSync(shots, { recursive: true });
mkdirSync(ofReadme, { recursive: true });
const browser = await startBrowser();
try {
  await using redis = await openRedis();
  await using postgres = await startPostgres();
  using full = await startBot(postLines());
  using none = await startBot('');
  using closed = await startBot('', {
    users: ', users: [{ name: olga, role: operator, passwordHash: { file: hash } }]',
    files: { hash: await hashPassword(password) },
  });
  using library = await startBot('');
  const cables = madeCorpus({ count: 600, seed: 7 });
  await writeDump(join(library.folder, 'cables.csv'), cables);
  told(library.folder, 'corpus', 'import', 'cables.csv');
  const [address, emptyAddress, libraryAddress] = [
    await addressOf(full),
    await addressOf(none),
    await addressOf(library),
  ];
  using shared = await startBot('', { isPublic: true });
  using queued = await startBot('', {
    stores: 'ledger: { postgres: { url: { file: ledger } } }\nqueue: { redis: { url: { file: queue } } }\n',
    files: { ledger: await postgres.database(), queue: redis.url },
  });
  const [sharedAddress, queuedAddress] = [await addressOf(shared), await addressOf(queued)];
  fillLedger(join(full.folder, 'data/ledger.db'));
  fillTrackbacks(join(shared.folder, 'data/ledger.db'));
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
      await takeLibrary(await open(browser, width, scheme), libraryAddress, cables.cable(300), name);
      await takeLogin(await open(browser, width, scheme), closed.origin, name);
      await takeTrackbacks(await open(browser, width, scheme), sharedAddress, name);
      await takeBoard(await open(browser, width, scheme), queuedAddress, name);
      await takeFiles(await open(browser, width, scheme), full.folder, name);
    }
  using plain = await startBot(postLines(6));
  await takeReadme(await open(browser, 1100, 'light', 1.5), plain.folder, await addressOf(plain));
} finally {
  await browser.close();
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
    '/mentions?q=says+it',
    ...[1, 3, 7, 9, 12].map((post) => `/posts/file%3A${post}`),
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
  await page.getByRole('checkbox', { name: 'Select' }).first().check();
  await page.screenshot({ path: join(shots, `review-select-${name}.png`) });
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

/** Lists of many cables, and the page of one that others cite. */
async function takeLibrary(page: Page, address: string, { id, paragraphs }: MadeCable, name: string): Promise<void> {
  await page.goto(address);
  for (const [file, path] of [
    ['index', '/cables'],
    ['station', '/cables?by=station'],
    ['tag', '/cables?by=tag'],
    ['year', '/cables?year=2007&month=5'],
    ['search', `/cables?q=${paragraphs[0]?.split(' ').slice(1, 4).join('+')}`],
    ['cable', `/cable/${id}`],
  ] as const) {
    await page.goto(new URL(path, address).href);
    await take(page, `library-${file}-${name}`);
  }
}

async function takeTrackbacks(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  await take(page, `overview-trackbacks-${name}`);
  for (const path of ['trackbacks', 'trackbacks?state=approved', 'trackbacks?state=removed']) {
    await page.goto(new URL(`/${path}`, address).href);
    await take(page, `${path.replaceAll(/\W+/g, '-')}-${name}`);
  }
}

/** A library draws it, in the browser. */
async function takeBoard(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  await page.goto(new URL('/queues', address).href);
  await page.getByText('0 Jobs').first().waitFor();
  await take(page, `queues-${name}`);
}

async function takeLogin(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(`${origin}/review`);
  await take(page, `login-${name}`);
  await page.getByLabel('Name').fill('olga');
  await page.getByLabel('Password').fill('not this one');
  await page.getByRole('button', { name: 'Log in' }).click();
  await take(page, `login-failed-${name}`);
  await page.goto(`${origin}/nothing`);
  await take(page, `login-nothing-${name}`);
  await page.goto(`${origin}/login`);
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
