import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Digest } from '../../src/core/digest.ts';
import { languages } from '../../src/core/text/languages.ts';
import { insertEdition } from '../../src/ledger/digests/editions.ts';
import { messageOf } from '../../src/digest/deliver.ts';
import { formats } from '../../src/digest/render/index.ts';
import { total } from '../../src/digest/tally.ts';
import { browserIsHere, startBrowser } from '../support/browser.ts';
import { openSite } from '../support/web.ts';

const golden = new URL('golden/json.json', import.meta.url);
const digest = JSON.parse(readFileSync(golden, 'utf8')) as Digest;
const cases = [320, 640, 1200].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));

/** What a reader would trip over: sideways scrolling, a heading twice, and what axe finds. */
const measure = `(async () => {
  const all = [...document.querySelectorAll('main *, body *')];
  const wide = all.filter((one) => one.closest('svg, .top') === null && one.getBoundingClientRect().right > innerWidth + 0.5);
  const headings = [...document.querySelectorAll('h1, h2, h3, caption')].map((one) => one.textContent.trim());
  const { violations } = await axe.run();
  return {
    scrolls: document.documentElement.scrollWidth > innerWidth,
    wide: wide.map(({ outerHTML }) => outerHTML.slice(0, 80)),
    twice: headings.filter((one, at) => headings.indexOf(one) !== at),
    axe: violations.map(({ id, nodes }) => [id, nodes[0].html]),
  };
})()`;

/** Reference IDs that are on two lines. */
const broken = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const match of node.data.matchAll(/\\d\\d[A-Z]{3,}\\d+/gu)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (tops.size > 1) found.push(match[0]);
    }
  }
  return found;
})()`;

describe.skipIf(!browserIsHere)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  async function open(width: number, colorScheme: 'light' | 'dark') {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    onTestFinished(() => context.close());
    return await context.newPage();
  }

  async function faults(page: Page) {
    await page.evaluate(axe.source);
    return await page.evaluate<unknown>(measure);
  }
  const none = { scrolls: false, wide: [], twice: [], axe: [] };

  test.each(cases)('the HTML digest and the mail fit $width px, $scheme', async ({ width, scheme }) => {
    for (const content of [await formats.html.render([digest], undefined), messageOf(digest, 'x').html]) {
      const page = await open(width, scheme);
      await page.setContent(content);
      expect(await faults(page)).toEqual(none);
    }
  });

  test.each(languages)('the mail fits 320 px in %s, and breaks no reference ID', async (language) => {
    const page = await open(320, 'light');
    await page.setContent(messageOf({ ...digest, language }, 'x').html);
    expect(await faults(page)).toEqual(none);
    expect(await page.evaluate<string[]>(broken)).toEqual([]);
  });

  test.each(cases)(
    'the page of an edition fits $width px, $scheme',
    { timeout: 120_000 },
    async ({ width, scheme }) => {
      const site = await openSite();
      const edition = { digest: 'daily', date: digest.date, model: digest, tally: total([]), reading: [], madeAt: 0 };
      await site.app.ledger.transact((tx) =>
        insertEdition(tx, edition, { targets: ['files'], after: 0, fingerprints: {} }),
      );
      const page = await open(width, scheme);
      await page.goto(`${site.origin}${site.entry}`);
      await page.goto(`${site.origin}/digests/daily/${digest.date}`);
      expect(await faults(page)).toEqual(none);
    },
  );
});
