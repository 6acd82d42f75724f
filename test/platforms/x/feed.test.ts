import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import type { Page } from '../../../src/core/post.ts';
import type { Feed } from '../../../src/platforms/platform.ts';
import { idAt, timeOf } from '../../../src/platforms/x/wire.ts';
import { drain, textsOf } from '../../contract/feed.ts';
import { type Setting, setUp } from './setting.ts';

const minute = 60_000;
const hour = 60 * minute;
const search = 'GET /2/tweets/search/recent';

async function openFeed(setting: Setting, changes: Parameters<Setting['feed']>[0] = {}) {
  const feed = await setting.driver.openFeed!(setting.feed(changes), setting.context);
  let cursor: string | undefined;
  return {
    feed,
    /** Polls from the cursor of the last poll. */
    poll: async (): Promise<Page[]> => {
      const pages: Page[] = [];
      for await (const page of feed.pages(cursor, setting.signal)) {
        pages.push(page);
        cursor = page.cursor;
      }
      return pages;
    },
  };
}

const posts = (pages: readonly Page[]) => pages.flatMap((page) => page.posts);
const changes = (pages: readonly Page[]) => pages.flatMap((page) => page.changes ?? []);
const errorOf = (read: Promise<unknown>) =>
  read.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('what is new on X', () => {
  test('is requested from the newest id of the first page, which stays the same while paging', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    const { poll } = await openFeed(setting, { account: undefined, pageSize: 10 });
    const old = x.write('old #cablegate');
    clock.advance(minute);
    await poll();
    for (let i = 0; i < 25; i += 1) x.write(`new ${i} #cablegate`);
    clock.advance(minute);
    expect(textsOf(await poll())).toEqual(Array.from({ length: 25 }, (_, i) => `new ${i} #cablegate`));
    const queries = x.calls.slice(1).map(({ query }) => query);
    expect(queries.map(({ since_id: since }) => since)).toEqual([old.id, old.id, old.id]);
    expect(queries.map(({ next_token: token }) => token !== undefined)).toEqual([false, true, true]);
    const newest = x.latest()[0]!;
    await poll();
    expect(x.calls.at(-1)?.query['since_id']).toBe(newest.id);
  });

  test('is found by hashtag, by known ID as a tag and as a word, and never as a repost', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    const { poll } = await openFeed(setting, { ids: ['07ASTANA2244'] });
    const wanted = ['(#CableGate)', 'see 07ASTANA2244 ¶5', '#07ASTANA2244', '＃cablegate’s'];
    for (const text of wanted) x.write(text);
    const other = x.write('something else, #cablegatenot, 07ASTANA22441');
    x.write('RT #cablegate', { retweets: other });
    x.write('my own #cablegate', { author: x.bot });
    clock.advance(minute);
    expect(textsOf(await poll())).toEqual(wanted);
  });

  test('is delivered once, though search and mentions both have it', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    const { poll } = await openFeed(setting);
    x.write(`@${x.bot.username} #cablegate`);
    clock.advance(minute);
    expect(posts(await poll())).toHaveLength(1);
  });

  test('waits while X’s index may still receive older posts, so that none is missed', async () => {
    const setting = await setUp({ indexLagMs: 0 });
    const { x, clock } = setting;
    const { poll } = await openFeed(setting);
    await poll();
    x.write('late #cablegate', { indexedAt: clock.now() + 20_000 });
    clock.advance(1000);
    x.write('early #cablegate');
    clock.advance(1000);
    expect(textsOf(await poll())).toEqual([]);
    clock.advance(minute);
    expect(textsOf(await poll())).toEqual(['late #cablegate', 'early #cablegate']);
  });

  test('does not flood on the first poll: one page of the latest posts, none older than `firstRun`', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    x.write('too old #cablegate');
    clock.advance(25 * hour);
    for (let i = 0; i < 50; i += 1) x.write(`${i} #cablegate`);
    clock.advance(minute);
    const { poll } = await openFeed(setting, { firstRunPosts: 20 });
    expect(textsOf(await poll())).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 30} #cablegate`));
    expect(x.count(search)).toBe(1);
  });

  test('after 36 hours is caught up with in order, span by span', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    const { poll } = await openFeed(setting);
    x.write('before #cablegate');
    clock.advance(minute);
    await poll();
    const before = x.count(search);
    const missed: string[] = [];
    for (let i = 0; i < 36; i += 1) {
      for (let n = 0; n < 8; n += 1) missed.push(x.write(`hour ${i} post ${n} #cablegate`).text);
      clock.advance(hour);
    }
    const pages = await poll();
    expect(textsOf(pages)).toEqual(missed);
    expect(Math.max(...pages.map((page) => page.posts.length))).toBeLessThanOrEqual(16);
    expect(x.count(search) - before).toBeLessThanOrEqual(37);
  });

  test('at the border of two spans is not missed', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    const { poll } = await openFeed(setting);
    const { id } = x.write('before #cablegate');
    clock.advance(minute);
    await poll();
    x.write('border #cablegate', { id: idAt(timeOf(id) + hour) });
    clock.advance(5 * hour);
    expect(textsOf(await poll())).toEqual(['border #cablegate']);
  });

  test('after more than seven days is read as far back as X goes, with a warning about the loss', async () => {
    const setting = await setUp();
    const { x, clock, warnings } = setting;
    const { poll } = await openFeed(setting);
    x.write('before #cablegate');
    clock.advance(minute);
    await poll();
    x.write('lost #cablegate');
    clock.advance(8 * 24 * hour);
    x.write('found #cablegate');
    clock.advance(minute);
    expect(textsOf(await poll())).toEqual(['found #cablegate']);
    expect(warnings.join()).toMatch(/goes back seven days: posts before 2026-11-2\S+ are missed/);
  });

  test('is requested from a recent id, also when a tag is silent for weeks', async () => {
    const setting = await setUp();
    const { x, clock, warnings } = setting;
    const { poll } = await openFeed(setting);
    await poll();
    for (let day = 0; day < 15; day += 1) {
      clock.advance(24 * hour);
      await poll();
    }
    expect(warnings).toEqual([]);
    expect(x.bill.total()).toBe(0);
  });
});

