import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linksTo } from '../../src/cables/links/cable-links.ts';
import { parseDocument } from '../../src/cables/parse/parse-document.ts';
import type { Cable } from '../../src/core/cable.ts';
import type { Link } from '../../src/core/citation.ts';
import { viewerHtml } from '../cables/parse/viewer-page.ts';
import { browserIsHere, openPage, startBrowser } from '../support/browser.ts';
import { madePages } from '../support/made-pages.ts';
import { sampleTest } from '../support/sample-test.ts';
import { samplePage, samplePages, samplesAreHere } from '../support/samples.ts';
import { serve } from '../support/serve.ts';

/** A page of the old viewer, and the copy of its cable from which links are made. */
interface Sample {
  readonly id: string;
  readonly html: string;
  readonly copy: string;
}

/** The repository has only the text of the seed; this builds its page by the viewer's rule. */
function seed(): Sample {
  const copy = readFileSync(new URL('../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8');
  const body = copy.slice(copy.indexOf('E.O. 12958'), copy.indexOf('\nLeave a Reply'));
  return { id: '07ASTANA2244', html: viewerHtml({ id: '07ASTANA2244', created: '2007-08-19 23:55', body }), copy };
}

const made = madePages(3, 6).map(({ id, html }): Sample => ({ id, html, copy: html }));

function sampled(): Sample[] {
  return samplesAreHere ? samplePages.map((id) => ({ id, html: samplePage(id), copy: samplePage(id) })) : [];
}

function cableOf({ id, copy }: Sample): Cable {
  const [cable] = parseDocument(copy, id).cables;
  if (cable === undefined) throw new Error(`${id} is not read`);
  return cable;
}

function paragraphLinks(cable: Cable): Link[] {
  const linked = { id: cable.referenceId, cable, catalogue: undefined, unverified: false };
  return linksTo(
    linked,
    cable.paragraphs.map(({ number }) => number),
    { targets: ['viewer'] },
  );
}

/** Normalizes to letters and digits separated by single spaces. */
function bare(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

/** The normalized beginning of a paragraph: number, marking, first words. */
function startOf(cable: Cable, paragraph: number): string {
  const { marking, text } = cable.paragraphs.find(({ number }) => number === paragraph)!;
  return bare(`${paragraph} ${marking ?? ''} ${text.slice(0, 60).replace(/\S*$/, '')}`);
}

describe.skipIf(!browserIsHere)('in Chromium', () => {
  let browser: Browser;
  let page: Page;
  let site: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    const pages = new Map([seed(), ...made, ...sampled()].map(({ id, html }) => [`${id}.html`, html]));
    site = await serve((request, response) => {
      const html = pages.get(/^\/cable\/\d{4}\/\d\d\/([^/]+)$/.exec(request.url ?? '')?.[1] ?? '');
      response.writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    });
    browser = await startBrowser();
    page = await openPage(browser, site.url);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  /** On a page that is already open, the browser only scrolls. */
  async function open(url: string): Promise<Landed | null> {
    const response = await page.goto(url.replace('https://wikileaks.org/', site.url));
    expect(response?.status() ?? 200, url).toBe(200);
    return await page.evaluate<Landed | null>(landedTarget);
  }

  test.each([seed(), ...made])('every link to a paragraph of $id keeps what it promises', keepsPromises);

  for (const id of samplePages) {
    sampleTest(`every link to a paragraph of ${id} keeps what it promises`, async () => {
      await keepsPromises({ id, html: samplePage(id), copy: samplePage(id) });
    });
  }

  async function keepsPromises(sample: Sample): Promise<void> {
    const cable = cableOf(sample);
    for (const link of paragraphLinks(cable)) {
      const paragraph = link.paragraph ?? 0;
      const start = startOf(cable, paragraph);
      if (link.exact) {
        const there = await open(link.url);
        expect(there, link.url).toMatchObject({ isFirst: true, isInView: true, isBesideNumber: true });
        expect(bare(there?.text ?? ''), link.url).toMatch(new RegExp(`^${start}`));
      } else {
        expect(link.why).toMatch(/\S/);
        expect(new URL(link.url).hash).toBe('');
        // The fragment that the link leaves out leads somewhere else.
        const astray = await open(`${link.url}#par${paragraph}`);
        expect(bare(astray?.text ?? '').startsWith(start), `${link.url}#par${paragraph}`).toBe(false);
        if (link.near !== null) expect(await open(`${link.url}#${link.near}`)).not.toBeNull();
      }
    }
  }

  test('both kinds of links were tried', () => {
    expect(kindsOf([seed()])).toEqual({ exact: 23, others: 1 });
    const { exact, others } = kindsOf(made);
    expect(Math.min(exact, others)).toBeGreaterThan(3);
  });

  sampleTest('both kinds of links were tried on the samples', () => {
    expect(kindsOf(sampled())).toEqual({ exact: 49, others: 5 });
  });
});

function kindsOf(samples: readonly Sample[]): { exact: number; others: number } {
  const links = samples.flatMap((sample) => paragraphLinks(cableOf(sample)));
  const exact = links.filter((link) => link.exact).length;
  return { exact, others: links.length - exact };
}

/** Where the browser landed. */
interface Landed {
  /** The target is the first element with its id. */
  readonly isFirst: boolean;
  readonly isInView: boolean;
  /** The paragraph number is on the same line, right after the sign. */
  readonly isBesideNumber: boolean;
  /** The text after the target. */
  readonly text: string;
}

/** Runs in the page: describes the fragment's target, or null. A string, because this project has no DOM types. */
const landedTarget = `(() => {
  const target = document.querySelector(':target');
  if (target === null) return null;
  const after = document.createRange();
  after.setStartAfter(target);
  after.setEndAfter(target.parentElement);
  const digit = document.createRange();
  if (target.nextSibling !== null) {
    digit.setStart(target.nextSibling, 0);
    digit.setEnd(target.nextSibling, 1);
  }
  const [sign, number] = [target.getBoundingClientRect(), digit.getBoundingClientRect()];
  return {
    isFirst: document.querySelectorAll("[id='" + target.id + "']")[0] === target,
    // Scrolling rounds to whole pixels.
    isInView: sign.top > -1 && sign.bottom < window.innerHeight + 1,
    isBesideNumber: Math.abs(number.left - sign.right) < 2 && Math.abs(number.top - sign.top) < sign.height,
    text: after.toString().slice(0, 300),
  };
})()`;
