// Takes pictures of the operator's pages: npm run shots -- --help.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from './browser.ts';
import { scriptArguments } from './script.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pilcrow = join(root, 'bin/pilcrow.js');
const ofReadme = join(root, 'docs/pictures');
const usage = `Usage: npm run shots [FOLDER]

Starts a bot with made posts, and takes a picture of each page of its operator, at two widths, light and dark, into FOLDER (data/shots).
Those of the README go to docs/pictures.`;
const { positionals } = scriptArguments(usage, { allowPositionals: true });
const shots = resolve(positionals[0] ?? join(root, 'data/shots'));
const port = 8196;
const widths = [390, 1360] as const;
const schemes = ['light', 'dark'] as const;

const configuration = `data: data
feeds: [{ name: posts, platform: file, paths: [posts.jsonl], every: 1s, maxAge: null }]
publishers: [{ name: log, platform: log }]
digests: [{ name: daily, timezone: UTC, time: '07:00' }]
rules: rules.yaml
web: { listen: '127.0.0.1:${port}' }
`;
const rules = `rules:
  - name: look-first
    when: { status: unknown-paragraph }
    action: hold
  - name: answer
    when: { status: resolved }
    action: reply
  - name: record-the-rest
    action: record
tests:
  - name: a known paragraph is answered
    post: { text: 'See #cablegate #07ASTANA2244 ¶5' }
    cable: { status: resolved }
    expect: { rule: answer, action: reply }
`;
const texts = [
  'Reading #07ASTANA2244 ¶5 on my way to work. #cablegate',
  'who else knows #07astana2244, para 3? #cablegate',
  'My notes end with 07ASTANA2244, paragraph 25. Do I count wrong?',
  'Two cables tonight: #07ASTANA2244 ¶¶3-4 and #08ASTANA1037 #cablegate',
  'Embassy Astana cable 2244 of August 2007 is the one with the airport. #cablegate',
  'thread: 07 ASTANA 2244 ¶8, ¶9 and what the ministry said next #cablegate',
];

using folder = mkdtempDisposableSync(join(tmpdir(), 'pilcrow-shots-'));
writeFileSync(join(folder.path, 'pilcrow.yaml'), configuration);
writeFileSync(join(folder.path, 'rules.yaml'), rules);
writeFileSync(join(folder.path, 'posts.jsonl'), texts.map(post).join(''));
mkdirSync(shots, { recursive: true });
mkdirSync(ofReadme, { recursive: true });

const bot = spawn(process.execPath, [pilcrow, 'run', '--config', 'pilcrow.yaml'], {
  cwd: folder.path,
  stdio: 'ignore',
});
const browser = await startBrowser();
try {
  const first = await open(browser, widths[1], 'light');
  const address = await addressOf(first);
  for (const width of widths)
    for (const scheme of schemes) await takeAll(await open(browser, width, scheme), address, `${width}-${scheme}`);
  await takeReadme(await open(browser, 1100, 'light'), address);
} finally {
  await browser.close();
  bot.kill('SIGTERM');
}

/** What a command prints. */
function told(...args: readonly string[]): string {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [pilcrow, ...args], { cwd: folder.path, encoding: 'utf8', env }).stdout;
}

function post(text: string, at: number): string {
  const author = ['mira', 'tomasz', 'lena', 'ada', 'bela', 'chidi'][at] ?? 'mira';
  const createdAt = new Date(Date.now() - (texts.length - at) * 600_000).toISOString();
  return `${JSON.stringify({ id: String(at + 1), author: { id: author, handle: author }, createdAt, text, url: `https://social.example/@${author}/${at + 1}` })}\n`;
}

async function open(from: Browser, width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await from.newContext({ viewport: { width, height: 900 }, colorScheme, deviceScaleFactor: 1.5 });
  return context.newPage();
}

/** With the token; waits until the bot has read its posts. */
async function addressOf(page: Page): Promise<string> {
  for (;;) {
    const address = /http:\S+/.exec(told('web', '--url'))?.[0];
    const opened = address === undefined ? null : await page.goto(address).catch(() => null);
    if (address !== undefined && opened?.ok() === true) {
      await page.waitForTimeout(3000);
      return address;
    }
    await page.waitForTimeout(200);
  }
}

async function takeAll(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  const links = await page.locator('nav a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
  const paths = [...new Set(['/', ...links, '/cable/07ASTANA2244', '/posts/file%3A1'])].filter((path) =>
    path.startsWith('/'),
  );
  for (const path of paths) {
    await page.goto(new URL(path, address).href);
    const file = `${path.replaceAll(/\W+/g, '-').replaceAll(/^-|-$/g, '') || 'overview'}-${name}.png`;
    await page.screenshot({ path: join(shots, file), fullPage: true });
  }
}

async function takeReadme(page: Page, address: string): Promise<void> {
  const take = async (path: string, name: string, height: number) => {
    await page.setViewportSize({ width: 1100, height });
    await page.goto(new URL(path, address).href);
    await page.screenshot({ path: join(ofReadme, `${name}.png`) });
  };
  await page.goto(address);
  await take('/cable/07ASTANA2244', 'cable', 760);
  await take('/review', 'review', 620);
  await page.goto('about:blank');
  await page.setContent(
    told('digest', '--preview', '--date', new Date().toISOString().slice(0, 10), '--format', 'html'),
  );
  await page.screenshot({ path: join(ofReadme, 'digest.png') });
  await page.setContent(
    `<pre style="margin:0;padding:1.2em 1.6em;background:#1d1f21;color:#e6e6e6;font:15px/1.5 monospace;white-space:pre-wrap"></pre>`,
  );
  await page
    .locator('pre')
    .evaluate(
      (pre, text) => void (pre.textContent = text),
      `$ pilcrow resolve '${texts[0]}'\n${told('resolve', texts[0] ?? '')}`,
    );
  await page.locator('pre').screenshot({ path: join(ofReadme, 'terminal.png') });
}
