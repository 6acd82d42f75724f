import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserIsHere, openPage, startBrowser } from '../support/browser.ts';
import { firefoxIsHere, startFirefox } from '../support/firefox.ts';
import { madePages } from '../support/made-pages.ts';
import { samplePage, samplePages, samplesAreHere } from '../support/samples.ts';
import { sampleTest } from '../support/sample-test.ts';
import { expectLandings, linksOn, onBothSites, seedPages, serveSites, type Tab } from './landing.ts';

const made = [...seedPages(), ...madePages(5, 6).flatMap(({ id, html }) => onBothSites(id, html))];
const sampled = samplesAreHere ? samplePages.flatMap((id) => onBothSites(id, samplePage(id))) : [];

function everyParagraph(open: (origin: string) => Promise<Tab & AsyncDisposable>): void {
  let tab: Tab & AsyncDisposable;
  let site: Awaited<ReturnType<typeof serveSites>>;

  beforeAll(async () => {
    site = await serveSites([...made, ...sampled]);
    tab = await open(site.url);
  });

  afterAll(async () => {
    await tab?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
  });

  test.each(made)(
    'of the made page $printed.cable.publishedId on $target has a link that lands on it',
    async (page) => {
      await expectLandings(tab, site.url, page);
    },
  );

  for (const [index, id] of samplePages.entries()) {
    sampleTest(`of ${id} has a link that lands on it`, async () => {
      for (const page of sampled.slice(2 * index, 2 * index + 2)) await expectLandings(tab, site.url, page);
    });
  }
}

describe.skipIf(!browserIsHere)('in Chromium every paragraph', () => {
  everyParagraph(openChromium);
});
describe.skipIf(!firefoxIsHere)('in Firefox every paragraph', () => {
  everyParagraph(startFirefox);
});

test('links by anchors and by words are tried', () => {
  const links = made.flatMap(linksOn);
  expect(links.filter(({ by }) => by === 'words').length).toBeGreaterThan(50);
  expect(links.filter(({ by }) => by === undefined).length).toBeGreaterThan(50);
});

async function openChromium(origin: string): Promise<Tab & AsyncDisposable> {
  const browser: Browser = await startBrowser();
  const tab = await openPage(browser, origin);
  return {
    goto: (url) => tab.goto(url),
    evaluate: (expression) => tab.evaluate<string>(expression),
    screenshot: async () => (await tab.screenshot()).toString('base64'),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
