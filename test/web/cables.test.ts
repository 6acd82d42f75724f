import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAtomFeed } from 'feedsmith';
import { describe, expect, test } from 'vitest';
import { deletePost } from '../../src/ledger/posts/post-changes.ts';
import { optOut } from '../../src/ledger/operators/consents.ts';
import { evil, faultsOf } from '../support/html.ts';
import { tempDir } from '../support/temp.ts';
import { openClient, openSite } from '../support/web.ts';

const open = { web: '  cables: public\n' };
const seed = '/cable/07ASTANA2244';

describe('a cable page', () => {
  test(
    'is valid HTML without inline scripts, and small, as are the pages around it',
    { timeout: 240_000 },
    async () => {
      const site = await openSite(open);
      const client = openClient(site);
      for (const [path, status] of [
        [seed, 200],
        ['/cable/07ASTANA2221', 200],
        ['/cable/99NOWHERE1', 404],
        ['/cables', 200],
        ['/cables?year=2007&month=8', 200],
        ['/cables?by=station', 200],
        ['/cables?by=tag', 200],
        ['/cables?q=chopsticks+and+nothing', 200],
        ['/cables?q=%22traveled+to+Ust-Kamenogorsk+in+Eastern+Kazakhstan+Oblast%22', 200],
        [`${seed}/share?server=mastodon.social`, 200],
      ] as const) {
        const answer = await client.get(path);
        const page = await answer.text();
        expect([path, answer.status]).toEqual([path, status]);
        expect([path, await faultsOf(page)]).toEqual([path, []]);
        expect([path, page.length < 100_000]).toEqual([path, true]);
      }
    },
  );

  test('limits searches and feeds of one client, and says when to come back; other pages go on', async () => {
    const client = openClient(await openSite(open));
    const paths = ['/cables?q=chopsticks', `${seed}/mentions.atom`];
    const asked = Array.from({ length: 60 }, (_, at) => client.get(paths[at % 2] ?? ''));
    const answers = await Promise.all(asked);
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBe(60 - refused.length);
    // At least 20 are answered at once, and one more every three seconds.
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(40);
    for (const { headers } of refused) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await faultsOf((await refused[0]?.text()) ?? '')).toEqual([]);
    expect((await client.get(seed)).status).toBe(200);
    expect((await client.get('/cables')).status).toBe(200);
  });

  test('links mentions to its paragraphs, and names a paragraph that it does not have without a link', async () => {
    const posts = [5, 25].map((number) => ({ id: String(number), text: `#07ASTANA2244 ¶${number}` }));
    const page = await openClient(await openSite({ ...open, posts })).page(seed);
    expect(page).toContain('<h3 id="mentions-5">Of <a href="#par5">¶5</a></h3>');
    expect(page).toContain('<h3 id="mentions-25">Of ¶25</h3>');
  });

  test('exists only at its canonical ID; other forms redirect to it, with the paragraph', async () => {
    const client = openClient(await openSite(open));
    for (const [path, to] of [
      ['/cable/07astana2244', seed],
      ['/cable/07%20Astana%20002244', seed],
      ['/cable/%2307ASTANA2244', seed],
      ['/cable/07ASTANA2244%20%C2%B65', `${seed}#par5`],
      ['/cable/08THEHAGU799', '/cable/08THEHAGUE799'],
      ['/cable/07astana2244.json', `${seed}.json`],
      ['/cables?q=Astana+2244+of+2007', undefined],
      ['/cables?q=07ASTANA2244+para+3', `${seed}#par3`],
    ] as const) {
      const answer = await client.get(path);
      if (to !== undefined) expect([path, answer.headers.get('location')]).toEqual([path, to]);
    }
  });

  test('has every paragraph with one id each, and its markings spelt out', async () => {
    const client = openClient(await openSite(open));
    const page = await client.page(seed);
    const ids = [...page.matchAll(/ id="(par\d+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(Array.from({ length: 24 }, (_, at) => `par${at + 1}`));
    expect(page).toContain('title="sensitive but unclassified"');
    expect(page).toContain('#cablegate #07ASTANA2244');
    expect(page).toContain('Embassy Astana');
    expect(page).toContain('href="/cable/07ASTANA2221"');
    expect(page).toContain('24 of 24 links are exact');
    expect(page).toContain('wikisource.org');
  });

  test('is cacheable, has an ETag and sets no cookies', async () => {
    const { origin } = await openSite(open);
    for (const path of [seed, '/cables', `${seed}.json`, `${seed}/mentions.atom`]) {
      const first = await fetch(`${origin}${path}`);
      const etag = first.headers.get('etag') ?? '';
      expect([path, first.headers.get('cache-control'), first.headers.getSetCookie()]).toEqual([
        path,
        'public, max-age=60',
        [],
      ]);
      expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
      const again = await fetch(`${origin}${path}`, { headers: { 'if-none-match': `"x", W/${etag}` } });
      expect([path, again.status, await again.text()]).toEqual([path, 304, '']);
    }
  });

  test('needs a login if it is private, and does not exist if it is off', async () => {
    const closed = await openSite({ login: true });
    const stranger = openClient(closed);
    for (const path of [seed, '/cables', `${seed}.json`]) {
      const answer = await stranger.get(path);
      expect([path, answer.status, answer.headers.get('location')?.startsWith('/login')]).toEqual([path, 303, true]);
    }
    await stranger.login('vera');
    const answer = await stranger.get(seed);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect((await openClient(await openSite({ web: '  cables: off\n' })).get(seed)).status).toBe(404);
  });

  test('as JSON is the output of parse, with the cables around it', async () => {
    const site = await openSite(open);
    const data = (await (await openClient(site).get(`${seed}.json`)).json()) as Record<string, unknown>;
    const cable = await site.app.cables.corpus.cable(data['referenceId'] as never);
    const { references: _, anchorTargets: _targets, page: _page, ...fields } = cable!;
    expect(data).toMatchObject(fields);
    for (const internal of ['anchorTargets', 'page']) expect(data).not.toHaveProperty(internal);
    expect(data['references']).toMatchObject([
      { id: '07ASTANA2221', letter: 'A' },
      { id: '07ASTANA2223', letter: 'B' },
    ]);
    expect(data['mentions']).toEqual({ total: 3, paragraphs: { 1: 1, 2: 1, 3: 1 } });
    expect((await openClient(site).get('/cable/07ASTANA2221.json')).status).toBe(404);
  });

  test('links to the share page of a fediverse server, and refuses anything else', async () => {
    const client = openClient(await openSite(open));
    expect(await client.page(`${seed}/share?server=@ada@Mastodon.social`)).toContain(
      'https://mastodon.social/share?text=',
    );
    for (const server of ['', 'x', 'javascript:alert(1)', 'a b.c', '"><script>.de', 'evil.example@'])
      expect([server, (await client.get(`${seed}/share?server=${encodeURIComponent(server)}`)).status]).toEqual([
        server,
        400,
      ]);
  });
});

describe('mentions', () => {
  const post = (id: string, more: object = {}) => ({
    id,
    text: '#07ASTANA2244 ¶5',
    author: { id: `author-${id}`, handle: `handle-${id}` },
    url: `https://social.example/${id}`,
    ...more,
  });

  test('show author, platform and paragraph but never the text; limited posts and boosts are left out', async () => {
    const posts = [
      post('1', { text: '#07ASTANA2244 ¶5 secret words' }),
      post('2', { visibility: 'unlisted' }),
      post('3', { visibility: 'followers' }),
      post('4', { repost: true }),
      post('5', { url: 'javascript:alert(1)' }),
    ];
    const client = openClient(await openSite({ ...open, posts }));
    const page = await client.page(seed);
    expect(page).toContain('@handle-1');
    expect(page).toContain('https://social.example/1');
    expect(page).toContain('id="mentions-5"');
    expect(page).not.toContain('secret words');
    for (const hidden of ['handle-2', 'handle-3', 'handle-4', 'javascript:']) expect(page).not.toContain(hidden);
    const feed = parseAtomFeed(await client.page(`${seed}/mentions.atom`));
    expect(feed.entries).toHaveLength(2);
    expect(JSON.stringify(feed)).not.toContain('secret words');
  });

  test('disappear when their author deletes them or opts out', async () => {
    const site = await openSite({ ...open, posts: [post('1'), post('2'), post('3')] });
    const client = openClient(site);
    const now = Date.now();
    await site.app.ledger.transact(async (tx) => {
      await deletePost(tx, 'file:1', { now, withdraw: true });
      await optOut(tx, { person: 'file:author-2', source: 'by mail' }, now);
    });
    for (const path of [seed, `${seed}/mentions.atom`]) {
      const page = await client.page(path);
      expect([path, page.includes('handle-1'), page.includes('handle-2'), page.includes('handle-3')]).toEqual([
        path,
        false,
        false,
        true,
      ]);
    }
  });

  test('escape every field of a stranger', async () => {
    const dir = join(await tempDir(), 'evil');
    mkdirSync(dir);
    writeFileSync(
      join(dir, '07ASTANA9.txt'),
      `Reference ID Created Released Classification Origin
07ASTANA9 2007-01-19 23:55 2011-08-30 01:44 UNCLASSIFIED Embassy Astana${evil}

DE RUEHTA #0009/01 0192355
R 192355Z JAN 07 ZDK ${evil}

E.O. 12958: N/A
TAGS: PREL ${evil}
SUBJECT: ${evil}
REF: ${evil}

1. (U${evil}) ${evil}
2. (U) ${evil}
`,
    );
    const site = await openSite({
      ...open,
      posts: [
        {
          ...post('1'),
          author: { id: evil, handle: evil, name: evil },
          url: `https://social.example/"><script>alert(1)</script>`,
        },
      ],
      replace: ['/config/sample]', `/config/sample, ${dir}]`],
    });
    const client = openClient(site);
    for (const path of [
      seed,
      '/cable/07ASTANA9',
      `/cable/${encodeURIComponent(evil)}`,
      `/cables?q=${encodeURIComponent(evil)}`,
      `/cables?tag=${encodeURIComponent(evil)}`,
      '/cables?by=classification',
      '/cables?station=ASTANA',
    ]) {
      const page = await client.page(path);
      expect([path, /<script(?! src="\/assets\/)|<img|<svg/i.test(page)]).toEqual([path, false]);
      expect([path, await faultsOf(page)]).toEqual([path, []]);
      expect([path, page.includes('\u202e')]).toEqual([path, false]);
    }
    const feed = parseAtomFeed(await client.page(`${seed}/mentions.atom`));
    expect(feed.entries?.[0]?.title?.value).toContain('<script>alert(1)</script>');
  });
});
