import { parseAtomFeed } from 'feedsmith';
import { onTestFinished, describe, expect, test } from 'vitest';
import { auditLog } from '../../src/ledger/operators/audit-log.ts';
import { trackbacksIn } from '../../src/ledger/links/trackback-rows.ts';
import { openGuardedFetch } from '../../src/net/guarded-fetch.ts';
import { verify } from '../../workers/verify.ts';
import { serve } from '../support/serve.ts';
import { openClient, openSite, type Site } from '../support/web.ts';

const seed = '/cable/07ASTANA2244';
const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)> ]]><b>`;

/** Another site whose pages the test writes, and the cable pages that may fetch them. */
async function openBoth(allowed = true) {
  const pages = new Map<string, { status?: number; type?: string; body?: string; location?: string }>();
  const requests: string[] = [];
  const blog = await serve((request, response) => {
    requests.push(request.url ?? '');
    const { status = 200, type = 'text/html', body = '', location } = pages.get(request.url ?? '') ?? { status: 404 };
    response.writeHead(status, { 'content-type': type, ...(location !== undefined && { location }) }).end(body);
  });
  onTestFinished(() => blog[Symbol.asyncDispose]());
  const network = allowed ? `network: { allowPrivate: ['${blog.allow}'] }\n` : '';
  const site = await openSite({ posts: [], web: `  cables: public\n${network}` });
  const url = (path: string) => `${blog.url.slice(0, -1)}${path}`;
  return { site, pages, requests, url, blog };
}

/** A Webmention client: finds the endpoint in the target's headers and posts to it. */
async function sendWebmention(source: string, target: string): Promise<Response> {
  const page = await fetch(target);
  const endpoint = /<([^>]+)>; rel="webmention"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  return await fetch(new URL(endpoint, target), { method: 'POST', body: new URLSearchParams({ source, target }) });
}

/** The status page that an accepted Webmention names. */
async function statusOf(accepted: Response): Promise<string> {
  return await (await fetch(accepted.headers.get('location') ?? '')).text();
}

async function rows({ app }: Pick<Site, 'app'>, state: Parameters<typeof trackbacksIn>[1]) {
  return (await trackbacksIn(app.ledger.db, state, { after: undefined, limit: 50 })).rows;
}

describe('a Webmention', () => {
  test(
    'is shown beside the paragraph once a person approves it, and disappears with its link',
    { timeout: 240_000 },
    async () => {
      const { site, pages, url } = await openBoth();
      const client = openClient(site);
      pages.set('/post', {
        body: `<title>On the ${evil}</title><a href="${site.origin}/cable/07astana2244#par5">cable</a>`,
      });
      const answer = await sendWebmention(url('/post'), `${site.origin}${seed}#par5`);
      expect(answer.status).toBe(202);
      await site.work();
      expect(await statusOf(answer)).toContain('A person decides');
      expect(await client.page(seed)).not.toContain(url('/post'));
      const [row] = await rows(site, 'pending');
      expect(row).toMatchObject({ cable: '07ASTANA2244', paragraph: 5, kind: 'webmention' });
      const review = await client.page('/trackbacks');
      expect(review).toContain(url('/post'));
      expect(review).not.toContain('<script>alert');
      const decided = await client.submit('/trackbacks', { id: row?.id ?? '', choice: 'approve' });
      expect(decided.status).toBe(303);
      await site.work();
      const page = await client.page(seed);
      expect(page).toContain(`href="${url('/post')}"`);
      expect(page).toContain('id="mentions-5"');
      expect(page).not.toContain('<script>alert');
      expect((await auditLog(site.app.ledger.db, { limit: 1 }))[0]).toMatchObject({
        action: 'trackback approve',
        target: row?.id,
      });
      pages.set('/post', { body: '<title>other</title>' });
      await sendWebmention(url('/post'), `${site.origin}${seed}#par5`);
      await site.app.ledger.transact((tx) => tx.updateTable('trackbacks').set({ due_at: 0 }).execute());
      await site.work();
      expect(await client.page(seed)).not.toContain(url('/post'));
      expect(await rows(site, 'removed')).toHaveLength(1);
    },
  );

  test('of a page that does not link here, is not HTML or does not exist is never shown', async () => {
    const { site, pages, url } = await openBoth();
    const link = `<a href="${site.origin}${seed}">x</a>`;
    pages.set('/nolink', { body: `<p>${site.origin}${seed}</p><!-- ${link} -->` });
    pages.set('/other', {
      body: `<a href="${site.origin}/cable/07ASTANA2221">x</a><a href="https://evil.example${seed}">y</a>`,
    });
    pages.set('/image', { type: 'image/png', body: link });
    pages.set('/large', { body: `${'x'.repeat(1_100_000)}${link}` });
    for (const path of ['/nolink', '/other', '/none', '/image', '/large'])
      expect((await sendWebmention(url(path), `${site.origin}${seed}`)).status).toBe(202);
    await site.work();
    expect(await rows(site, 'pending')).toEqual([]);
    const removed = await rows(site, 'removed');
    expect(removed.map(({ source, title }) => source + title)).toEqual(['', '', '']);
    expect((await rows(site, 'refused')).map(({ error }) => error)).toEqual(['it is not an HTML page']);
    expect((await rows(site, 'new')).map(({ error }) => error)).toEqual([expect.stringContaining('larger than')]);
  });

  test('that fails tells its sender nothing about why', async () => {
    const { site, pages, url, blog } = await openBoth();
    pages.set('/image', { type: 'image/png' });
    const target = `${site.origin}${seed}`;
    const sent = [
      await sendWebmention(url('/image'), target),
      await sendWebmention(url('/none'), target),
      await sendWebmention('http://127.0.0.1:1/', target),
      await sendWebmention('http://no-such-name.invalid/', target),
    ];
    const before = await Promise.all(sent.map(statusOf));
    await site.work();
    expect(new Set([...before, ...(await Promise.all(sent.map(statusOf)))])).toEqual(
      new Set(['Received. It is not shown.\n']),
    );
    expect(new URL(blog.url).hostname).toBe('127.0.0.1');
  });

  test('counts for the site of its source, whatever subdomain and port', async () => {
    const { site } = await openBoth();
    const sites: [string, string][] = [
      ['https://a.blog.example:8443/', 'blog.example'],
      ['https://b.a.blog.example/', 'blog.example'],
      ['https://news.example.co.uk/', 'example.co.uk'],
      ['https://ada.github.io/', 'ada.github.io'],
      ['http://192.0.2.7:8080/', '192.0.2.7'],
      ['http://[2001:db8::1]:8080/', '[2001:db8::1]'],
      ['http://intranet/', 'intranet'],
    ];
    for (const [source] of sites) await sendWebmention(source, `${site.origin}${seed}`);
    const found = (await rows(site, 'new')).map(({ source, domain }) => [source, domain] as const);
    expect(new Map(found)).toEqual(new Map(sites));
  });

  test('is decided together with all others of its site', async () => {
    const { site, pages, url } = await openBoth();
    const client = openClient(site);
    for (const path of ['/1', '/2', '/3']) {
      pages.set(path, { body: `<a href="${site.origin}${seed}">x</a>` });
      await sendWebmention(url(path), `${site.origin}${seed}`);
    }
    await site.work();
    expect(await client.page('/trackbacks')).toContain('Reject all of 127.0.0.1');
    expect(await client.page('/trackbacks?site=127.0.0.1')).toContain(url('/3'));
    expect(await client.page('/trackbacks?site=other.example')).toContain('No trackbacks');
    const decided = await client.submit('/trackbacks', { domain: '127.0.0.1', choice: 'reject' });
    expect(decided.status).toBe(303);
    expect(await rows(site, 'rejected')).toHaveLength(3);
    expect((await client.submit('/trackbacks', { domain: '127.0.0.1', choice: 'reject' })).status).toBe(409);
    const [entry] = await auditLog(site.app.ledger.db, { limit: 1 });
    expect(entry).toMatchObject({ action: 'trackback reject all', target: '127.0.0.1' });
  });

  test('is refused at once when its target is no cable page here or its source is no page', async () => {
    const { site, url } = await openBoth();
    const good = `${site.origin}${seed}`;
    for (const [source, target] of [
      ['', good],
      ['ftp://a.example/', good],
      ['javascript:alert(1)', good],
      [`https://a:b@a.example/`, good],
      [`${site.origin}/cables`, good],
      [`https://a.example/${'x'.repeat(3000)}`, good],
      [url('/a'), 'https://elsewhere.example/cable/07ASTANA2244'],
      [url('/a'), `${site.origin}/cables`],
      [url('/a'), `${site.origin}/cable/99NOWHERE1`],
      [url('/a'), `${site.origin}/cable/%ff`],
    ] as const) {
      const answer = await fetch(`${site.origin}/webmention`, {
        method: 'POST',
        body: new URLSearchParams({ source, target }),
      });
      expect([source.slice(0, 40), target, answer.status]).toEqual([source.slice(0, 40), target, 400]);
    }
    expect(await rows(site, 'new')).toEqual([]);
  });

  test('leads the bot to no private address: neither directly, nor by a redirect, nor by DNS rebinding', async () => {
    const inside = await openBoth(false);
    const { site, pages, url, requests } = await openBoth();
    const target = `${site.origin}${seed}`;
    pages.set('/redirect', { status: 302, location: inside.url('/secret') });
    for (const source of [
      inside.url('/secret'),
      url('/redirect'),
      'http://localhost:1/',
      'http://[::1]:1/',
      'http://169.254.169.254/',
    ])
      await sendWebmention(source, target);
    await site.work();
    expect(requests).toEqual(['/redirect']);
    expect(inside.requests).toEqual([]);
    expect(await rows(site, 'refused')).toHaveLength(5);
    let lookups = 0;
    const lookup = () => Promise.resolve([{ address: lookups++ === 0 ? '192.0.2.1' : '127.0.0.1', family: 4 }]);
    const name = `rebinding.example:${new URL(inside.url('/')).port}`;
    await sendWebmention(`http://${name}/secret`, target);
    await using fetch = openGuardedFetch({ userAgent: 'test', lookup });
    for (const { id } of await rows(site, 'new')) await verify.work({ ...site.app, fetch }, id);
    expect(inside.requests).toEqual([]);
  });

  test('is refused when one address sends too many, valid or not', async () => {
    const { site, url } = await openBoth();
    const target = `${site.origin}${seed}`;
    const send = async (source: string) => {
      const body = new URLSearchParams({ source, target });
      return (await fetch(`${site.origin}/webmention`, { method: 'POST', body })).status;
    };
    const sources = [...Array.from({ length: 35 }, () => ''), ...Array.from({ length: 5 }, () => url('/a'))];
    // An address may have 64 connections at once.
    const statuses = [await Promise.all(sources.map(send)), await Promise.all(sources.map(send))].flat();
    const refused = statuses.filter((status) => status === 429).length;
    // At least 60 are taken at once, and one more every ten seconds.
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThanOrEqual(20);
  });

  test('is refused when too many come from one host; a rejected one stays rejected', async () => {
    const { site, pages, url } = await openBoth();
    const target = `${site.origin}${seed}`;
    const statuses: number[] = [];
    for (let at = 0; at < 22; at += 1) statuses.push((await sendWebmention(url(`/${at}`), target)).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 202), 429, 429]);
    pages.set('/0', { body: `<a href="${target}">x</a>` });
    await site.work();
    const [row] = await rows(site, 'pending');
    const client = openClient(site);
    await client.submit('/trackbacks', { id: row?.id ?? '', choice: 'reject' });
    expect((await sendWebmention(url('/0'), target)).status).toBe(202);
    await site.work();
    expect([await rows(site, 'pending'), await rows(site, 'new')]).toEqual([[], []]);
    expect((await rows(site, 'rejected')).map(({ id }) => id)).toEqual([row?.id]);
  });
});

