import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater, messageOf } from '../../../src/core/errors.ts';
import type { Page } from '../../../src/core/post.ts';
import { WebFeed } from '../../../src/platforms/rss/config.ts';
import { readFeed } from '../../../src/platforms/rss/items.ts';
import { toPost } from '../../../src/platforms/rss/to-post.ts';
import { driver } from '../../../src/platforms/rss/driver.ts';
import { drain, feedContract, textsOf } from '../../contract/feed.ts';
import { type Entry, atom, json, rdf, rss } from './documents.ts';
import { openSite } from './site.ts';

const signal = new AbortController().signal;
const anHourAgo = Date.now() - 3_600_000;

const entry = (serial: number, changes: Partial<Entry> = {}): Entry => ({
  guid: `g${serial}`,
  title: `item ${serial}`,
  published: anHourAgo + serial * 1000,
  ...changes,
});
const entries = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => entry(from + index));
const newestFirst = (list: readonly Entry[]) => list.toReversed();
const titles = (from: number, to: number) => entries(from, to).map(({ title }) => title);

const formats = { rss, atom, rdf, json };
for (const [format, write] of Object.entries(formats)) {
  feedContract(`feeds (${format})`, async () => {
    const site = await openSite({ firstRunItems: 500, itemsPerPoll: 7 });
    const items: Entry[] = [];
    let stalls = false;
    site.answer = (_request, response) => {
      if (!stalls) response.end(write(newestFirst(items)));
    };
    return {
      open: site.open,
      check: site.check,
      async write(texts) {
        items.push(...texts.map((title, index) => entry(items.length + index, { title })));
      },
      async writeHostile() {
        const { guid = '', published = 0 } = entry(items.length);
        items.push({ guid, published });
      },
      stall: () => (stalls = true),
      [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
    };
  });

  test(`${format}: an item becomes a post with all it says`, async () => {
    await using site = await openSite();
    const guid = 'https://blog.example/2026/five';
    const html = '<p>See <a href="/cable">this</a> &amp; that</p><blockquote>a quoted line</blockquote>';
    const tags = ['cablegate', '#07ASTANA2244'];
    site.serveText(write([entry(5, { guid, link: guid, title: 'Five', html, tags, author: 'Ada' })]));
    const [post] = (await site.poll()).pages.flatMap(({ posts }) => posts);
    const id = `127.0.0.1:${site.server.port}/${guid}`;
    expect(post).toEqual({
      key: `rss:${id}`,
      platform: 'rss',
      id,
      url: guid,
      author: { id: `127.0.0.1:${site.server.port}/Ada`, handle: 'Ada', name: 'Ada', bot: false },
      text: 'Five\n\nSee this & that\n\n> a quoted line',
      language: 'en',
      createdAt: Math.floor((anHourAgo + 5000) / 1000) * 1000 + (format === 'rss' ? 0 : anHourAgo % 1000),
      hashtags: ['cablegate', '07ASTANA2244'],
      links: ['https://blog.example/cable', guid],
      summoned: false,
      repost: false,
      visibility: 'public',
      inReplyTo: null,
      thread: id,
    });
  });
}

describe('identity', () => {
  test.each([
    [
      'a guid that is a URL of the feed’s host',
      { guid: 'http://HOST/?p=1', link: 'https://HOST/x' },
      'http://HOST/?p=1',
    ],
    [
      'a guid that is a URL elsewhere, within its host',
      { guid: 'https://blog.example/?p=1', link: 'https://blog.example/x' },
      'HOST/https://blog.example/?p=1',
    ],
    ['another guid, within its host', { guid: '17', link: 'https://blog.example/x' }, 'HOST/17'],
    ['the link', { link: 'https://HOST/x' }, 'https://HOST/x'],
    ['the link elsewhere, within its host', { link: 'https://blog.example/x' }, 'HOST/https://blog.example/x'],
    ['what it says', {}, expect.stringMatching(/^127\.0\.0\.1:\d+#[\w-]{22}$/)],
    ['a hash of a guid that is too long', { guid: 'x'.repeat(3000) }, expect.stringMatching(/#[\w-]{22}$/)],
  ])('is %s', async (_what, changes, id) => {
    await using site = await openSite();
    const host = `127.0.0.1:${site.server.port}`;
    site.serveText(rss([{ title: 'one', published: anHourAgo, ...changes }]).replaceAll('HOST', host));
    const [post] = (await site.poll()).pages.flatMap(({ posts }) => posts);
    expect(post?.id).toEqual(typeof id === 'string' ? id.replace('HOST', host) : id);
    expect(await site.lookTexts()).toEqual([]);
  });

  test('of a list of links has the page that it is about among its links', async () => {
    await using site = await openSite();
    const link = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5';
    site.serveText(rss([{ guid: 'g', title: 'What the embassy wrote', link, published: anHourAgo }]));
    const [post] = (await site.poll()).pages.flatMap(({ posts }) => posts);
    expect(post?.links).toEqual([link]);
  });

  test('of a post or author cannot be claimed by the feed of another host', () => {
    const guid = 'https://blog.example/?p=1';
    const uri = 'https://blog.example/ada';
    const of = (host: string) => {
      const item = readFeed(atom([{ guid, link: guid, title: 'x', author: 'Ada' }])).items[0]!;
      const url = `https://${host}/feed`;
      const origin = { title: null, url, base: url, host };
      const post = toPost({ ...item, author: { name: 'Ada', uri } }, origin, Date.now());
      return 'key' in post ? [post.key, post.id, post.thread, post.author.id] : [];
    };
    expect(of('blog.example')).toEqual([`rss:${guid}`, guid, guid, uri]);
    expect(of('evil.example')).toEqual([
      `rss:evil.example/${guid}`,
      `evil.example/${guid}`,
      `evil.example/${guid}`,
      `evil.example/${uri}`,
    ]);
  });
});

describe('the first poll', () => {
  test('takes what was published within a day, at most 20 items, the latest; the rest counts as seen', async () => {
    await using site = await openSite();
    const old = entry(0, { guid: 'old', title: 'old', published: anHourAgo - 2 * 86_400_000 });
    const undated: Entry = { guid: 'undated', title: 'undated' };
    site.serveText(rss([undated, ...newestFirst(entries(1, 41)), old]));
    expect(await site.lookTexts()).toEqual(titles(21, 41));
    site.serveText(rss([{ guid: 'new', title: 'new and undated' }, undated, ...newestFirst(entries(1, 42)), old]));
    expect(await site.lookTexts()).toEqual(['item 41', 'new and undated']);
  });

  test('an item from the future counts as published now', async () => {
    await using site = await openSite();
    site.serveText(rss([entry(1, { published: Date.UTC(2999, 0) })]));
    const [post] = (await site.poll()).pages.flatMap(({ posts }) => posts);
    expect(post?.createdAt).toBeLessThanOrEqual(Date.now());
  });
});

describe('after an outage', () => {
  test('items come oldest first, a few at a poll, none lost, although the server could say 304', async () => {
    await using site = await openSite({ itemsPerPoll: 10 });
    const serveTagged = (list: readonly Entry[]) => {
      const etag = `"${list.length}"`;
      site.answer = (request, response) => {
        const same = request.headers['if-none-match'] === etag;
        response.writeHead(same ? 304 : 200, { etag }).end(same ? undefined : rss(newestFirst(list)));
      };
    };
    serveTagged(entries(0, 3));
    expect(await site.lookTexts()).toEqual(titles(0, 3));
    serveTagged(entries(0, 28));
    expect(await site.lookTexts()).toEqual(titles(3, 13));
    expect(await site.lookTexts()).toEqual(titles(13, 23));
    expect(await site.lookTexts()).toEqual(titles(23, 28));
    expect(await site.lookTexts()).toEqual([]);
    expect(site.requests.at(-1)?.['if-none-match']).toBe('"28"');
  });

  test('an old post that newly has the tag comes, though its date is old', async () => {
    await using site = await openSite();
    site.serveText(rss(newestFirst(entries(0, 5))));
    await site.poll();
    site.serveText(
      rss([...newestFirst(entries(0, 5)), entry(99, { title: 'tagged today', published: Date.UTC(2011, 0) })]),
    );
    expect(await site.lookTexts()).toEqual(['tagged today']);
  });

  test('a feed that gives its old items new ids does not flood', async () => {
    await using site = await openSite();
    site.serveText(rss(newestFirst(entries(0, 10))));
    await site.poll();
    const moved = entries(0, 11).map((item, index) => ({ ...item, guid: `moved-${index}` }));
    site.serveText(rss(newestFirst(moved)));
    expect(await site.lookTexts()).toEqual(['item 10']);
    expect(site.context.warnings).toEqual([expect.stringContaining('new ids')]);
    expect(await site.lookTexts()).toEqual([]);
  });

  test('a feed of 5,000 items neither floods nor forgets, and its cursor stays small', async () => {
    await using site = await openSite({ firstRunItems: 5 });
    site.serveText(rss(newestFirst(entries(0, 5000))));
    const { texts, pages } = await site.poll();
    expect(texts).toEqual(titles(4995, 5000));
    site.serveText(rss(newestFirst(entries(0, 5001))));
    expect(await site.lookTexts()).toEqual(titles(5000, 5001));
    expect(await site.lookTexts()).toEqual([]);
    expect(pages[0]?.cursor.length).toBeLessThan(40_000);
  });
});

describe('polite requests', () => {
  test('a poll sends the last validators, and 304 means nothing new', async () => {
    await using site = await openSite();
    const validators = { etag: 'W/"1"', 'last-modified': 'Mon, 23 Nov 2026 00:00:00 GMT' };
    site.serveText(rss(entries(0, 1)), validators);
    await site.poll();
    site.answer = (_request, response) => response.writeHead(304).end();
    expect((await site.poll()).texts).toEqual([]);
    expect(site.requests[1]).toMatchObject({
      'if-none-match': validators.etag,
      'if-modified-since': validators['last-modified'],
      'user-agent': 'pilcrow-test',
    });
  });

  test('another address under the same name is a first poll', async () => {
    await using site = await openSite();
    site.serveText(rss(entries(0, 1)), { etag: '"1"' });
    const { pages } = await site.poll();
    const config = WebFeed.parse({ url: `${site.server.url}other` });
    await using other = await driver.openFeed!(config, site.context);
    expect(textsOf(await drain(other, pages[0]?.cursor))).toEqual(['item 0']);
    expect(site.requests[1]).not.toHaveProperty('if-none-match');
  });

  test.each([
    [429, '120', 120_000],
    [503, '5', 5000],
    [503, '0', 1000],
    [429, '99999999', 86_400_000],
  ])('%d with Retry-After %s is due in %d ms', async (status, after, delayMs) => {
    await using site = await openSite();
    site.answer = (_request, response) => response.writeHead(status, { 'retry-after': after }).end();
    const error = await site.failure();
    expect(error).toBeInstanceOf(RetryLater);
    expect(error).toMatchObject({ delayMs });
  });

  test('Retry-After may be a date', async () => {
    await using site = await openSite();
    const date = new Date(Date.now() + 60_000).toUTCString();
    site.answer = (_request, response) => response.writeHead(503, { 'retry-after': date }).end();
    const error = await site.failure();
    expect(error instanceof RetryLater && error.delayMs).toBeGreaterThan(55_000);
  });

  test.each([
    [410, true],
    [404, false],
    [500, false],
    [429, false],
    [403, false],
  ])('%d is final: %s', async (status, final) => {
    await using site = await openSite();
    site.answer = (_request, response) => response.writeHead(status).end();
    const error = await site.failure();
    expect(error instanceof PermanentError).toBe(final);
    expect(error).not.toBeInstanceOf(RetryLater);
    expect(messageOf(error)).toContain(`answered ${status}`);
    expect(messageOf(error)).not.toContain('s3cret');
  });
});

describe('hostile answers', () => {
  test.each([
    [
      'an HTML page',
      '<!doctype html><html><head><title>Please log in</title></head></html>',
      'not a feed but an HTML page, “Please log in”',
    ],
    ['an empty page', '', 'not a feed but an empty page'],
    ['other JSON', '{"error":"no"}', 'not a feed but other JSON'],
    ['plain text', 'hello there', 'not a feed but a text that begins with “hello there”'],
    ['a page cut off', `${rss(entries(0, 3)).slice(0, 260)}<description>`, 'a damaged feed'],
    ['tags nested without end', `<rss version="2.0"><channel>${'<a>'.repeat(100_000)}`, 'a damaged feed'],
    [
      'JSON nested without end',
      `{"version":"https://jsonfeed.org/version/1.1","items":${'['.repeat(500_000)}`,
      'not a feed',
    ],
    [
      'an external entity',
      '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>&x;</title></channel></rss>',
      'a damaged feed',
    ],
  ])('%s is an error that says what was found', async (_what, text, message) => {
    await using site = await openSite();
    site.serveText(text);
    const error = await site.failure();
    expect(messageOf(error)).toContain(`/feed is ${message}`);
    expect(error).not.toBeInstanceOf(PermanentError);
    site.serveText(rss(entries(0, 1)));
    expect(await site.lookTexts()).toEqual(['item 0']);
  });

  test('entities that multiply are not expanded', async () => {
    await using site = await openSite();
    const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`);
    const bomb = `<!DOCTYPE x [<!ENTITY l0 "lol">${levels.join('')}]>${rss([entry(1, { html: 'HERE' })]).slice(21)}`;
    site.serveText(bomb.replace('HERE', '&l9;'));
    const { pages } = await site.poll();
    expect(JSON.stringify(pages).length).toBeLessThan(2000);
  });

  test("a redirect to the cloud's metadata is refused for good", async () => {
    await using site = await openSite();
    const location = 'http://169.254.169.254/latest/meta-data/';
    site.answer = (_request, response) => response.writeHead(302, { location }).end();
    const error = await site.failure();
    expect(error).toBeInstanceOf(PermanentError);
    expect(messageOf(error)).toContain('169.254.169.254 is link-local');
  });

  test('a feed that never ends is cut off', async () => {
    await using site = await openSite();
    site.answer = (_request, response) => {
      const more = () => {
        while (response.write('<item><title>more</title></item>'.repeat(1000)));
        response.once('drain', more);
      };
      response.write('<rss version="2.0"><channel>');
      more();
    };
    expect(messageOf(await site.failure())).toContain('body is larger than 5000000 bytes');
  });

  test('a compressed bomb is cut off', async () => {
    await using site = await openSite();
    site.serveText(gzipSync(Buffer.alloc(200_000_000, ' ')), { 'content-encoding': 'gzip' });
    expect(messageOf(await site.failure())).toContain('body is larger than 5000000 bytes');
  });

  // The parser needs minutes of a core for it.
  const slow = `<rss version="2.0"><channel><item><title>"${'<'.repeat(600_000)}"</title></item></channel></rss>`;

  test(
    'one that takes too long is reported once, rests, and is not read again until it changes',
    { timeout: 120_000 },
    async () => {
      await using site = await openSite();
      site.serveText(slow);
      const config = WebFeed.parse({ url: `${site.server.url}feed` });
      await using feed = await driver.openFeed!(config, { ...site.context, readingMs: 500 });
      const pages: Page[] = [];
      const poll = async () => {
        for await (const page of feed.pages(pages.at(-1)?.cursor, signal)) pages.push(page);
      };
      let turns = 0;
      const turning = setInterval(() => (turns += 1), 10);
      const error = await poll().catch((thrown: unknown) => thrown);
      clearInterval(turning);
      expect(turns).toBeGreaterThan(1);
      expect(error).toBeInstanceOf(PermanentError);
      const reason = 'takes more than 0.5 s of CPU time: not read again until it changes';
      expect(messageOf(error)).toBe(`${site.server.url}feed ${reason}`);
      expect(pages.flatMap(({ rejects }) => rejects)).toEqual([
        { position: `${site.server.url}feed`, reason, excerpt: '' },
      ]);
      // Read again, it would be reported again.
      await expect(poll()).rejects.toThrow(reason);
      site.answer = (_request, response) => response.writeHead(304).end();
      await expect(poll()).rejects.toThrow(reason);
      expect(pages).toHaveLength(1);
      // Still the first poll: what is old counts as seen.
      const old = entry(0, { guid: 'old', title: 'old', published: anHourAgo - 2 * 86_400_000 });
      site.serveText(rss([entry(1), old]));
      await poll();
      expect(textsOf(pages)).toEqual(['item 1']);
    },
  );

  test('one that takes too long does not hold up the others', { timeout: 120_000 }, async () => {
    await using site = await openSite();
    site.answer = ({ url }, response) => response.end(url === '/slow' ? slow : rss([entry(1)]));
    const read: string[] = [];
    const poll = async (path: string) => {
      const config = WebFeed.parse({ url: `${site.server.url}${path}` });
      await using feed = await driver.openFeed!(config, { ...site.context, readingMs: 3000 });
      await Array.fromAsync(feed.pages(undefined, signal)).catch(() => {});
      read.push(path);
    };
    const slowPoll = poll('slow');
    for (let turn = 0; turn < 5; turn += 1) await poll('quick');
    await slowPoll;
    expect(read.indexOf('slow')).toBe(5);
  });

  test('an item that is nothing is rejected with its place, once', async () => {
    await using site = await openSite();
    site.serveText(rss([entry(1, { title: '<b></b>', html: '<script>alert(1)</script>' }), entry(2)]));
    const { texts, rejects } = await site.poll();
    expect(texts).toEqual(['item 2']);
    expect(rejects).toEqual([
      {
        position: `${site.server.url}feed item 127.0.0.1:${site.server.port}/g1`,
        reason: 'the item has neither title nor text nor link',
        excerpt: expect.stringContaining('g1'),
      },
    ]);
    expect((await site.poll()).rejects).toEqual([]);
  });
});

test.each([
  ['a byte order mark', Buffer.from(`\uFEFF${rss([entry(1, { title: 'café' })])}`), ''],
  ['the header', Buffer.from(rss([entry(1, { title: 'café' })]), 'latin1'), 'text/xml; charset=ISO-8859-1'],
  [
    'the XML declaration',
    Buffer.from(rss([entry(1, { title: 'café' })]).replace('?>', ' encoding="windows-1252"?>'), 'latin1'),
    '',
  ],
  ['nothing, so UTF-8', Buffer.from(rss([entry(1, { title: 'café' })])), 'text/xml; charset=klingon'],
])('the character set comes from %s', async (_what, body, contentType) => {
  await using site = await openSite();
  site.serveText(body, { 'content-type': contentType });
  expect(await site.lookTexts()).toEqual(['café']);
});

test.each(['ftp://a.example/feed', 'https://ada:pw@a.example/feed', 'not a url', ''])(
  '%j is no address of a feed',
  (url) => {
    expect(WebFeed.safeParse({ url }).success).toBe(false);
  },
);

describe('a check', () => {
  test('asks without conditions, and says what is no feed or no answer', async () => {
    await using site = await openSite();
    site.serveText(rss([entry(1)]), { etag: '"one"' });
    await site.poll();
    expect(await site.check()).toBeUndefined();
    expect(site.requests.at(-1)).not.toHaveProperty('if-none-match');
    site.serveText('<html><title>Please log in</title></html>');
    expect(await site.check()).toMatch(/\/feed is not a feed but an HTML page, “Please log in”$/);
    site.answer = (_request, response) => response.writeHead(404).end();
    expect(await site.check()).toMatch(/\/feed answered 404 Not Found$/);
  });

  test('says that nobody is there', async () => {
    await using site = await openSite();
    await site.server[Symbol.asyncDispose]();
    expect(await site.check()).toMatch(/\/feed: .*ECONNREFUSED/);
  });
});
