import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { readFileBytes } from '../../src/cables/corpus/formats/index.ts';
import { linksTo } from '../../src/cables/links/cable-links.ts';
import type { PrintedCable } from '../../src/core/cable.ts';
import type { Link } from '../../src/core/citation.ts';
import { plusdHtml, viewerHtml } from '../cables/parse/viewer-page.ts';
import { serve } from '../support/serve.ts';
import { wait } from '../support/wait.ts';

/** A cable's page on a site, and the copy of its text from which links are made. */
export interface SitePage {
  readonly target: 'viewer' | 'plusd';
  readonly html: string;
  readonly printed: PrintedCable;
}

/** A tab of a browser. `evaluate`: an expression whose value is a string. `screenshot`: a PNG in base64. */
export interface Tab {
  goto(url: string): Promise<unknown>;
  evaluate(expression: string): Promise<string>;
  screenshot(): Promise<string>;
}

function printedOn(html: string, name: string): PrintedCable {
  const [cable] = readFileBytes(new TextEncoder().encode(html), name).cables;
  if (cable === undefined) throw new Error(`${name} is not read`);
  return cable;
}

/** A page of the viewer, and the page that PlusD has of the same cable. */
export function onBothSites(id: string, html: string, copy = html): SitePage[] {
  const viewer = printedOn(copy, id);
  const { subject, created, classification, header } = viewer.cable;
  const title = subject ?? id;
  const body = printedOn(html, id).body;
  const plusd = plusdHtml(
    {
      id,
      subject: title,
      created: (created ?? '').replace('T', ' '),
      classification: classification ?? '',
      header,
      body,
    },
    { first: Math.max(0, body.split('\n').findIndex((row) => row.startsWith('SUBJ')) + 1) },
  );
  return [
    { target: 'viewer', html, printed: viewer },
    { target: 'plusd', html: plusd, printed: printedOn(plusd, id) },
  ];
}

/** The sample cable: the repository has the text of a blog, and this builds its page by the viewer's rule. */
export function seedPages(): SitePage[] {
  const copy = readFileSync(new URL('../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8');
  const body = copy.slice(copy.indexOf('E.O. 12958'), copy.indexOf('\nLeave a Reply'));
  return onBothSites('07ASTANA2244', viewerHtml({ id: '07ASTANA2244', created: '2007-08-19 23:55', body }), copy);
}

/** Links to the paragraphs of a page. */
export function linksOn({ target, printed: { cable, body } }: SitePage): Link[] {
  const linked = { id: cable.referenceId, cable, body, catalogue: undefined, unverified: false };
  return linksTo(
    linked,
    cable.paragraphs.map(({ number }) => number),
    { targets: [target] },
  );
}

/** Serves pages at their addresses, with the words that a browser highlights in a colour of their own. */
export async function serveSites(pages: readonly SitePage[]) {
  const byPath = new Map(
    pages.flatMap((page) => linksOn(page).map(({ url }) => [new URL(url).pathname, page.html] as const)),
  );
  return await serve((request, response) => {
    const html = byPath.get(new URL(request.url ?? '', 'http://site').pathname);
    response.writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(html?.replace('<body>', `<body>${style}`));
  });
}

const style =
  '<style>::target-text { background: #f0f; color: #f0f } .hidden { display: none } .text-content { white-space: pre-wrap }</style>';

/** Fails unless the links, or each `every`th, land at the beginning of their paragraphs. */
export async function expectLandings(tab: Tab, origin: string, page: SitePage, every = 1): Promise<void> {
  const links = linksOn(page);
  expect(links).toHaveLength(page.printed.cable.paragraphs.length);
  for (const [index, link] of links.entries()) {
    expect(link, link.url).toMatchObject({ exact: true });
    if (index % every !== 2 % every) continue;
    // A page of its own for each: one that is open already is only scrolled.
    const url = link.url.replace('https://wikileaks.org/', origin).replace('#', `?${index}#`);
    await tab.goto(url);
    const highlighted = link.by === 'words' ? await highlightIn(tab) : null;
    const found: unknown = JSON.parse(await tab.evaluate(landing(startOf(page.printed, link), highlighted)));
    expect(found, `${link.url} ${JSON.stringify(highlighted)}`).toMatchObject({ isAtStart: true, isInView: true });
  }
}

/** A pattern of a paragraph's beginning: number, marking and first words, whatever is between. */
function startOf({ cable }: PrintedCable, { paragraph }: Link): string {
  const { marking = null, text = '' } = cable.paragraphs.find(({ number }) => number === paragraph) ?? {};
  if (text === '') return `(?<=\\n\\s*¶?)${paragraph}\\.(?=\\s*\\n)`;
  const words = `${paragraph} ${marking ?? ''} ${text.slice(0, 60).replace(/\S*$/, '')}`.match(/[\p{L}\p{N}]+/gu) ?? [];
  return `(?<![\\p{L}\\p{N}])${words.join('[^\\p{L}\\p{N}]+')}`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The first highlighted point of what is in view. */
async function highlightIn(tab: Tab): Promise<Point | null> {
  // A browser that has not drawn the page yet says that it cannot.
  const picture = await vi.waitFor(() => tab.screenshot(), wait);
  const found = await tab.evaluate(`(async () => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,${picture}')).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    for (let at = 0; at < data.length; at += 4)
      if (data[at] === 255 && data[at + 1] === 0 && data[at + 2] === 255)
        return JSON.stringify({ x: (at / 4) % image.width, y: Math.floor(at / 4 / image.width) });
    return 'null';
  })()`);
  return JSON.parse(found) as Point | null;
}

/** Says whether the highlighted point, or the anchor, is at the first place with this beginning. */
function landing(start: string, highlighted: Point | null): string {
  return `(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let text = '';
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest('.hidden, style, table, h3') !== null) continue;
      nodes.push([text.length, walker.currentNode]);
      text += walker.currentNode.data;
    }
    const found = new RegExp(${JSON.stringify(start)}, 'u').exec(text);
    if (found === null) return JSON.stringify({ isAtStart: false, isInView: false });
    const [offset, node] = nodes.findLast(([from]) => from <= found.index);
    const range = document.createRange();
    range.setStart(node, found.index - offset);
    range.setEnd(node, found.index - offset + 1);
    const { left, top, bottom } = range.getBoundingClientRect();
    const target = document.querySelector(':target')?.getBoundingClientRect();
    const point = ${JSON.stringify(highlighted)} ?? (target === undefined ? null : { x: target.right, y: target.top + 1 });
    const isAtStart = point !== null && point.x > left - 3 && point.x < left + 300 && point.y > top - 3 && point.y < bottom;
    return JSON.stringify({ isAtStart, isInView: top > -1 && bottom < innerHeight + 1, point, left, top, bottom });
  })()`;
}