describe('a post of X', () => {
  async function read(setting: Setting) {
    setting.clock.advance(minute);
    const { poll } = await openFeed(setting);
    return posts(await poll());
  }

  test('has its author, its thread, its tags, and the URLs behind t.co', async () => {
    const setting = await setUp();
    const { x } = setting;
    const first = x.write('a question');
    x.write('#cablegate https://wikileaks.org/cable/2007/08/07ASTANA2244.html & <more>', { replyTo: first });
    const [post] = await read(setting);
    expect(post).toMatchObject({
      platform: 'x',
      author: { id: x.ada.id, handle: 'ada', name: 'ada of the test', since: x.ada.createdAt },
      text: expect.stringMatching(/^#cablegate https:\/\/t\.co\/\w+ & <more>$/) as unknown,
      language: 'en',
      hashtags: ['cablegate'],
      links: ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html'],
      inReplyTo: first.id,
      thread: first.id,
      summoned: false,
      repost: false,
    });
  });

  test('that is long is read completely', async () => {
    const setting = await setUp();
    const long = `${'word '.repeat(100)}07ASTANA2244 &amp; more`;
    const raw = {
      text: 'word …',
      author_id: '7',
      created_at: new Date(setting.clock.now()).toISOString(),
      edit_history_tweet_ids: ['1'],
      note_tweet: { text: long, entities: { mentions: [{ username: setting.x.bot.username, id: setting.x.bot.id }] } },
    };
    setting.x.write('#cablegate', { raw });
    expect(await read(setting)).toMatchObject([
      { text: long.replace('&amp;', '&'), summoned: true, author: { id: '7' } },
    ]);
  });

  test('has the links and hashtags of both its beginning and its whole text, in all forms', async () => {
    const setting = await setUp();
    const cable = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5';
    const raw = {
      text: 'See https://t.co/a …',
      author_id: '7',
      created_at: new Date(setting.clock.now()).toISOString(),
      edit_history_tweet_ids: ['1'],
      entities: {
        urls: [
          { url: 'https://t.co/a', expanded_url: cable, unwound_url: 'https://wikileaks.org/' },
          { url: 'https://t.co/b', expanded_url: 'https://b.example/', unwound_url: '' },
        ],
        hashtags: [{ tag: 'cablegate' }],
      },
      note_tweet: { text: 'See https://t.co/a #wlfind #cablegate', entities: { hashtags: [{ tag: 'wlfind' }] } },
    };
    setting.x.write('#cablegate', { raw });
    expect(await read(setting)).toMatchObject([
      { links: ['https://wikileaks.org/', cable, 'https://b.example/'], hashtags: ['cablegate', 'wlfind'] },
    ]);
  });

  test.each([
    ['a mention', (x: Setting['x']) => x.write(`@${x.bot.username.toUpperCase()} 07ASTANA2244?`)],
    [
      'a quotation of the bot',
      (x: Setting['x']) => x.write('is it?', { quotes: x.write('The link', { author: x.bot }) }),
    ],
  ])('addresses the bot by %s', async (_what, write) => {
    const setting = await setUp();
    write(setting.x);
    expect(await read(setting)).toMatchObject([{ summoned: true }]);
  });

  test.each([
    ['a quotation of somebody else', (x: Setting['x']) => x.write('#cablegate', { quotes: x.write('mine') })],
    ['a link to the bot’s profile', (x: Setting['x']) => x.write(`#cablegate https://x.com/${x.bot.username}`)],
    ['a name that begins like the bot’s', (x: Setting['x']) => x.write(`#cablegate @${x.bot.username}2`)],
  ])('does not address the bot by %s', async (_what, write) => {
    const setting = await setUp();
    write(setting.x);
    expect(await read(setting)).toMatchObject([{ summoned: false }]);
  });

  test.each([
    ['everyone', '', undefined],
    ['following', '', 'only those its author follows may reply'],
    ['mentionedUsers', '', 'only those it mentions may reply'],
    ['something-new', '', 'only “something-new” may reply'],
    ['mentionedUsers', '@pilcrowbot ', undefined],
  ])('that lets %s answer (“%s”) is closed: %s', async (replySettings, mention, closed) => {
    const setting = await setUp();
    setting.x.write(`${mention}#cablegate`, { replySettings });
    const [post] = await read(setting);
    expect(post?.closed).toBe(closed);
  });

  test('that is edited stays the same post', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    const { poll } = await openFeed(setting);
    const first = x.write('#cablegate 07ASTANA2244');
    clock.advance(minute);
    await poll();
    const second = x.edit(first, '#cablegate 07ASTANA2245');
    clock.advance(minute);
    const pages = await poll();
    expect(posts(pages)).toEqual([]);
    expect(changes(pages)).toMatchObject([
      { kind: 'edit', post: { key: `x:${first.id}`, text: '#cablegate 07ASTANA2245', native: { version: second.id } } },
    ]);
  });
});

