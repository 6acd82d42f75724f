import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { addDays, localTime } from '../../src/core/zone.ts';
import { insertEdition } from '../../src/ledger/digests/editions.ts';
import { replyRow } from '../../src/ledger/replies/replies.ts';
import { buildDigest, editionFrom } from '../../src/operations/digests/build-digest.ts';
import { browserIsHere, startBrowser } from '../support/browser.ts';
import { command } from '../support/command.ts';
import { planOf } from '../support/digests.ts';
import { heldRules, openSite, type Site } from '../support/web.ts';

const sizes = { desktop: { width: 1360, height: 900 }, phone: { width: 390, height: 844 } };
const words = 'awards ceremony for a run';
const posts = [
  { id: '1', text: '#07ASTANA2244 ¶1' },
  { id: '2', text: 'Is 06ASTANA9999 a cable?' },
];
const otherRules = 'rules: [{ name: other, when: { status: resolved }, action: reply }]\n';

/** What a person does who has never seen the page: each click, each field and each question that is confirmed is a step. */
function strangerAt(page: Page) {
  let steps = 0;
  page.on('dialog', (dialog) => {
    steps += 1;
    void dialog.accept();
  });
  const click = async (what: Locator) => {
    steps += 1;
    await what.click();
  };
  return {
    page,
    click,
    press: (name: string | RegExp) => click(page.getByRole('button', { name }).first()),
    follow: (name: string | RegExp) => click(page.locator('main').getByRole('link', { name }).first()),
    type: async (label: string, text: string) => {
      steps += 1;
      await page.getByLabel(label).fill(text);
    },
    /** An entry of the navigation; on a phone it is behind the menu. */
    goTo: async (name: string) => {
      const menu = page.getByRole('button', { name: 'Menu' });
      if (await menu.isVisible()) await click(menu);
      await click(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }));
    },
    steps: () => steps,
  };
}

type Stranger = ReturnType<typeof strangerAt>;

interface Task {
  /** On the page; on a phone the menu is one more where the navigation is needed. */
  readonly most: Readonly<Record<keyof typeof sizes, number>>;
  readonly onPage: (stranger: Stranger, site: Site) => Promise<void>;
  /** The commands, one after the other; each may use what the one before has printed. */
  readonly commands: readonly ((printed: string, site: Site) => readonly string[])[];
  /** What the last command prints. */
  readonly prints: RegExp;
}

const tasks: Readonly<Record<string, Task>> = {
  'find why a post was not answered': {
    most: { desktop: 2, phone: 2 },
    onPage: async ({ page, follow, click }) => {
      await follow(/cite a cable/);
      await click(page.getByRole('article').filter({ hasText: '06ASTANA9999' }).getByRole('link', { name: 'Why' }));
      await page.getByRole('heading', { name: 'The verdict' }).waitFor();
      expect(await page.locator('main').textContent()).toContain('no rule matched');
    },
    commands: [() => ['explain', 'file:2']],
    prints: /no rule matched/,
  },
  'approve a held reply': {
    most: { desktop: 2, phone: 2 },
    onPage: async ({ page, follow, press }, site) => {
      await follow(/held reply/);
      await press('Approve and send');
      await page.getByRole('status').filter({ hasText: 'approved' }).waitFor();
      await site.work();
      expect((await replyRow(site.app.ledger.db, 'file:1'))?.state).toBe('sent');
    },
    commands: [() => ['review', 'list'], (printed) => ['review', 'approve', /file:\d+/.exec(printed)?.[0] ?? '']],
    prints: /file:1 is planned/,
  },
  'change a rule and roll it back': {
    most: { desktop: 7, phone: 8 },
    onPage: async ({ page, goTo, type, press }) => {
      await goTo('Rules');
      await type('Draft', otherRules);
      await press('Check');
      await press('Put in force');
      await page.getByRole('status').filter({ hasText: 'is written' }).waitFor();
      expect(await page.getByLabel('Draft').inputValue()).toBe(otherRules);
      await press('Put back');
      await page.getByRole('status').filter({ hasText: 'is written' }).waitFor();
      expect(await page.getByLabel('Draft').inputValue()).toBe(heldRules);
    },
    commands: [
      (_printed, { dir }) => {
        writeFileSync(join(dir, 'draft.yaml'), otherRules);
        return ['rules', 'install', join(dir, 'draft.yaml')];
      },
      (printed) => ['rules', 'install', '--former', /in place of (\w{12})/.exec(printed)?.[1] ?? ''],
    ],
    prints: /in place of/,
  },
  'find a quotation': {
    most: { desktop: 4, phone: 5 },
    onPage: async ({ page, goTo, type, press, follow }) => {
      await goTo('Cables');
      await type('Find a cable', words);
      await press('Find');
      await follow(/¶\d+/);
      expect(new URL(page.url()).pathname).toBe('/cable/07ASTANA2244');
      expect((await page.locator(':target').textContent())?.replaceAll(/\s+/g, ' ')).toContain(words);
    },
    commands: [() => ['corpus', 'search', words]],
    prints: /07ASTANA2244/,
  },
  'read yesterday’s digest': {
    most: { desktop: 2, phone: 3 },
    onPage: async ({ page, goTo, follow }, { app }) => {
      await goTo('Digests');
      await follow(addDays(localTime(await app.ledger.now(), 'UTC').date, -1));
      await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Cables in posts' }).waitFor();
    },
    commands: [() => ['digest', '--preview']],
    prints: /Cables in posts/,
  },
};

/** A bot with a held reply, a post without one, and the digest of yesterday. */
async function openBot(): Promise<Site> {
  const site = await openSite({
    posts,
    rules: heldRules,
    before: 'digests: [{ name: daily, timezone: UTC, folder: null }]\n',
  });
  const { ledger, config, cables } = site.app;
  const now = await ledger.now();
  const date = addDays(localTime(now, 'UTC').date, -1);
  const sources = { db: ledger.db, config, corpus: cables.corpus };
  const built = await buildDigest(sources, planOf({ timezone: 'UTC' }), date, now);
  await ledger.transact((tx) =>
    insertEdition(tx, editionFrom(built, now), { targets: [], after: 0, fingerprints: built.fingerprints }),
  );
  return site;
}

describe.skipIf(!browserIsHere)('a stranger, in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  for (const size of ['desktop', 'phone'] as const)
    test.for(Object.entries(tasks))(`can %s on a ${size} in a few steps`, async ([, { most, onPage }]) => {
      const site = await openBot();
      const context = await browser.newContext({ viewport: sizes[size] });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      await page.goto(`${site.origin}${site.entry}`);
      const stranger = strangerAt(page);
      await onPage(stranger, site);
      expect(stranger.steps()).toBeLessThanOrEqual(most[size]);
    });
});

test.for(Object.entries(tasks))('a stranger can %s by one or two commands', async ([, { commands, prints }]) => {
  const site = await openBot();
  let printed = '';
  for (const next of commands) {
    const found = await command([...next(printed, site), '--config', join(site.dir, 'pilcrow.yaml')]);
    expect(found).toMatchObject({ code: 0 });
    printed = found.out;
  }
  expect(printed).toMatch(prints);
});
