import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { insertEdition } from '../../src/ledger/digests/editions.ts';
import { utcDay } from '../../src/core/zone.ts';
import { replyRow } from '../../src/ledger/replies/replies.ts';
import { buildDigest, editionFrom } from '../../src/operations/digests/build-digest.ts';
import { planOf } from '../support/digests.ts';
import { browserIsHere, startBrowser } from '../support/browser.ts';
import { pathsWith } from '../support/operator-paths.ts';
import { heldRules, openSite, password, type Site } from '../support/web.ts';

const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1360, height: 900 } };
const paths = [
  ...pathsWith('file:1'),
  '/mentions?q=last+words',
  '/posts/file%3A4',
  '/digests/daily/2026-11-29',
  '/digests/daily/preview',
  '/trackbacks',
  '/trackbacks?state=approved',
  '/cables',
  '/cables?q=deputy+of+the+party',
  '/cable/07ASTANA2244',
  '/nothing',
];

const long = 'somebody_whose_name_has_no_blank_'.repeat(3);
const posts = [
  ...[1, 2, 3].map((id) => ({ id: String(id), text: `#07ASTANA2244 ¶${id}` })),
  {
    id: '4',
    text: `اقرأوا #07ASTANA2244 ¶26 ${long} ${'and so on '.repeat(100)} last words`,
    author: { id: 'l', handle: long },
  },
];
const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';

