import { describe, expect, test } from 'vitest';
import { releaseHost, recordLinks, claimHost } from '../../src/ledger/links/link-checks.ts';
import { postRow } from '../../src/ledger/posts/posts.ts';
import { replyRow } from '../../src/ledger/replies/replies.ts';
import { links } from '../../workers/links.ts';
import { testClock } from '../support/clock.ts';
import { type Answer, openLinkBot, openSite, status } from '../support/links.ts';
import { viewerPage } from '../support/viewer-page.ts';

const path = '/cable/2007/08/07ASTANA2244.html';
const ok: Answer = status(200);
const rules =
  (text: string): Answer =>
  (_, response) =>
    void response.end(text);
const byMethod =
  (head: Answer, get: Answer): Answer =>
  (request, response) =>
    (request.method === 'HEAD' ? head : get)(request, response);
const to = (location: string) => status(302, { location });
const endless: Answer = (_, response) => {
  response.writeHead(200);
  const more = () => void (response.destroyed || response.write('x'.repeat(65_536), more));
  more();
};
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('a look at a page', () => {
  test.each<[string, Record<string, Answer>, object, string[]]>([
    ['that is there', { [path]: ok }, { state: 'alive', reason: null }, [`HEAD ${path}`]],
    [
      'of a site without HEAD',
      { [path]: byMethod(status(405), ok) },
      { state: 'alive' },
      [`HEAD ${path}`, `GET ${path}`],
    ],
    [
      'that HEAD is forbidden for',
      { [path]: byMethod(status(403), ok) },
      { state: 'alive' },
      [`HEAD ${path}`, `GET ${path}`],
    ],
    ['without end', { [path]: byMethod(status(501), endless) }, { state: 'alive' }, [`HEAD ${path}`, `GET ${path}`]],
    ['that does not let us in', { [path]: status(403) }, { state: 'unclear' }, [`HEAD ${path}`, `GET ${path}`]],
    ['that is not there', {}, { state: 'missing', reason: 'status 404' }, [`HEAD ${path}`]],
    ['that is gone', { [path]: status(410) }, { state: 'missing', reason: 'status 410' }, [`HEAD ${path}`]],
    ['with a fault', { [path]: status(500) }, { state: 'failing', reason: 'status 500' }, [`HEAD ${path}`]],
    ['that is cut off', { [path]: (request) => request.socket.destroy() }, { state: 'failing' }, [`HEAD ${path}`]],
    ['that leads to the front page', { [path]: to('/'), '/': ok }, { state: 'missing' }, [`HEAD ${path}`, 'HEAD /']],
    [
      'that has moved',
      { [path]: to('/old/07astana2244'), '/old/07astana2244': ok },
      { state: 'alive' },
      [`HEAD ${path}`, 'HEAD /old/07astana2244'],
    ],
    [
      'of a site that keeps crawlers out',
      { '/robots.txt': rules('User-agent: *\nDisallow: /cable/'), [path]: ok },
      { state: 'unclear', reason: 'robots.txt disallows it' },
      [],
    ],
    [
      'of a site that keeps others out',
      { '/robots.txt': rules('User-agent: other\nDisallow: /'), [path]: ok },
      { state: 'alive' },
      [`HEAD ${path}`],
    ],
    [
      'of a site that keeps us out',
      { '/robots.txt': rules('User-agent: pilcrow\nDisallow: /'), [path]: ok },
      { state: 'unclear' },
      [],
    ],
  ])('%s', async (_, pages, expected, asked) => {
    const site = await openSite(pages);
    const bot = await openLinkBot({ sites: [site] });
    await bot.note(site.page(path));
    await bot.turns(4);
    expect(await bot.row(site.page(path))).toMatchObject(expected);
    expect(site.log()).toEqual(['GET /robots.txt', ...asked]);
  });

  test('that hangs fails by its time', async () => {
    const site = await openSite({ [path]: () => {} });
    const bot = await openLinkBot({ sites: [site], requestMs: 500 });
    await bot.note(site.page(path));
    // Reading robots.txt may take its time, too, where the machine is busy.
    while (!site.log().includes(`HEAD ${path}`)) await bot.turns(1, 600_000);
    await bot.turns(1);
    expect(await bot.row(site.page(path))).toMatchObject({ state: 'failing', reason: 'no answer within 0.5 s' });
  });

  test('whose site leads in a circle fails, after as many redirects as are followed', async () => {
    const site = await openSite({ [path]: to(path) });
    const bot = await openLinkBot({ sites: [site] });
    await bot.note(site.page(path));
    await bot.turns(3);
    expect(await bot.row(site.page(path))).toMatchObject({
      state: 'failing',
      reason: expect.stringContaining('more than 5 redirects'),
    });
    expect(site.log()).toHaveLength(7);
  });

  test('waits while the site cannot say what it allows', async () => {
    let answer = status(503);
    const site = await openSite({ '/robots.txt': (...args) => answer(...args), [path]: ok });
    const bot = await openLinkBot({ sites: [site] });
    await bot.note(site.page(path));
    await bot.turns(11, 5 * 60_000);
    expect(site.log()).toEqual(['GET /robots.txt']);
    expect(await bot.row(site.page(path))).toMatchObject({ state: 'new', failures: 0 });
    answer = status(404);
    await bot.turns(3, 5 * 60_000);
    expect(site.log()).toEqual(['GET /robots.txt', 'GET /robots.txt', `HEAD ${path}`]);
  });

  test('waits as long as the site asks, and as its robots.txt asks between two', async () => {
    const clock = testClock();
    const answers = [status(429, { 'retry-after': '7200' })];
    const site = await openSite(
      {
        '/robots.txt': rules('User-agent: *\nCrawl-delay: 300'),
        '/a/07ASTANA1.html': (...args) => (answers.shift() ?? ok)(...args),
        [path]: ok,
      },
      clock,
    );
    const bot = await openLinkBot({ sites: [site], clock });
    await bot.note(site.page(path), site.page('/a/07ASTANA1.html'));
    await bot.turns(45, 200_000);
    const [, busy, second, third] = site.asked.map(({ at }) => at);
    expect(second! - busy!).toBeGreaterThanOrEqual(2 * hourMs);
    expect(third! - second!).toBeGreaterThanOrEqual(300_000);
    expect(site.asked).toHaveLength(4);
  });
});