describe('stored posts', () => {
  test('keep the alternative texts of their images when an edit is found', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    const { poll } = await openFeed(setting, { hashtags: ['nothing'], recheck: '6h', altTexts: true });
    const { id } = x.write('look', { images: ['08OSLO461'] });
    setting.storedPosts = [{ id, native: { version: id } }];
    await poll();
    x.edit(x.find(id)!, 'look here');
    clock.advance(6 * hour);
    expect(changes(await poll())).toMatchObject([{ kind: 'edit', post: { text: 'look here\n\n08OSLO461' } }]);
  });

  test('are rechecked from time to time: missing ones become deletions, changed ones edits, at X’s price', async () => {
    const setting = await setUp();
    const { x, clock, testBudget } = setting;
    const { poll } = await openFeed(setting, { hashtags: ['nothing'], recheck: '6h' });
    const stranger = x.addUser('eve');
    const [removed, hidden, edited, unchanged] = [
      x.write('removed'),
      x.write('hidden', { author: stranger }),
      x.write('edited'),
      x.write('unchanged'),
    ];
    setting.storedPosts = [removed, hidden, edited, unchanged].map(({ id }) => ({ id, native: { version: id } }));
    await poll();
    x.remove(removed);
    stranger.protected = true;
    const newer = x.edit(edited, 'edited: 07ASTANA2244');
    clock.advance(6 * hour - minute);
    expect(changes(await poll())).toEqual([]);
    clock.advance(minute);
    expect(changes(await poll())).toMatchObject([
      { kind: 'delete', key: `x:${removed.id}` },
      { kind: 'delete', key: `x:${hidden.id}` },
      { kind: 'edit', post: { id: edited.id, native: { version: newer.id } } },
    ]);
    expect(testBudget.spent()).toBe(x.bill.total());
    const lookups = x.count('GET /2/tweets');
    clock.advance(minute);
    await poll();
    expect(x.count('GET /2/tweets')).toBe(lookups);
  });

  test('are looked up in hundreds, and again after an interruption', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    const { poll } = await openFeed(setting, { hashtags: ['nothing'] });
    await poll();
    const all = Array.from({ length: 250 }, (_, i) => x.write(`post ${i}`));
    setting.storedPosts = all.map(({ id }) => ({ id }));
    x.remove(all[249]!);
    clock.advance(7 * hour);
    x.fail('GET /2/tweets', { status: 503, body: '' });
    expect(changes(await poll())).toEqual([]);
    expect(setting.warnings.at(-1)).toContain('503');
    expect(changes(await poll())).toEqual([]);
    clock.advance(hour);
    expect(changes(await poll())).toEqual([{ kind: 'delete', key: `x:${all[249]!.id}` }]);
    expect(x.count('GET /2/tweets')).toBe(4);
  });
});