describe.skipIf(!browserIsHere)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  /** A page, its console errors and its requests to other origins. */
  async function open(site: Pick<Site, 'origin' | 'entry'>, options: BrowserContextOptions = {}) {
    // axe comes from the test: the page itself takes no script but its own.
    const context = await browser.newContext({ viewport: sizes.desktop, ...options });
    onTestFinished(() => context.close());
    const complaints: string[] = [];
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${site.origin}/`)) complaints.push(`asked for ${request.url()}`);
    });
    page.on('dialog', (dialog) => void dialog.accept());
    const go = (path: string) => page.goto(`${site.origin}${path}`);
    if (site.entry !== '') {
      await go(site.entry);
      expect(page.url()).toBe(`${site.origin}/`);
    }
    return { page, complaints, go };
  }

  async function login(page: Page, name: string): Promise<void> {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  }

  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`every page works on a ${size}, ${colorScheme}: no overflow, no errors, no external requests, accessible`, async () => {
        const site = await openFullSite();
        const { page, complaints, go } = await open(site, { viewport, colorScheme });
        for (const path of paths) {
          await go(path);
          const wide = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          expect([path, wide]).toEqual([path, 0]);
          expect([path, await faultsIn(page)]).toEqual([path, []]);
          if (await openAll(page)) expect([path, 'open', await faultsIn(page)]).toEqual([path, 'open', []]);
        }
        expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
      });
    }
  }

  test('a reviewer edits, approves and rejects, and can do nothing else', async () => {
    const site = await openSite({ login: true, rules: heldRules });
    const { page, complaints, go } = await open(site, { viewport: sizes.phone });
    await go('/review');
    expect(await faultsIn(page)).toEqual([]);
    await login(page, 'rita');
    expect(new URL(page.url()).pathname).toBe('/review');
    const first = page.getByRole('article').first();
    await first.getByText('Edit the text').click();
    await first.getByRole('textbox', { name: 'Text' }).fill('other words');
    await first.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('status').textContent()).toContain('changed, still held for approval');
    await page.getByRole('article').filter({ hasText: 'other words' }).getByRole('button', { name: 'Approve' }).click();
    expect(await page.getByRole('status').textContent()).toContain('approved');
    const next = page.getByRole('article').first();
    await next.getByText('Reject', { exact: true }).click();
    await next.getByRole('textbox', { name: 'Reason' }).fill('not this one');
    await next.getByRole('button', { name: 'Reject for good' }).click();
    expect(await page.getByRole('status').textContent()).toContain('rejected');
    await go('/pause');
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    expect(new URL(page.url()).pathname).toBe('/login');
    expect(complaints).toEqual([]);
    await site.work();
    const rows = await Promise.all(['1', '2'].map((id) => replyRow(site.app.ledger.db, `file:${id}`)));
    expect(rows.map((row) => row?.state)).toEqual(['sent', 'rejected']);
    expect(rows[0]?.payload).toContain('other words');
  });

  test('an operator pauses, resumes, and tries an invalid draft, then a valid one', async () => {
    const site = await openSite({ rules: heldRules });
    const { page, complaints, go } = await open(site);
    await go('/pause');
    await page.getByLabel('Reason').fill('wrong links');
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Paused: everything.');
    await page.getByRole('button', { name: 'Resume everything' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Resumed: everything.');
    await go('/rules');
    await page.getByLabel('Draft').fill('rules:\n  - name: a\n    acton: reply\n');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('did you mean action').waitFor();
    expect(await faultsIn(page)).toEqual([]);
    await page.getByLabel('Draft').fill('rules: [{ name: a, when: { status: resolved }, action: reply }]\n');
    await page.getByLabel('Days').selectOption('30');
    await page.getByRole('button', { name: 'Backtest' }).click();
    await page.getByText('3 posts since').waitFor();
    expect(await page.getByLabel('Draft').inputValue()).toContain('name: a');
    expect(await faultsIn(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('on a phone the menu opens without JavaScript, and leads to every page', async () => {
    const site = await openSite();
    const { page, go } = await open(site, { viewport: sizes.phone, javaScriptEnabled: false });
    await go('/mentions');
    const link = page.getByRole('link', { name: 'Consent' });
    expect(await link.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Menu' }).click();
    await link.click();
    expect(new URL(page.url()).pathname).toBe('/consent');
  });

  test('by keys a reviewer moves, approves, selects, and rejects with a reason; they can be turned off', async () => {
    const site = await openSite({ rules: heldRules });
    const { page, complaints, go } = await open(site);
    await go('/review');
    const focused = () => page.evaluate('document.activeElement?.querySelector("input[name=keys]")?.value');
    await page.keyboard.press('j');
    const first = await focused();
    await page.keyboard.press('j');
    expect(await focused()).not.toBe(first);
    await page.keyboard.press('k');
    expect(await focused()).toBe(first);
    await page.keyboard.press('r');
    expect(await page.locator(':focus').getAttribute('name')).toBe('reason');
    await page.keyboard.type('jak not this one');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'rejected' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    expect(await page.locator('input[name=keys]:checked').count()).toBe(1);
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    expect(await faultsIn(page)).toEqual([]);
    await page.getByLabel('Keys are on').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    expect(await page.getByRole('article').count()).toBe(2);
    await page.keyboard.press('?');
    await page.getByLabel('Keys are on').check();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await page.getByRole('status').filter({ hasText: 'approved' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('an operator changes a rule from the page and rolls it back, and a finding leads to its line', async () => {
    const site = await openSite({ rules: heldRules });
    const { page, complaints, go } = await open(site);
    await go('/rules');
    await page.getByLabel('Draft').fill('rules:\n  - name: a\n    acton: reply\n');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('link', { name: 'Line 3, column 5' }).click();
    expect(await page.evaluate('[document.activeElement.id, document.activeElement.selectionStart]')).toEqual([
      'draft',
      'rules:\n  - name: a\n    '.length,
    ]);
    await page.getByLabel('Draft').fill('rules: [{ name: b, when: { status: resolved }, action: reply }]\n');
    await page.getByRole('button', { name: 'Check' }).click();
    expect(await faultsIn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Put in force' }).click();
    await page.getByRole('status').filter({ hasText: 'is written' }).waitFor();
    expect(await page.getByLabel('Draft').inputValue()).toContain('name: b');
    await page.getByRole('button', { name: 'Put back' }).click();
    await page.getByRole('status').filter({ hasText: 'is written' }).waitFor();
    expect(await page.getByLabel('Draft').inputValue()).toContain('name: ask');
    expect(complaints).toEqual([]);
  });

  test('times are relative, with the exact one of the visitor’s zone behind them', async () => {
    const createdAt = new Date(Date.now() - 3 * 3_600_000 - 60_000).toISOString();
    const site = await openSite({ posts: [{ id: '1', text: '#07ASTANA2244', createdAt }] });
    const { page, go } = await open(site, { timezoneId: 'Asia/Almaty' });
    await go('/mentions');
    const time = page.locator('article time').first();
    expect([await time.textContent(), await time.getAttribute('title')]).toEqual([
      '3 hours ago',
      expect.stringContaining('GMT+5'),
    ]);
    expect(await page.locator('footer').textContent()).toContain('Asia/Almaty');
  });

  test('an open page updates itself', async () => {
    const site = await openSite();
    const { page, go } = await open(site);
    await go('/');
    await page.locator('body[data-connected]').waitFor();
    const pause = { scope: 'all', reason: 'from elsewhere', since: 0 } as const;
    await site.app.ledger.transact((tx) => tx.insertInto('pauses').values(pause).execute());
    const shown = page.getByText('Paused (all): from elsewhere');
    // The first poll only records the current state, so a write before it is not reported.
    for (let at = 0; !(await shown.isVisible()); at += 1) {
      const name = `tick ${at}`;
      await site.app.ledger.transact((tx) => tx.insertInto('scheduler_locks').values({ name, at }).execute());
      await page.waitForTimeout(200);
    }
  });

  test('by keyboard: the first stop leads past the navigation, and every stop shows', async () => {
    const site = await openSite();
    const { page, go } = await open(site);
    await go('/mentions');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('location.hash')).toBe('#main');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('name')).toBe('q');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  });

  test('by keyboard every control of every page can be reached, and shows that it has the focus', async () => {
    const { page, go } = await open(await openFullSite());
    for (const path of [...paths, ...paths.map((one) => `${one} open`)]) {
      const [address = '', isOpen] = path.split(' ');
      await go(address);
      if (isOpen !== undefined && !(await openAll(page))) continue;
      await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
      const find = `stops = [...document.querySelectorAll('${controls}')].filter((one) => one.checkVisibility())`;
      const wanted = await page.evaluate<number>(`(window.${find}).length`);
      const seen: number[] = [];
      for (let press = 0; press <= wanted && seen.length < wanted; press += 1) {
        await page.keyboard.press('Tab');
        const [at, outline] = await page.evaluate<[number, string]>(
          '[stops.indexOf(document.activeElement), getComputedStyle(document.activeElement).outlineStyle]',
        );
        if (at === -1) continue;
        expect([path, at, outline]).toEqual([path, at, 'solid']);
        seen.push(at);
      }
      // Each once, in the order of the page.
      expect([path, seen]).toEqual([path, Array.from({ length: wanted }, (_, at) => at)]);
    }
  });

  test('a long post is folded until somebody asks, by keyboard and without JavaScript', async () => {
    const text = `#07ASTANA2244 ¶5 ${'and so on '.repeat(100)}`;
    const { page, go } = await open(await openSite({ rules: heldRules, posts: [{ id: '4', text }] }), {
      viewport: sizes.phone,
      javaScriptEnabled: false,
    });
    for (const path of ['/review', '/mentions', '/posts/file%3A4']) {
      await go(path);
      const card = page.getByRole('article').filter({ hasText: 'and so on' });
      const lines = async () => ((await card.locator('blockquote').boundingBox())?.height ?? 0) / 27;
      expect([path, Math.round(await lines())]).toEqual([path, 5]);
      await card.locator('summary', { hasText: 'Show the whole post' }).press('Enter');
      expect(await lines()).toBeGreaterThan(20);
      await card.locator('summary', { hasText: 'Show less' }).press('Enter');
      expect([path, Math.round(await lines())]).toEqual([path, 5]);
    }
  });

  test('what decides about selected replies appears with the selection, in sight', async () => {
    const { page, go } = await open(await openSite({ rules: heldRules }), { viewport: sizes.phone });
    await go('/review');
    const approve = page.getByRole('button', { name: 'Approve selected' });
    expect(await approve.isVisible()).toBe(false);
    await page.getByRole('checkbox', { name: 'Select' }).first().check();
    await page.getByRole('checkbox', { name: 'Select' }).nth(1).check();
    const box = await approve.boundingBox();
    expect(box?.y).toBeLessThan(sizes.phone.height);
    await approve.click();
    expect(await page.getByRole('status').textContent()).toContain('2 ');
    expect(await page.getByRole('article').count()).toBe(1);
  });

  test('without JavaScript everything works except live updates', async () => {
    const site = await openSite({ rules: heldRules });
    const { page, go } = await open(site, { javaScriptEnabled: false });
    await go('/review');
    await page.getByRole('button', { name: 'Approve and send' }).first().click();
    expect(await page.getByRole('status').textContent()).toContain('approved');
  });
});