test('a site is asked one question at a time, never sooner than it may be, and not in step', async () => {
  const clock = testClock();
  const paths = Array.from({ length: 8 }, (_, i) => `/cable/07ASTANA${i}.html`);
  const pages = Object.fromEntries(paths.map((each) => [each, ok]));
  const sites = await Promise.all([openSite(pages, clock), openSite(pages, clock)]);
  const bot = await openLinkBot({ links: '{ check: { enabled: true, perHost: 5s } }', sites, clock });
  await bot.note(...sites.flatMap((site) => paths.map(site.page)));
  await bot.turns(75, 1000);
  for (const { asked, mostOpen } of sites) {
    const pauses = asked.slice(1).map(({ at }, i) => at - asked[i]!.at);
    expect(asked.map(({ what }) => what).toSorted()).toEqual([
      'GET /robots.txt',
      ...paths.map((each) => `HEAD ${each}`),
    ]);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5000);
    expect(new Set(pauses).size).toBeGreaterThan(1);
    expect(mostOpen()).toBe(1);
  }
});

test('several processes at once ask a site one question', async () => {
  const site = await openSite({ [path]: ok });
  const { app, note, clock } = await openLinkBot({ sites: [site] });
  await note(site.page(path));
  await Promise.all(Array.from({ length: 5 }, () => links.work(app, new URL(site.url).host)));
  clock.advance(15_000);
  await Promise.all(Array.from({ length: 5 }, () => links.work(app, new URL(site.url).host)));
  expect(site.log()).toEqual(['GET /robots.txt', `HEAD ${path}`]);
});

test('a site with nothing but faults is left alone for longer and longer', async () => {
  const clock = testClock();
  const paths = Array.from({ length: 9 }, (_, i) => `/cable/07ASTANA${i}.html`);
  const site = await openSite(Object.fromEntries(paths.map((each) => [each, status(500)])), clock);
  const bot = await openLinkBot({ sites: [site], clock });
  await bot.note(...paths.map(site.page));
  await bot.turns(40, 180_000);
  const pauses = site.asked.slice(1).map(({ at }, i) => Math.round((at - site.asked[i]!.at) / 60_000));
  expect(pauses.slice(0, 3)).toEqual([3, 3, 3]);
  expect(pauses[3]).toBeGreaterThanOrEqual(7);
  expect(pauses[4]).toBeGreaterThanOrEqual(15);
  expect(pauses[5]).toBeGreaterThanOrEqual(30);
});

