import { readdir, readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { findCitations } from '../../../src/cables/citations/find.ts';
import type { Post } from '../../../src/core/post.ts';
import { driver } from '../../../src/platforms/rss/driver.ts';
import { WebFeed } from '../../../src/platforms/rss/config.ts';
import { timeOf } from '../../../src/platforms/rss/feed-dates.ts';
import { readFeed } from '../../../src/platforms/rss/items.ts';
import { toPost } from '../../../src/platforms/rss/to-post.ts';
import { drain } from '../../contract/feed.ts';
import { atom, type Entry, json, rdf, rss } from './documents.ts';
import { openSite } from './site.ts';

// Documents as servers of the field write them.

const hour = 3_600_000;
const samples = new URL('../../data/feeds/', import.meta.url);

const page = 'https://blog.example';
const cableUrl = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5';

function postsIn(text: string, url = `${page}/feed`): Post[] {
  const origin = { title: null, url, base: url, host: new URL(url).host };
  return readFeed(text)
    .items.map((item) => toPost(item, origin, Date.now()))
    .filter((post) => 'key' in post);
}

const citedIn = (post: Post) =>
  findCitations(post, { weakCounts: true }).citations.map(({ referenceId, paragraphs }) => ({
    referenceId,
    paragraphs,
  }));

test.each(await readdir(samples))('%s: its post cites the cable and its paragraph', async (file) => {
  const posts = postsIn(await readFile(new URL(file, samples), 'utf8'));
  expect(posts).toHaveLength(1);
  expect(JSON.stringify(posts.map(citedIn))).toMatch(/07ASTANA2244.*5/);
});

describe('identity', () => {
  const anHourAgo = Date.now() - hour;
  const item = (serial: number, changes: Partial<Entry> = {}): Entry => ({
    guid: `g${serial}`,
    title: `item ${serial}`,
    link: `${page}/${serial}`,
    published: anHourAgo + serial * 1000,
    ...changes,
  });

  test('a guid of several items is none', async () => {
    await using site = await openSite();
    const na = { guid: 'N/A' };
    site.serveText(rss([item(1, na), item(2, na), item(3, na)]));
    expect(await site.lookTexts()).toEqual(['item 1', 'item 2', 'item 3']);
    site.serveText(rss([item(4, na), item(3, na)]));
    expect(await site.lookTexts()).toEqual(['item 4']);
    for (const serial of [4, 5, 6]) {
      site.serveText(rss([item(serial, na)]));
      expect(await site.lookTexts()).toEqual(serial === 4 ? [] : [`item ${serial}`]);
    }
  });

  test('an edited item stays the same, by its guid and any other field', async () => {
    await using site = await openSite();
    site.serveText(rss([item(1), item(2)]));
    await site.poll();
    site.serveText(rss([item(1, { title: 'edited' }), item(2, { title: 'edited', link: `${page}/other` })]));
    expect(await site.lookTexts()).toEqual([]);
  });

  test.each([
    ['dated', {}],
    ['without a date that is understood', { published: undefined }],
  ])('items whose guid and link have a session are the same: %s', async (_what, changes) => {
    await using site = await openSite({ firstRunItems: 500 });
    const poll = async (session: string, last: number) => {
      const all = Array.from({ length: last }, (_, index) =>
        item(index, { guid: `${index}?s=${session}`, link: `${page}/${index}?s=${session}`, ...changes }),
      );
      site.serveText(rss(all).replaceAll('</item>', '<pubDate>gestern</pubDate></item>'));
      return await site.lookTexts();
    };
    await poll('one', 4);
    expect(await poll('two', 4)).toEqual([]);
    expect(await poll('three', 5)).toEqual(['item 4']);
  });

  test('the same date, as dates without a time have, makes no item old', async () => {
    await using site = await openSite();
    const published = Date.parse(new Date().toISOString().slice(0, 10));
    const day = (from: number) => [0, 1, 2, 3, 4].map((index) => item(from + index, { published }));
    site.serveText(rss(day(0)));
    await site.poll();
    site.serveText(rss(day(10)));
    expect(await site.lookTexts()).toHaveLength(5);
    site.serveText(rss([20, 21, 22, 23].map((serial) => item(serial, { published: published - hour }))));
    expect(await site.lookTexts()).toHaveLength(4);
    expect(site.context.warnings).toEqual([]);
  });

  test('a site that moves brings its old items back, and of the same day only new ones count', async () => {
    await using site = await openSite();
    const published = Date.parse(new Date().toISOString().slice(0, 10));
    const moved = (serial: number) =>
      item(serial, { guid: `new-${serial}`, link: `https://moved.example/${serial}`, html: 'new words', published });
    site.serveText(rss([0, 1, 2, 3].map((serial) => item(serial, { published }))));
    await site.poll();
    site.serveText(rss([0, 1, 2, 3, 4].map(moved)));
    expect(await site.lookTexts()).toEqual(['item 4\n\nnew words']);
    expect(site.context.warnings).toEqual([expect.stringContaining('new ids')]);
  });

  test('a cursor of an earlier version knows its items', async () => {
    await using site = await openSite();
    const list = [item(1), item(2)];
    site.serveText(rss(list));
    await using feed = await site.open();
    const cursor = (await drain(feed)).at(-1)?.cursor ?? '';
    const { items, ...rest } = JSON.parse(cursor) as Record<string, string>;
    const old = (items?.match(/.{25}/g) ?? []).map((record) => `${record.slice(0, 8)}abc`).join('');
    site.serveText(rss([...list, item(3)]));
    const pages = await drain(feed, JSON.stringify({ ...rest, seen: old }));
    expect(pages.flatMap(({ posts }) => posts).map(({ text }) => text)).toEqual(['item 3']);
  });

  test('an item without a date that is understood is no younger than the latest look', async () => {
    await using site = await openSite();
    const start = Date.now();
    const clock = { ...site.context.clock, now: () => start };
    await using feed = await driver.openFeed!(WebFeed.parse({ url: site.server.url }), { ...site.context, clock });
    site.serveText(rss([item(1)]));
    const [first] = await drain(feed);
    clock.now = () => start + 100 * hour;
    site.serveText(rss([item(1), item(2, { published: undefined })]));
    const [post] = (await drain(feed, first?.cursor)).flatMap(({ posts }) => posts);
    expect(post?.createdAt).toBeLessThanOrEqual(start);
    expect(post?.createdAt).toBeGreaterThan(start - hour);
  });
});

test.each([
  ['Thu, 26 Nov 2026 14:17:15 CET', '2026-11-26T13:17:15Z'],
  ['26 Nov 2026 14:17 MEST', '2026-11-26T12:17:00Z'],
  ['Thu, 26 Nov 2026 14:17:15 JST', '2026-11-26T05:17:15Z'],
  ['Thu, 26 Nov 2026 14:17:15GMT', '2026-11-26T14:17:15Z'],
  ['Thu, 26 Nov 2026 14:17:15 EST', '2026-11-26T19:17:15Z'],
  ['Thu, 26 Nov 26 14:17:15 +0130', '2026-11-26T12:47:15Z'],
  ['Thu, 26 Nov 2026 14:17:15 XYZ', '2026-11-26T14:17:15Z'],
  ['Thu, 26 Nov 2026 14:17:15', '2026-11-26T14:17:15Z'],
  ['2026-11-26T14:17:15', '2026-11-26T14:17:15Z'],
  ['2026-11-26T14:17:15.5+02:00', '2026-11-26T12:17:15.5Z'],
  ['2026-11-26 14:17:15', '2026-11-26T14:17:15Z'],
  ['26 Nov 2026', '2026-11-26T00:00:00Z'],
  ['2026-11-26', '2026-11-26T00:00:00Z'],
  ['Seg, 24 Set 2026 19:42:40 -0300', '2026-09-24T22:42:40Z'],
  ['Do, 24 Dez 2026 19:42:40 MEZ', '2026-12-24T18:42:40Z'],
  ['jeu., 6 août 2026 08:00:00 +0200', '2026-08-06T06:00:00Z'],
  ['6 de enero de 2026 08:00', '2026-01-06T08:00:00Z'],
  ['Чт, 26 ноя 2026 14:17:15 +0300', '2026-11-26T11:17:15Z'],
  ['1795702635', '2026-11-26T14:17:15Z'],
  ['1795702635000', '2026-11-26T14:17:15Z'],
  ['November 26, 2026 2:17 PM', '2026-11-26T14:17:00Z'],
  ['Thu Nov 26 14:17:15 2026', '2026-11-26T14:17:15Z'],
  ['10/09/2017', null],
  ['gestern', null],
  ['32 Nov 2026', null],
  ['26 Foo 2026', null],
  ['', null],
])('the date %j is %s, in every zone of the host', (written, expected) => {
  for (const zone of ['UTC', 'Asia/Almaty', 'America/New_York']) {
    vi.stubEnv('TZ', zone);
    expect(timeOf(written), zone).toBe(expected === null ? null : Date.parse(expected));
  }
  vi.unstubAllEnvs();
});

describe('evidence', () => {
  const inItem = (body: string) =>
    `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
      xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title><item>${body}</item></channel></rss>`;

  test('all bodies are read, each once', () => {
    const bodies = `<description>see #07ASTANA2244</description><content:encoded>other words</content:encoded>
      <media:description>third</media:description><itunes:summary>other words</itunes:summary><itunes:subtitle>other […]</itunes:subtitle>`;
    expect(postsIn(inItem(bodies)).map(({ text }) => text)).toEqual(['other words\n\nsee #07ASTANA2244\n\nthird']);
    const feed = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      items: [{ id: '1', content_html: '<p>one</p>', content_text: 'two', summary: 'three' }],
    });
    expect(postsIn(feed).map(({ text }) => text)).toEqual(['one\n\ntwo\n\nthree']);
  });

  test.each([
    ['its link elsewhere', inItem(`<title>x</title><link>${cableUrl}</link><comments>${page}/1</comments>`)],
    ['its link alone', inItem(`<link>${page}/cable/07ASTANA2244</link>`)],
    [
      'every related link',
      inItem(`<title>x</title><atom:link rel="related" href="${page}/1"/><atom:link rel="via" href="${cableUrl}"/>`),
    ],
  ])('the page that an item is about is among its links: %s', (_what, text) => {
    expect(postsIn(text)[0]?.links.at(-1)).toContain('07ASTANA2244');
  });

  test('relative links start from xml:base, else from the final address', async () => {
    const base = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/a/"><title>t</title>';
    const entry = '<entry xml:base="b/"><id>1</id><title>t</title><link href="c"/><content type="html" xml:base="d/">';
    const [post] = postsIn(`${base}${entry}&lt;a href="e">e&lt;/a></content></entry></feed>`);
    expect([post?.url, post?.links[0]]).toEqual(['https://base.example/a/b/d/c', 'https://base.example/a/b/d/e']);

    await using site = await openSite();
    site.answer = ({ url }, response) => {
      if (url !== '/deep/feed') response.writeHead(302, { location: '/deep/feed' }).end();
      else response.end(rss([{ guid: '1', title: 'x', link: '5', published: Date.now() - hour }]));
    };
    const [redirected] = (await site.poll()).pages.flatMap(({ posts }) => posts);
    expect(redirected?.url).toBe(`${site.server.url}deep/5`);
  });
});