/** A site with something on each page. */
async function openFullSite(): Promise<Site> {
  const before = `digests: [{ name: daily, timezone: UTC, time: '07:00' }]\n`;
  const site = await openSite({ rules: heldRules, posts, before, web: '  cables: public\n' });
  const { ledger, config, cables } = site.app;
  const now = await ledger.now();
  const sources = { db: ledger.db, config, corpus: cables.corpus };
  const built = await buildDigest(sources, planOf({ timezone: 'UTC' }), utcDay(now), now);
  const edition = { ...editionFrom(built, now), date: '2026-11-29' };
  await ledger.transact(async (tx) => {
    await insertEdition(tx, edition, { targets: ['files'], after: 0, fingerprints: {} });
    const failed = { state: 'failed', error: 'disk error', due_at: null } as const;
    await tx.updateTable('posts').set(failed).where('key', '=', 'file:3').execute();
    await tx.insertInto('pauses').values({ scope: 'account:log', reason: 'wrong links', since: 0 }).execute();
    const act = { id: '1', at: 0, actor: 'ada', action: 'pause', target: 'all', note: '' };
    await tx.insertInto('audit_log').values(act).execute();
    await tx.insertInto('consents').values({ person: 'file:ada', choice: 'out', source: 'by mail', at: 0 }).execute();
    const reject = { id: 'r', feed: 'posts', position: 'posts.jsonl:9', reason: 'not JSON', excerpt: '{', at: now };
    await tx.insertInto('rejects').values(reject).execute();
    const link = { kind: 'webmention', cable: '07ASTANA2244', page: '', title: 'A page', site: 'A site' } as const;
    for (const [id, state] of Object.entries({ a: 'pending', b: 'pending', c: 'approved' } as const))
      await tx
        .insertInto('trackbacks')
        .values({
          ...link,
          id,
          state,
          source: `https://x.example/${id}`,
          host: 'x.example',
          domain: 'x.example',
          excerpt: 'words',
          at: now,
          attempts: 1,
        })
        .execute();
  });
  return site;
}

/** Opens every fold and selects the first card. False: the page has nothing of the kind. */
async function openAll(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>(`(() => {
    const folds = [...document.querySelectorAll('main details')];
    for (const fold of folds) fold.open = true;
    const box = document.querySelector('[form=bulk]');
    if (box !== null) box.checked = true;
    return folds.length > 0 || box !== null;
  })()`);
}

/** Violations of any severity that axe-core finds, with their elements. */
async function faultsIn(page: Page): Promise<string[]> {
  // Evaluated by the debugger, because the page's policy forbids scripts.
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  );
  return found.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
  );
}
