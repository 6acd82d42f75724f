import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { browserIsHere, openPage, startBrowser } from '../support/browser.ts';
import { expectLandings, seedPages, serveSites } from './landing.ts';

const pages = seedPages();

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

  test.each(pages)('paragraphs of $printed.cable.publishedId on $target have links that land on them', async (page) => {
    const tab = await openPage(browser, site.url);
    const screenshot = async () => (await tab.screenshot()).toString('base64');
    await expectLandings(
      { goto: (url) => tab.goto(url), evaluate: (text) => tab.evaluate<string>(text), screenshot },
      site.url,
      page,
      6,
    );
  });
});