test('a page counts as gone when a second look agrees, and is told of; and again when it is back', async () => {
  let answer = status(404);
  const site = await openSite({ [path]: (...args) => answer(...args) });
  const bot = await openLinkBot({ sites: [site] });
  const url = site.page(path);
  await bot.note(url);
  await bot.turns(2);
  const first = (await bot.row(url)).failing_since;
  bot.clock.advance(hourMs);
  await bot.turns(1);
  expect(await bot.row(url)).toMatchObject({ state: 'dead', dead_since: first });
  answer = ok;
  bot.clock.advance(35 * dayMs);
  await bot.turns(3);
  expect(await bot.row(url)).toMatchObject({ state: 'alive', dead_since: null });
  expect(bot.events.flatMap((event) => (event.kind === 'info' && event.what === url ? [event.message] : []))).toEqual([
    'is gone: status 404',
    'is back',
  ]);
  expect(site.log().filter((what) => what.endsWith(path))).toEqual([`HEAD ${path}`, `GET ${path}`, `GET ${path}`]);
});

describe('a process that dies with a site in its hands', () => {
  test('leaves its page due for the next, once the lease is over', async () => {
    const site = await openSite({ [path]: ok });
    const { app, note, turns, row, clock } = await openLinkBot({ sites: [site] });
    await note(site.page(path));
    const { host } = new URL(site.url);
    const terms = { host, now: clock.now(), leaseMs: 120_000, purpose: 'all' as const };
    expect(await app.ledger.transact((tx) => claimHost(tx, terms))).toBeDefined();
    await turns(6);
    expect(site.log()).toEqual([]);
    await turns(5);
    expect(await row(site.page(path))).toMatchObject({ state: 'alive' });
  });

  test('and wakes up after that writes nothing over what the next has found', async () => {
    const site = await openSite({ [path]: ok });
    const { app, note, turns, row, clock } = await openLinkBot({ sites: [site] });
    await note(site.page(path));
    const { host } = new URL(site.url);
    const terms = { host, now: clock.now(), leaseMs: 1000, purpose: 'all' as const };
    const claim = (await app.ledger.transact((tx) => claimHost(tx, terms)))!;
    clock.advance(2000);
    await turns(3);
    const { health, link } = claim;
    const late = {
      requestedAt: terms.now,
      nextAt: 0,
      refusesHead: true,
      health,
      link: { ...link, state: 'missing' as const },
    };
    expect(await app.ledger.transact((tx) => releaseHost(tx, claim, late))).toBe(false);
    expect(await row(site.page(path))).toMatchObject({ state: 'alive' });
  });

  test('that is told to hurry takes no look that was cut off for an answer', async () => {
    const site = await openSite({ '/robots.txt': () => hurry.abort(new Error('hurry')) });
    const { app, note, row, hurry } = await openLinkBot({ sites: [site] });
    await note(site.page(path));
    await links.work(app, new URL(site.url).host);
    expect(site.log()).toEqual(['GET /robots.txt']);
    expect(await row(site.page(path))).toMatchObject({ state: 'new', failures: 0 });
    expect(await app.ledger.db.selectFrom('link_hosts').select('failures').execute()).toEqual([{ failures: 0 }]);
  });
});

const cite = (id: string, text = '#07ASTANA2244 ¶5') => ({ id, createdAt: '2026-11-23T10:00:00Z', text, author: id });
const plusd = 'https://wikileaks.org/plusd/cables/07ASTANA2244_a.html';