describe('a damaged document', () => {
  const now = Date.now();
  const items = (count: number): Entry[] =>
    Array.from({ length: count }, (_, index) => ({
      guid: `${index}`,
      title: `item ${index}`,
      published: now - hour + index * 1000,
    }));
  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ['a bare <', (text) => text.replace('item 2', '5 < 6')],
    ['a heart', (text) => text.replace('item 2', 'I <3 this')],
    ['cut off in an item', (text) => text.slice(0, text.indexOf('item 2'))],
    ['cut off behind a field', (text) => text.slice(0, text.indexOf('item 2') + 6) + '</title>'],
  ];

  test.each(['rss', 'atom', 'rdf'] as const)(
    '%s: is read up to the damage, the rest at the next poll',
    async (format) => {
      const write = { rss, atom, rdf }[format];
      for (const [what, damage] of damages) {
        await using site = await openSite();
        site.serveText(damage(write(items(4))), { etag: '"1"' });
        const { texts, rejects } = await site.poll();
        expect(texts, what).toEqual(['item 0', 'item 1']);
        expect(rejects, what).toEqual([
          expect.objectContaining({ reason: expect.stringContaining('damaged after 2 items') }),
        ]);
        expect(await site.check(), what).toContain('damaged after 2 items');
        expect((await site.poll()).rejects, what).toEqual([]);
        expect(site.requests.at(-1), what).not.toHaveProperty('if-none-match');
        site.serveText(write(items(4)));
        expect(await site.lookTexts(), what).toEqual(['item 2', 'item 3']);
      }
    },
  );

  test('rss and json: without its end has all its items', async () => {
    for (const text of [rss(items(3)).slice(0, -1), json(items(3)).slice(0, -2)]) {
      await using site = await openSite();
      site.serveText(text);
      expect(await site.lookTexts()).toEqual(['item 0', 'item 1', 'item 2']);
    }
  });
});