describe('a Trackback', () => {
  test('is answered as its clients expect, and its markup is escaped', async () => {
    const { site, pages, url } = await openBoth();
    const client = openClient(site);
    pages.set('/post', { body: `<a href="${site.origin}${seed}">cable</a>` });
    const send = async (fields: Record<string, string>, id = '07ASTANA2244') => {
      const answer = await fetch(`${site.origin}/trackback/${id}`, {
        method: 'POST',
        body: new URLSearchParams(fields),
      });
      return [answer.status, answer.headers.get('content-type'), await answer.text()];
    };
    const ok = [200, 'text/xml; charset=utf-8', expect.stringContaining('<error>0</error>')];
    const bad = [200, 'text/xml; charset=utf-8', expect.stringContaining('<error>1</error>')];
    expect(await send({ url: url('/post'), title: evil, excerpt: evil, blog_name: evil })).toEqual(ok);
    expect(await send({ title: 'no address' })).toEqual(bad);
    expect(await send({ url: url('/post') }, '99NOWHERE1')).toEqual(bad);
    await site.work();
    const [row] = await rows(site, 'pending');
    expect(row).toMatchObject({ title: evil, excerpt: evil, site: evil });
    expect(await client.page('/trackbacks')).not.toMatch(/<script>|<img/);
    await client.submit('/trackbacks', { id: row?.id ?? '', choice: 'approve' });
    await site.work();
    for (const path of [seed, '/mentions']) {
      const page = await client.page(path);
      expect([path, /<script>|<img/.test(page)]).toEqual([path, false]);
      expect(page).toContain('alert(1)');
    }
    const feed = parseAtomFeed(await client.page(`${seed}/mentions.atom`));
    expect(feed.entries?.map(({ title }) => title?.value)).toEqual([expect.stringContaining(evil)]);
  });

  test('is not accepted where cable pages are private or trackbacks are off', async () => {
    for (const web of ['', '  cables: public\n  trackbacks: off\n']) {
      const { origin } = await openSite({ posts: [], web });
      const body = new URLSearchParams({ url: 'https://a.example/' });
      expect((await fetch(`${origin}/trackback/07ASTANA2244`, { method: 'POST', body })).status).toBe(404);
      expect((await fetch(`${origin}${seed}`)).headers.get('link')).toBeNull();
    }
  });
});
