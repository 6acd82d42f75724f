import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import type { Page } from '../../../src/core/post.ts';
import { streamContract } from '../../contract/stream.ts';
import { open, type Setting, setUp } from './setting.ts';
import { wait } from '../../support/wait.ts';

const connects = 'GET /2/tweets/search/stream';
/** Opens a stream; `connect` listens until it ends and resolves with the error, or undefined. */
async function listen(setting: Setting, changes: Parameters<Setting['feed']>[0] = {}) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const stream = await setting.driver.openStream!(setting.feed({ stream: true, ...changes }), setting.context);
  const pages: Page[] = [];
  const connect = async (): Promise<unknown> => {
    try {
      for await (const page of stream.pages(undefined, stop.signal)) pages.push(page);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  return {
    stop,
    pages,
    connect,
    texts: () => pages.flatMap(({ posts }) => posts.map(({ text }) => text)),
    connected: (count = 1) => vi.waitFor(() => expect(setting.x.stream.connections.size).toBe(count), wait),
    /** X counts a connection before the bot has its answer; a post that came through shows that both have it. */
    works: async () => {
      await vi.waitFor(() => expect(setting.x.stream.connections.size).toBe(1), wait);
      setting.x.write('works #cablegate');
      await vi.waitFor(() => expect(pages).not.toHaveLength(0), wait);
    },
  };
}

streamContract('X by a strict fake', async () => {
  const setting = await open({ keepAliveMs: 10 });
  const { connections, ...stream } = setting.x.stream;
  return {
    open: () => setting.driver.openStream!(setting.feed({ stream: true }), setting.context),
    async listening() {
      await vi.waitUntil(() => connections.size === 1, wait);
    },
    write: (text) => setting.x.write(text),
    async drop() {
      const old = [...connections.keys()];
      stream.drop();
      await vi.waitUntil(() => !old.some((one) => connections.has(one)), wait);
    },
    [Symbol.asyncDispose]: () => setting[Symbol.asyncDispose](),
  };
});

describe('the stream', () => {
  test('brings posts as they are written, with edits under the first id', async () => {
    const setting = await setUp();
    const { x } = setting;
    const { connect, connected, texts, pages } = await listen(setting);
    void connect();
    await connected();
    const first = x.write('one #cablegate');
    x.write('nothing');
    x.write('mine #cablegate', { author: x.bot });
    x.edit(first, 'two #cablegate');
    await vi.waitFor(() => expect(pages).toHaveLength(2), wait);
    expect(texts()).toEqual(['one #cablegate']);
    expect(pages[1]?.changes).toMatchObject([{ kind: 'edit', post: { id: first.id, text: 'two #cablegate' } }]);
  });

  test('brings the alternative texts of images where the feed wants them', async () => {
    const setting = await setUp();
    const { connect, connected, texts, pages } = await listen(setting, { altTexts: true });
    void connect();
    await connected();
    setting.x.write('look #cablegate', { images: ['08OSLO461'] });
    await vi.waitFor(() => expect(pages).toHaveLength(1), wait);
    expect(texts()).toEqual(['look #cablegate\n\n08OSLO461']);
  });

  test('reads characters split over two chunks and lines joined in one chunk, and goes on after a malformed line', async () => {
    const setting = await setUp();
    const { x } = setting;
    const { connect, connected, texts, pages } = await listen(setting);
    void connect();
    await connected();
    const tweet = (text: string) => ({
      data: { id: '7', text, author_id: '7', created_at: '2026-11-23T12:00:00Z', edit_history_tweet_ids: ['7'] },
    });
    const line = Buffer.from(`${JSON.stringify(tweet('рассвет 夜'))}\r\n`);
    const half = line.indexOf(Buffer.from('夜')) + 1;
    x.stream.write(line.subarray(0, half));
    await delay(50);
    x.stream.write(line.subarray(half));
    x.stream.write(`{"data": broken}\r\n\r\n${JSON.stringify(tweet('a'))}\r\n${JSON.stringify(tweet('b'))}\r\n`);
    await vi.waitFor(() => expect(texts()).toEqual(['рассвет 夜', 'a', 'b']), wait);
    expect(pages.flatMap(({ rejects }) => rejects)).toHaveLength(1);
  });

  test('passes over messages of a kind that it does not know, and pays nothing for them', async () => {
    const setting = await setUp();
    const { x } = setting;
    const { works, connect, texts, pages, stop } = await listen(setting);
    const ended = connect();
    await works();
    x.stream.write('{"control":{"kind":"of next year"}}\r\n{"warning":"more"}\r\n');
    x.write('after #cablegate');
    await vi.waitFor(() => expect(texts()).toContain('after #cablegate'), wait);
    stop.abort();
    await ended;
    expect(pages.flatMap(({ rejects }) => rejects)).toEqual([]);
    expect(setting.testBudget.spent()).toBe(x.bill.total());
  });

  test('updates its own rules, and leaves the rules of others alone but warns about them', async () => {
    const setting = await setUp();
    const { x, warnings } = setting;
    x.stream.changeRules({ add: [{ value: '#theirs', tag: 'other' }] });
    const first = await listen(setting, { hashtags: ['cablegate', 'wlfind'] });
    const reading = first.connect();
    await first.connected();
    first.stop.abort();
    await reading;
    await first.connected(0);
    const second = await listen(setting, { hashtags: ['cablegate'], sites: [], account: undefined });
    void second.connect();
    await second.connected();
    expect([...x.stream.rules.values()].map(({ value }) => value)).toEqual(['#theirs', '(#cablegate) -is:retweet']);
    expect(warnings.join()).toContain('1 rules of the app’s stream are not the bot’s');
  });

  test('ends when it is dropped, and may reconnect at once', async () => {
    const setting = await setUp({ keepAliveMs: 10 });
    const { x } = setting;
    const { connect, connected, texts } = await listen(setting);
    const reading = connect();
    await connected();
    x.write('one #cablegate');
    await vi.waitFor(() => expect(texts()).toHaveLength(1), wait);
    x.stream.drop();
    expect(await reading).toBeUndefined();
    await connected(0);
    void connect();
    await connected();
    x.write('two #cablegate');
    await vi.waitFor(() => expect(texts()).toHaveLength(2), wait);
  });

  test('ends when X disconnects it for its own reasons', async () => {
    const setting = await setUp({ keepAliveMs: 10 });
    const { connect, connected, works } = await listen(setting);
    const reading = connect();
    await works();
    setting.x.stream.disconnectForOperation();
    expect(await reading).toBeUndefined();
    await connected(0);
  });

  test('ends without keep-alives, and not while they come', async () => {
    const setting = await setUp({ keepAliveMs: 20 });
    const transport = { agent: () => setting.x.agent(), silenceMs: 200 };
    const { driverOver } = await import('../../../src/platforms/x/driver.ts');
    const { connect, connected } = await listen({ ...setting, driver: driverOver(transport) });
    let ended = false;
    const reading = connect().finally(() => (ended = true));
    await connected();
    await delay(500);
    expect(ended).toBe(false);
    setting.x.stream.fallSilent();
    expect(await reading).toBeUndefined();
    await connected(0);
  });

  test('ends at a line without an end, and buffers no more of it', async () => {
    const setting = await setUp();
    const { connect, connected } = await listen(setting);
    const reading = connect();
    await connected();
    setting.x.stream.write('\r\n');
    setting.x.stream.write('x'.repeat(2_000_001));
    expect(await reading).toBeUndefined();
    await connected(0);
  });

  test('that is aborted closes its connection', async () => {
    const setting = await setUp();
    const { connect, connected, works, stop } = await listen(setting);
    const reading = connect();
    await works();
    stop.abort(new Error('stopping'));
    expect(await reading).toBeUndefined();
    await connected(0);
  });

  test('that is aborted while it waits for X stops at once', async () => {
    const setting = await setUp();
    setting.x.fail(connects, 'stall');
    const { connect, stop } = await listen(setting);
    const reading = connect();
    await vi.waitFor(() => expect(setting.x.count(connects)).toBe(1), wait);
    const reason = new Error('stopping');
    stop.abort(reason);
    expect(await reading).toBe(reason);
  });

  test.each([
    ['a network error', 'reset' as const, [250, 500, 750]],
    ['an HTTP error', { status: 503, body: '{"errors":[null]}' }, [5000, 10_000, 20_000]],
    ['429', { status: 429, body: '{}' }, [60_000, 120_000, 240_000]],
  ])('that fails with %s is retried later and later', async (_what, fault, least) => {
    const setting = await setUp();
    setting.x.fail(connects, fault, fault, fault);
    const { connect } = await listen(setting);
    const errors = [await connect(), await connect(), await connect()];
    for (const [i, error] of errors.entries()) {
      expect(error).toBeInstanceOf(RetryLater);
      const { delayMs } = error as RetryLater;
      expect(delayMs).toBeGreaterThanOrEqual(least[i]!);
      // A 429 without a delay: at least a minute, with jitter of a second.
      expect(delayMs).toBeLessThanOrEqual(least[i]! + 1001);
    }
  });

  test('that worked in between is retried as after a first failure', async () => {
    const setting = await setUp({ keepAliveMs: 5 });
    const failure = { status: 503, body: '' };
    setting.x.fail(connects, failure);
    const { connect, connected } = await listen(setting);
    expect(await connect()).toMatchObject({ delayMs: 5000 });
    const reading = connect();
    await connected();
    await delay(50);
    setting.x.stream.drop();
    expect(await reading).toBeUndefined();
    setting.x.fail(connects, failure);
    expect(await connect()).toMatchObject({ delayMs: 5000 });
  });

  test('that somebody else holds is waited for', async () => {
    const setting = await setUp();
    const first = await listen(setting);
    void first.connect();
    await first.connected();
    const second = await listen(setting);
    const error = await second.connect();
    expect(error).toBeInstanceOf(RetryLater);
    expect((error as RetryLater).delayMs).toBeGreaterThanOrEqual(60_000);
  });

  test('that the token may not open fails for good', async () => {
    const setting = await setUp();
    setting.x.fail(connects, { status: 401, body: '{"detail":"Unauthorized"}' });
    const { connect } = await listen(setting);
    expect(await connect()).toBeInstanceOf(PermanentError);
  });

  test('that is dropped again and again connects at most forty times in 15 minutes', async () => {
    const setting = await setUp();
    const { connect } = await listen(setting);
    setting.x.fail(connects, ...Array.from({ length: 100 }, () => 'reset' as const));
    let last: unknown;
    for (let i = 0; i < 45; i += 1) last = await connect();
    expect(setting.x.count(connects)).toBe(40);
    expect((last as RetryLater).delayMs).toBeGreaterThan(14 * 60_000);
  });
});

describe('the prepaid block of a stream', () => {
  test('is reserved before, renewed in time, and settled at what X charges', async () => {
    const setting = await setUp();
    const { x, testBudget } = setting;
    const { connect, connected, texts, stop } = await listen(setting, {
      budget: { perDay: 9, perMonth: 9, stream: 0.1 },
    });
    const reading = connect();
    await connected();
    expect(testBudget.spent()).toBe(100_000);
    for (let i = 0; i < 20; i += 1) {
      x.write(`${i} #cablegate`, { author: x.addUser(`user${i}`) });
      await vi.waitFor(() => expect(texts()).toHaveLength(i + 1), wait);
    }
    expect(x.bill.total()).toBe(20 * 15_000);
    expect(testBudget.spent()).toBeGreaterThanOrEqual(x.bill.total());
    stop.abort();
    await reading;
    expect(testBudget.spent()).toBe(x.bill.total());
  });

  test('that cannot be renewed ends the stream before a cap is exceeded', async () => {
    const setting = await setUp();
    const { x, testBudget } = setting;
    const { connect, connected, texts } = await listen(setting, { budget: { perDay: 0.2, perMonth: 9, stream: 0.1 } });
    const reading = connect();
    await connected();
    for (let i = 0; i < 12 && x.stream.connections.size > 0; i += 1) {
      const before = texts().length;
      x.write(`${i} #cablegate`, { author: x.addUser(`user${i}`) });
      await vi.waitFor(() => expect(x.stream.connections.size === 0 || texts().length > before).toBe(true), wait);
    }
    expect(await reading).toBeInstanceOf(RetryLater);
    expect(x.bill.total()).toBeGreaterThan(100_000);
    expect(x.bill.total()).toBeLessThanOrEqual(200_000);
    expect(testBudget.peak()).toBeLessThanOrEqual(200_000);
  });

  test('counts the posts of a burst at X’s price, before any of them is read', async () => {
    const setting = await setUp();
    const { x, testBudget } = setting;
    const { connect, connected } = await listen(setting, { budget: { perDay: 0.2, perMonth: 9, stream: 0.1 } });
    const reading = connect();
    await connected();
    for (let i = 0; i < 40; i += 1) x.write(`${i} #cablegate`, { author: x.addUser(`user${i}`) });
    expect(await reading).toBeInstanceOf(RetryLater);
    expect(x.bill.total()).toBe(40 * 15_000);
    expect(testBudget.spent()).toBe(x.bill.total());
  });

  test('that is spent while the reader is held up ends the connection, and no cap is passed', async () => {
    const setting = await setUp();
    const { x, testBudget } = setting;
    const config = setting.feed({ stream: true, budget: { perDay: 0.2, perMonth: 9, stream: 0.1 } });
    await using stream = await setting.driver.openStream!(config, setting.context);
    const pages = stream.pages(undefined, setting.signal)[Symbol.asyncIterator]();
    const first = pages.next();
    await vi.waitFor(() => expect(x.stream.connections.size).toBe(1), wait);
    x.write('first #cablegate');
    await first;
    for (let i = 0; i < 100 && x.stream.connections.size > 0; i += 1) {
      x.write(`${i} #cablegate`, { author: x.addUser(`user${i}`) });
      await delay(2);
    }
    await vi.waitFor(() => expect(x.stream.connections.size).toBe(0), wait);
    expect(x.bill.total()).toBeLessThanOrEqual(100_000);
    while (!(await pages.next()).done);
    expect(testBudget.spent()).toBeGreaterThanOrEqual(x.bill.total());
    expect(testBudget.peak()).toBeLessThanOrEqual(200_000);
  });

  test('that cannot be reserved opens no connection', async () => {
    const setting = await setUp();
    const { connect } = await listen(setting, { budget: { perDay: 0, perMonth: 9 } });
    expect(await connect()).toBeInstanceOf(RetryLater);
    expect(setting.x.count(connects)).toBe(0);
  });
});