describe('an excerpt', () => {
  const cut = {
    guid: '1',
    title: 'A dinner',
    html: '<p>It begins with a toast [&#8230;]</p>',
    published: Date.now() - hour,
  };
  const article = `<nav>#07PARIS1</nav><article><h1>A dinner</h1><div class="post entry-content"><p>It begins with a toast and ends
    in <a href="/cable">#07ASTANA2244</a> ¶5.</p></div></article><section id="comments">#07PARIS2</section>`;

  async function lookAt(fetchPages: boolean, answers: Readonly<Record<string, string>>, link = 'five') {
    await using site = await openSite({ fetchPages });
    const own = URL.parse(link, site.server.url)?.href ?? '';
    site.answer = ({ url = '' }, response) => {
      const path = url.replace(/[?].*/, '');
      if (path === '/feed') response.end(rss([{ ...cut, link: own }]));
      else if (path in answers) response.end(answers[path]);
      else response.writeHead(404).end();
    };
    const { texts } = await site.poll();
    return { texts, warnings: site.context.warnings, requests: site.requests.length };
  }

  test('becomes the text of the page where the operator allows it, without what is not the author’s', async () => {
    const { texts } = await lookAt(true, { '/five': article });
    expect(texts).toEqual([
      'A dinner\n\nIt begins with a toast […]\n\nIt begins with a toast and ends in #07ASTANA2244 ¶5.',
    ]);
    expect(await lookAt(false, { '/five': article })).toMatchObject({
      texts: [expect.not.stringContaining('ASTANA')],
      requests: 1,
    });
  });

  test('stays one where the page is on another host, cannot be had or has no article', async () => {
    expect(await lookAt(true, {}, 'http://elsewhere.example/five')).toMatchObject({
      texts: [expect.stringContaining('toast')],
      requests: 1,
    });
    for (const answers of [{}, { '/five': '<p>#07PARIS1' }]) {
      const { texts, warnings } = await lookAt(true, answers);
      expect(texts).toEqual([expect.not.stringContaining('PARIS')]);
      expect(warnings).toEqual([expect.stringContaining('only the excerpt is read')]);
    }
  });
});