describe('money', () => {
  test('is reserved for a whole page, and settled at exactly what X charges', async () => {
    const setting = await setUp();
    const { x, clock, testBudget } = setting;
    const { poll } = await openFeed(setting);
    const authors = ['ann', 'ben', 'cyd'].map((name) => x.addUser(name));
    for (let i = 0; i < 12; i += 1) x.write('#cablegate', { author: authors[i % 3]! });
    x.write('@pilcrowbot 07ASTANA2244');
    clock.advance(minute);
    await poll();
    expect(testBudget.peak()).toBeGreaterThanOrEqual(100 * 15_000);
    expect(x.bill.total()).toBe(13 * 5000 + 4 * 10_000);
    expect(testBudget.spent()).toBe(x.bill.total());
  });

  test('that runs low buys smaller pages, and pages that were paid for are not lost', async () => {
    const setting = await setUp();
    const { x, clock, testBudget } = setting;
    const budget = { perDay: 0.3, perMonth: 30 };
    const { poll } = await openFeed(setting, { account: undefined, authors: false, budget });
    await poll();
    for (let i = 0; i < 80; i += 1) x.write(`${i} #cablegate`);
    clock.advance(minute);
    // Thirty cents pay for sixty posts: paging stops on its way, and nothing is delivered yet.
    expect(await errorOf(poll())).toBeInstanceOf(RetryLater);
    expect(testBudget.peak()).toBeLessThanOrEqual(300_000);
    const paid = x.bill.total();
    expect(paid).toBeGreaterThanOrEqual(250_000);
    x.write('meanwhile #cablegate');
    clock.advance(12 * hour);
    setting.testBudget.reserve = () => Promise.resolve({ settle: () => Promise.resolve() });
    const all = Array.from({ length: 80 }, (_, i) => `${i} #cablegate`);
    expect(textsOf(await poll())).toEqual([...all, 'meanwhile #cablegate']);
    expect(x.bill.total()).toBe(81 * 5000);
  });

  test('is returned if X refused, and counts as spent if the outcome is unknown', async () => {
    const setting = await setUp();
    const { x, testBudget } = setting;
    const { poll } = await openFeed(setting, { account: undefined, authors: false });
    x.fail(search, { status: 503, body: '{}' });
    await errorOf(poll());
    expect(testBudget.spent()).toBe(500_000);
    x.fail(search, { status: 429, body: '{}' }, { status: 400, body: '{}' });
    await errorOf(poll());
    expect(testBudget.spent()).toBe(500_000);
  });

  test('is not spent without a ledger that counts it', async () => {
    const { driver, feed: config, context, x, signal } = await setUp();
    const { budget: _, ...poor } = context;
    const feed = await driver.openFeed!(config(), poor);
    expect(await errorOf(feed.pages(undefined, signal)[Symbol.asyncIterator]().next())).toMatchObject({
      message: 'paid calls need a ledger that counts what they cost',
    });
    expect(x.calls).toEqual([]);
  });
});