describe('what replies lead to', () => {
  test('is looked at only where that is wanted', async () => {
    const wikileaks = await openSite({});
    const bot = await openLinkBot({ links: '{}', named: { 'wikileaks.org': wikileaks } });
    bot.write(cite('1'));
    await bot.turns(5);
    expect(wikileaks.log()).toEqual([]);
    expect(await bot.app.ledger.db.selectFrom('link_checks').selectAll().execute()).toEqual([]);
  });

  test('is the next target once the page of the first is gone, and what was decided before stays as it was', async () => {
    const wikileaks = await openSite({ '/plusd/cables/07ASTANA2244_a.html': ok });
    const bot = await openLinkBot({ named: { 'wikileaks.org': wikileaks } });
    bot.write(cite('1'));
    await bot.turns(8);
    bot.clock.advance(hourMs);
    await bot.turns(4);
    bot.write(cite('2'));
    await bot.turns(1);
    const textOf = async (key: string) =>
      JSON.parse((await replyRow(bot.app.ledger.db, key))?.payload ?? '{}') as object;
    expect(await textOf('file:1')).toMatchObject({
      text: expect.stringContaining(`https://wikileaks.org${path}#par5`),
    });
    expect(await textOf('file:2')).toMatchObject({ text: expect.stringContaining(plusd) });
    expect((await postRow(bot.app.ledger.db, 'file:2'))?.state).toBe('decided');
    const stored = await bot.app.ledger.db.selectFrom('mentions').select('resolution').orderBy('post_key').execute();
    const first = stored.map(
      ({ resolution }) => (JSON.parse(resolution) as { links: { url: string }[] }).links[0]?.url,
    );
    expect(first).toEqual([`https://wikileaks.org${path}#par5`, `${plusd}#:~:text=5.%20%28U`]);
  });

  test('a text that is not at hand is fetched once, and the next post gets its paragraphs', async () => {
    const page = '/cable/2007/01/07ASTANA12.html';
    const wikileaks = await openSite({ [page]: rules(viewerPage()) });
    const bot = await openLinkBot({ links: '{ fetchMissing: true }', named: { 'wikileaks.org': wikileaks } });
    bot.write(cite('1', '#07ASTANA12 ¶5'));
    await bot.turns(4);
    bot.write(cite('2', '#07ASTANA12 ¶5'));
    await bot.turns(4);
    expect(wikileaks.log()).toEqual(['GET /robots.txt', `GET ${page}`]);
    const stored = await bot.app.ledger.db.selectFrom('mentions').select('resolution').orderBy('post_key').execute();
    const found = stored.map(
      ({ resolution }) => JSON.parse(resolution) as { status: string; links: { exact: boolean }[] },
    );
    expect(found.map(({ status: is }) => is)).toEqual(['unverified', 'resolved']);
    expect(found.map(({ links: [link] }) => link?.exact)).toEqual([false, true]);
  });

  test('a page without the cable is not fetched again with every post', async () => {
    const page = '/cable/2007/01/07ASTANA12.html';
    const wikileaks = await openSite({ [page]: rules('<html><body>Welcome</body></html>') });
    const bot = await openLinkBot({ links: '{ fetchMissing: true }', named: { 'wikileaks.org': wikileaks } });
    for (const id of ['1', '2', '3']) {
      bot.write(cite(id, '#07ASTANA12'));
      await bot.turns(3);
    }
    expect(wikileaks.log()).toEqual(['GET /robots.txt', `GET ${page}`]);
    expect(await bot.app.ledger.db.selectFrom('pages').select(['page', 'reason']).execute()).toEqual([
      { page: null, reason: expect.stringContaining('no cable found') },
    ]);
  });

  test('a missing text makes a page due again that was looked at before', async () => {
    const page = '/cable/2007/01/07ASTANA12.html';
    const wikileaks = await openSite({ [page]: rules(viewerPage()) });
    const bot = await openLinkBot({
      links: '{ check: { enabled: true }, fetchMissing: true, targets: [viewer] }',
      named: { 'wikileaks.org': wikileaks },
    });
    const url = `https://wikileaks.org${page}`;
    await bot.note(url);
    await bot.turns(3);
    const wanted = { url, host: 'wikileaks.org', wanted: '07ASTANA12', at: bot.clock.now() };
    await bot.app.ledger.transact((tx) => recordLinks(tx, [wanted]));
    await bot.turns(2);
    expect(wikileaks.log()).toEqual(['GET /robots.txt', `GET ${page}`, `GET ${page}`]);
    expect(await bot.row(url)).toMatchObject({ state: 'alive', wanted: null });
  });
});
