import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { accountFigures } from '../../../src/app/account-limits.ts';
import { type App, openApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config/read.ts';
import type { BotEvent } from '../../../src/core/event.ts';
import { monthOf, spentSince } from '../../../src/ledger/accounts/spending.ts';
import { drain } from '../../../workers/index.ts';
import { poll } from '../../../workers/poll.ts';
import { tidy } from '../../../workers/sweep.ts';
import { testClock } from '../../support/clock.ts';
import { credentials, type Fault, startFakeX } from '../../support/fake-x/server.ts';
import { tempDir } from '../../support/temp.ts';
import { configuration } from '../../support/workplace.ts';
import { wait } from '../../support/wait.ts';

const minute = 60_000;
const hour = 60 * minute;
const post = 'POST /2/tweets';

/** Redirects all TLS connections to the fake, so that the whole bot runs unchanged. */
function redirectTo(port: number): void {
  vi.spyOn(Agent.prototype as unknown as { createConnection: () => unknown }, 'createConnection').mockImplementation(
    () => connect(port, '127.0.0.1'),
  );
}

afterEach(() => vi.restoreAllMocks());

function configure(dir: string, feed: string, limits: string): string {
  for (const [name, value] of Object.entries(credentials)) writeFileSync(join(dir, name), value);
  const account = `account: { id: '1000000', handle: pilcrowbot }`;
  const keys = ['appKey', 'appSecret', 'accessToken', 'accessSecret'].map((key) => `${key}: { file: ${key} }`);
  const publisher = `  - { name: x, platform: x, mode: summoned, ${account}, ${keys.join(', ')}, limits: ${limits} }\n`;
  const text = configuration([
    `  - { name: x, platform: x, bearerToken: { file: bearerToken }, ${account}, maxAge: null, ${feed} }`,
  ]);
  const file = join(dir, 'pilcrow.yaml');
  writeFileSync(file, text.replace('publishers:\n', `publishers:\n${publisher}`));
  return file;
}

/** The whole bot with X; `start` restarts it. */
async function openBot({
  feed = 'budget: { perDay: 50, perMonth: 500 }',
  limits = '{ budget: { perDay: 5, perMonth: 20 }, authorCooldown: 0s, threadCooldown: 0s }',
} = {}) {
  const clock = testClock();
  const x = await startFakeX({ clock });
  onTestFinished(() => x[Symbol.asyncDispose]());
  redirectTo(x.port);
  const dir = await tempDir();
  const file = configure(dir, feed, limits);
  const events: BotEvent[] = [];
  let app: App | undefined;
  async function start(): Promise<App> {
    await app?.[Symbol.asyncDispose]();
    const stop = new AbortController();
    app = await openApp(readConfig({ config: file }), {
      emit: (event) => events.push(event),
      stopping: stop.signal,
      hurry: stop.signal,
      queue: 'none',
      clock,
    });
    return app;
  }
  onTestFinished(() => app?.[Symbol.asyncDispose]());
  await start();
  return {
    x,
    clock,
    events,
    start,
    app: () => app!,
    work: async (ms = minute) => {
      clock.advance(ms);
      await drain(app!);
    },
    answers: () => x.latest().filter(({ author }) => author === x.bot),
    spent: (account: string) => spentSince(app!.ledger.db, account, monthOf(clock.now())),
  };
}

describe('the bot on X', () => {
  test('answers a mention once, in its thread, with the link, and no post that did not ask', async () => {
    const { x, clock, app, work, answers, start, spent } = await openBot();
    await work();
    x.write('see #cablegate #07ASTANA2244 ¶5');
    const asked = x.write('@pilcrowbot #07ASTANA2244 ¶5', { replyTo: x.write('a thread') });
    await work();
    await work();
    await start();
    await work();
    expect(answers()).toHaveLength(1);
    const [answer] = answers();
    expect(answer?.references).toEqual([{ type: 'replied_to', id: asked.id }]);
    expect(answer?.urls[0]?.expanded).toBe('https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5');
    // The publisher does not know that the feed was charged for the parent today.
    expect((await spent('feed x')) + (await spent('x'))).toBe(x.bill.total() + 5000);
    const figures = await accountFigures(app().config, app().ledger.db, clock.now());
    expect(figures.map(({ account, used, limit }) => [account, used * 1e6, limit])).toEqual([
      ['x', await spent('x'), 20],
      ['feed x', await spent('feed x'), null],
    ]);
  });

  test('does not answer a post that was deleted before, and deletes its reply to a post that was deleted later', async () => {
    const { x, work, answers, app } = await openBot();
    await work();
    const [first, second] = [x.write('@pilcrowbot #07ASTANA2244 ¶5'), x.write('@pilcrowbot #07ASTANA2244 ¶6')];
    x.fail(post, { status: 429, body: '{}' }, { status: 429, body: '{}' });
    await work();
    x.remove(first);
    await work(hour);
    expect(answers()).toHaveLength(1);
    x.remove(second);
    await work(6 * hour);
    await work();
    expect(answers()).toEqual([]);
    const rows = await app().ledger.db.selectFrom('posts').select(['state', 'post']).execute();
    expect(rows.map(({ state }) => state)).toEqual(['deleted', 'deleted']);
    await work(hour);
    const { dataDir } = app().config;
    const files = readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name), 'latin1'));
    for (const word of ['07ASTANA2244 ¶', '"ada', 'Ada', second.id]) expect(files.join('')).not.toContain(word);
  });

  test('purges the text of a post within a day, and does not take the post for new', async () => {
    const { x, work, answers, app } = await openBot();
    await work();
    x.write('@pilcrowbot #07ASTANA2244 ¶5 secret words');
    await work();
    await tidy(app());
    const texts = async () => {
      const { db } = app().ledger;
      const posts = await db.selectFrom('posts').select('post').execute();
      const replies = await db.selectFrom('replies').select('payload').execute();
      return [...posts.map((one) => one.post), ...replies.map(({ payload }) => payload)].join('\n');
    };
    expect(await texts()).toMatch(/secret words[^]*"ada/);
    await work(23 * hour + minute);
    await tidy(app());
    expect(await texts()).not.toMatch(/secret words|"ada/);
    expect(await texts()).toContain('"id":"1000001"');
    await work();
    expect(answers()).toHaveLength(1);
  });

  test('stops answering a person who says stop', async () => {
    const { x, work, answers } = await openBot();
    await work();
    x.write('@pilcrowbot #07ASTANA2244 ¶5');
    await work();
    x.write('@pilcrowbot stop', { replyTo: answers()[0]! });
    await work();
    x.write('@pilcrowbot #07ASTANA2244 ¶6');
    await work();
    expect(answers()).toHaveLength(1);
  });

  test.each<[string, Fault, number]>([
    ['before', 'reset', 0],
    ['after', 'lost answer', 1],
  ])('never answers twice if the connection breaks %s the post is taken', async (_when, fault, count) => {
    const { x, work, answers, start } = await openBot();
    await work();
    x.write('@pilcrowbot #07ASTANA2244 ¶5');
    x.fail(post, fault);
    await work();
    await start();
    for (let i = 0; i < 8; i += 1) await work(10 * minute);
    expect(answers()).toHaveLength(count);
    expect(x.count(post)).toBe(1);
  });

  test('stays within the daily budget for replies, and goes on the next day', async () => {
    const { x, work, answers } = await openBot({
      limits: '{ budget: { perDay: 0.5, perMonth: 20 }, authorCooldown: 0s, threadCooldown: 0s }',
    });
    await work();
    // 0.205 each: two fit.
    for (let i = 1; i <= 3; i += 1) x.write(`@pilcrowbot #07ASTANA2244 ¶${i + 3}`, { author: x.addUser(`user${i}`) });
    await work();
    expect(answers()).toHaveLength(2);
    await work(12 * hour);
    expect(answers()).toHaveLength(3);
  });

  test('stays within the daily budget for reading, however often it restarts', async () => {
    const { x, clock, work, start, spent, app } = await openBot({
      feed: 'authors: false, budget: { perDay: 0.2, perMonth: 5 }',
    });
    await work();
    for (let i = 0; i < 10; i += 1) {
      for (let n = 0; n < 9; n += 1) x.write(`#cablegate ${i} ${n}`);
      await work();
      await start();
    }
    expect(x.bill.total()).toBeGreaterThan(100_000);
    expect(x.bill.total()).toBeLessThanOrEqual(200_000);
    expect(await spent('feed x')).toBeLessThanOrEqual(200_000);
    const seen = async () => (await app().ledger.db.selectFrom('feeds').select('seen').executeTakeFirst())?.seen;
    const before = Number(await seen());
    clock.advance(12 * hour);
    for (let i = 0; i < 5; i += 1) await work(12 * hour);
    expect(Number(await seen())).toBe(90);
    expect(before).toBeLessThan(90);
  });

  test('gets a post by the stream within seconds, and by the feed after the stream broke', async () => {
    const { x, clock, app, work, answers, events } = await openBot({
      feed: 'stream: true, budget: { perDay: 50, perMonth: 500 }',
    });
    await work();
    const listening = poll.work(app(), 'x~stream');
    await vi.waitFor(() => expect(x.stream.connections.size).toBe(1), wait);
    x.write('@pilcrowbot #cablegate #07ASTANA2244 ¶5');
    const ingested = () =>
      events.some((event) => event.kind === 'polled' && event.feed === 'x~stream' && event.ingested === 1);
    await vi.waitFor(() => expect(ingested()).toBe(true), wait);
    await work(1000);
    expect(answers()).toHaveLength(1);
    x.stream.drop();
    await listening;
    x.write('@pilcrowbot #cablegate #07ASTANA2244 ¶6');
    clock.advance(hour);
    await work();
    expect(answers()).toHaveLength(2);
  });
});
