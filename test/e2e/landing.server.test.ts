import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { browserIsHere, openPage, startBrowser } from '../support/browser.ts';
import { madePages } from '../support/made-pages.ts';
import { expectLandings, onBothSites, seedPages, serveSites } from './landing.ts';

const [made] = madePages(3, 1);
const pages = [...seedPages(), ...onBothSites(made!.id, made!.html)];

describe.skipIf(!browserIsHere)('in Chromium', () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serveSites>>;

  beforeAll(async () => {
    site = await serveSites(pages);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  test.each(pages)(
    'every paragraph of $printed.cable.publishedId on $target has a link that lands on it',
    async (page) => {
      const tab = await openPage(browser, site.url);
      const screenshot = async () => (await tab.screenshot()).toString('base64');
      await expectLandings(
        { goto: (url) => tab.goto(url), evaluate: (text) => tab.evaluate<string>(text), screenshot },
        site.url,
        page,
      );
    },
  );
});