describe('the character set', () => {
  const declared = (charset: string) =>
    rss([{ guid: '1', title: 'café ¶5', published: Date.now() - hour }]).replace('?>', ` encoding="${charset}"?>`);
  test.each([
    ['UTF-8 declared as utf-16', Buffer.from(declared('utf-16')), 'application/xml'],
    ['UTF-8 with a header of Latin-1', Buffer.from(declared('utf-8')), 'text/xml; charset=iso-8859-1'],
    ['UTF-16 without a mark', Buffer.from(declared('utf-16'), 'utf16le'), 'application/xml'],
    ['Latin-1 with a header of UTF-8', Buffer.from(declared('iso-8859-1'), 'latin1'), 'text/xml; charset=utf-8'],
  ])('of %s is that of its bytes', async (_what, body, contentType) => {
    await using site = await openSite();
    site.serveText(body, { 'content-type': contentType });
    expect(await site.lookTexts()).toEqual(['café ¶5']);
  });
});

/** Any field of any item odd: missing, empty, doubled, of a wrong type, or the same in all items. */
describe('an odd field loses no item that has its text', () => {
  const texts = ['one #07ASTANA2244', 'two #07ASTANA2244', 'three #07ASTANA2244'];
  const odd = fc.constantFrom(
    'missing',
    'empty',
    'doubled',
    'nested',
    'null',
    'N/A',
    '0',
    'https://blog.example/',
    '\u0000\uffff',
    'x'.repeat(3000),
  );

  const oddXml = (field: string, how: string) => (text: string) =>
    text.replaceAll(new RegExp(`<${field}[^>]*>([^<]*)</${field}>|<${field}[^>]*/>`, 'g'), (whole) => {
      if (how === 'missing') return '';
      if (how === 'doubled') return whole + whole;
      return `<${field}>${how === 'nested' ? `<b>${whole}</b>` : how === 'empty' ? '' : how}</${field}>`;
    });
  const oddJson = (field: string, how: string) => (text: string) => {
    const feed = JSON.parse(text) as { items: Record<string, unknown>[] };
    const values = new Map<string, unknown>([
      ['missing', undefined],
      ['empty', ''],
      ['nested', { a: [1] }],
      ['null', null],
      ['0', 0],
      ['doubled', []],
    ]);
    const items = feed.items.map((item) => ({ ...item, [field]: values.has(how) ? values.get(how) : how }));
    return JSON.stringify({ ...feed, items });
  };
  const fields = {
    rss: ['guid', 'title', 'link', 'dc:creator', 'pubDate', 'category'],
    atom: ['id', 'title', 'published', 'link', 'author', 'category'],
    rdf: ['title', 'link', 'dc:creator', 'dc:date', 'dc:subject'],
    json: ['id', 'url', 'title', 'date_published', 'tags', 'authors', 'language', 'summary', 'content_text'],
  };
  const writers = { rss, atom, rdf, json };

  test.each(['rss', 'atom', 'rdf', 'json'] as const)('%s', async (format) => {
    await using site = await openSite({ firstRunItems: 0 });
    const now = Date.now();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields[format]), odd, async (field, how) => {
        const write = (serials: readonly number[]) => {
          const list = serials.map((serial) => ({
            guid: `g${serial}`,
            title: `t${serial}`,
            html: `<p>${texts[serial]}</p>`,
            link: `${page}/${serial}`,
            published: now - serial * 60_000,
            tags: ['a'],
            author: 'Ada',
          }));
          return (format === 'json' ? oddJson(field, how) : oddXml(field, how))(writers[format](list));
        };
        await using feed = await site.open();
        site.serveText(write([]));
        const cursor = (await drain(feed)).at(-1)?.cursor;
        const found: string[] = [];
        let at = cursor;
        for (const serials of [[0], [1, 0], [2]]) {
          site.serveText(write(serials));
          const pages = await drain(feed, at);
          at = pages.at(-1)?.cursor ?? at;
          found.push(...pages.flatMap(({ posts }) => posts.map(({ text }) => text)));
        }
        for (const text of texts)
          expect(
            found.filter((one) => one.includes(text)),
            `${field} ${how}`,
          ).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });
});