describe('errors', () => {
  const read = async (feed: Feed, { signal }: Setting) => {
    for await (const _ of feed.pages(undefined, signal));
  };

  test.each([
    ['429', { status: 429, body: '{}' }, RetryLater, /429/],
    ['402', { status: 402, body: '{"title":"CreditsDepleted"}' }, RetryLater, /CreditsDepleted \(out of credits/],
    [
      '401',
      { status: 401, body: '{"title":"Unauthorized","detail":"Unauthorized"}' },
      PermanentError,
      /with 401: Unau/,
    ],
    ['403', { status: 403, body: '{"detail":"no"}' }, PermanentError, /403: no/],
    ['500', { status: 500, body: 'oops' }, Error, /500/],
    ['408', { status: 408, body: '' }, Error, /408/],
    ['malformed JSON', { status: 200, body: '<html>' }, Error, /invalid JSON/],
    ['a list instead of an object', { status: 200, body: '[1]' }, Error, /unexpectedly/],
    ['an error that is not an object', { status: 400, body: '{"errors":[null]}' }, PermanentError, /400/],
    ['an answer that never ends', { status: 200, body: `"${'x'.repeat(11_000_000)}"` }, Error, /search/],
    ['a reset', 'reset', Error, /no readable answer/],
  ] as const)('%s gets the right class and message', async (_what, fault, kind, message) => {
    const setting = await setUp();
    setting.x.fail(search, fault);
    const feed = await setting.driver.openFeed!(setting.feed({ account: undefined }), setting.context);
    const error = await errorOf(read(feed, setting));
    expect(error).toBeInstanceOf(kind);
    expect(error instanceof RetryLater || error instanceof PermanentError).toBe(kind !== Error);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as unknown });
  });

  test('an unreachable server is tried again later', async () => {
    const setting = await setUp();
    const nowhere = setting.x.agent(1);
    const { driverOver } = await import('../../../src/platforms/x/driver.ts');
    const driver = driverOver({ agent: () => nowhere });
    const feed = await driver.openFeed!(setting.feed(), setting.context);
    expect(await errorOf(read(feed, setting))).toMatchObject({ name: 'RetryLater', delayMs: 30_000 });
  });

  test('a used-up rate limit is waited for, by its headers', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    x.limits.leave(search, 'app', 1);
    const { poll: next } = await openFeed(setting, { account: undefined });
    await next();
    const calls = x.calls.length;
    const error = await errorOf(next());
    expect(error).toBeInstanceOf(RetryLater);
    const { delayMs } = error as RetryLater;
    expect(delayMs).toBeGreaterThan(14 * minute);
    expect(x.calls).toHaveLength(calls);
    clock.advance(delayMs);
    await next();
    expect(x.calls.length).toBeGreaterThan(calls);
  });

  test('a token never appears in a message', async () => {
    const setting = await setUp();
    setting.x.fail(search, { status: 403, body: JSON.stringify({ detail: 'no' }) }, 'reset');
    const feed = await setting.driver.openFeed!(setting.feed({ account: undefined }), setting.context);
    for (let i = 0; i < 2; i += 1) {
      const error = (await errorOf(read(feed, setting))) as Error;
      expect(`${error.message} ${error.stack}`).not.toContain('bearer-of-the-test');
    }
  });

  test('a malformed post is rejected, and the others are delivered', async () => {
    const setting = await setUp();
    const { x, clock } = setting;
    x.write('before #cablegate');
    const broken = x.write('#cablegate', { raw: { text: null } });
    clock.advance(minute);
    const { poll: next } = await openFeed(setting);
    const pages = await next();
    expect(posts(pages)).toHaveLength(1);
    expect(pages.flatMap(({ rejects }) => rejects)).toMatchObject([{ position: `post ${broken.id}` }]);
  });
});

describe('a check', () => {
  test('is free', async () => {
    const { driver, feed, context, x } = await setUp();
    expect(await driver.checkFeed!(feed(), context)).toBeUndefined();
    expect(x.bill.items).toEqual([]);
  });

  test.each([
    ['nothing to search for', { hashtags: [], sites: [], account: undefined }, /searches for nothing/],
    ['no money', { budget: { perDay: 0, perMonth: 1 } }, /`budget` is 0/],
  ])('finds %s', async (_what, wrong, message) => {
    const { driver, feed, context } = await setUp();
    expect(await driver.checkFeed!(feed(wrong), context)).toMatch(message);
  });

  test('finds an unknown token, and that the month’s posts are used up', async () => {
    const { driver, feed, context, x } = await setUp();
    x.fail('GET /2/usage/tweets', { status: 401, body: '{"detail":"Unauthorized"}' });
    expect(await driver.checkFeed!(feed(), context)).toMatch(/401.*check the keys/);
    x.fail('GET /2/usage/tweets', { status: 200, body: '{"data":{"project_usage":"9","project_cap":"9"}}' });
    expect(await driver.checkFeed!(feed(), context)).toBe('this month’s 9 posts are used up');
  });
});

test('an unreadable cursor starts with a first poll', async () => {
  const setting = await setUp();
  setting.x.write('#cablegate');
  setting.clock.advance(minute);
  for (const cursor of ['', 'null', '{"since":"x"}', `{"since":${idAt(0)}}`]) {
    const feed = await setting.driver.openFeed!(setting.feed(), setting.context);
    expect(textsOf(await drain(feed, cursor))).toEqual(['#cablegate']);
  }
});
