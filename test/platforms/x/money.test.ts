import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBudget } from '../../../src/app/account-limits.ts';
import { noCaps } from '../../../src/core/limits.ts';
import { RetryLater } from '../../../src/core/errors.ts';
import { openSqliteLedger } from '../../../src/ledger/db/sqlite.ts';
import { monthOf } from '../../../src/ledger/accounts/spending.ts';
import type { Feed } from '../../../src/platforms/platform.ts';
import { tempDir } from '../../support/temp.ts';
import { answerTo, open, type Setting, setUp } from './setting.ts';

const minute = 60_000;
const hour = 60 * minute;
const key = { env: 'A_VARIABLE' };
const userKeys = { appKey: key, appSecret: key, accessToken: key, accessSecret: key };

async function openFeed(setting: Setting, changes: Parameters<Setting['feed']>[0] = {}) {
  const feed = await setting.driver.openFeed!(setting.feed(changes), setting.context);
  return poller(feed, setting);
}

function poller(feed: Feed, { signal, clock }: Setting) {
  let cursor: string | undefined;
  return async () => {
    clock.advance(minute);
    for await (const page of feed.pages(cursor, signal)) cursor = page.cursor;
  };
}

describe('mentions', () => {
  test.each([
    ['as search does, with the app’s token', {}, 5000],
    ['as owned reads, with the keys of the account', userKeys, 1000],
  ])('cost %s', async (_how, keys, price) => {
    const setting = await setUp();
    const { x, testBudget } = setting;
    const poll = await openFeed(setting, { ...keys, authors: false });
    x.write('@pilcrowbot 07ASTANA2244');
    await poll();
    expect(x.bill.total()).toBe(price);
    expect(testBudget.spent()).toBe(price);
  });

  test('need all keys of the account, or none', async () => {
    const { feed } = await setUp();
    expect(() => feed({ appKey: key })).toThrow('expected all of appKey');
  });
});

test('a post that links a cable is found without a hashtag', async () => {
  const setting = await setUp();
  const { x, clock, signal, driver, context, feed: config } = setting;
  const feed = await driver.openFeed!(config(), context);
  const found = x.write('see https://wikileaks.org/cable/2007/08/07ASTANA2244.html');
  x.write('see https://wikileaks.org/about');
  clock.advance(minute);
  const ids: string[] = [];
  for await (const { posts } of feed.pages(undefined, signal)) ids.push(...posts.map(({ id }) => id));
  expect(ids).toEqual([found.id]);
});

describe('a reread', () => {
  /** Looks a stored post up every six hours. */
  async function watch(setting: Setting, onceADay: boolean) {
    const poll = await openFeed(setting, { prices: { onceADay } });
    const { id } = setting.x.write('#cablegate');
    await poll();
    setting.storedPosts = [{ id }];
    for (let i = 0; i < 4; i += 1) {
      setting.clock.advance(6 * hour);
      await poll();
    }
  }

  test('of a day (UTC) is counted once, as X charges it; also around midnight', async () => {
    const setting = await setUp();
    await watch(setting, true);
    // Read at noon, looked up at 18, 0, 6 and 12: one more charge.
    expect(setting.x.bill.total()).toBe(15_000 + 5000);
    expect(setting.testBudget.spent()).toBe(15_000 + 5000);
  });

  test('is counted each time if the operator says so', async () => {
    const setting = await setUp();
    await watch(setting, false);
    expect(setting.testBudget.spent()).toBe(15_000 + 4 * 5000);
  });

  test('within minutes of midnight is counted, since X’s clock may be ahead', async () => {
    const setting = await setUp();
    const { clock, x, testBudget } = setting;
    clock.advance(12 * hour - 3 * minute);
    const poll = await openFeed(setting, { recheck: '1m', authors: false });
    const { id } = x.write('#cablegate');
    await poll();
    setting.storedPosts = [{ id }];
    await poll();
    expect(testBudget.spent()).toBe(2 * 5000);
  });
});

test('a deletion is reserved, and counted where X did it', async () => {
  const { driver, context, publisher: config, x, signal, testBudget } = await setUp();
  const publisher = await driver.openPublisher!(config(), context);
  const tweet = x.write('mine', { author: x.bot });
  await publisher.withdraw({ id: tweet.id, url: null }, signal);
  expect(x.bill.total()).toBe(10_000);
  expect(testBudget.spent()).toBe(10_000);
  await publisher.withdraw({ id: tweet.id, url: null }, signal);
  expect(testBudget.spent()).toBe(10_000);
});

test('a cap of X on usage is rested from for an hour, in words', async () => {
  const setting = await setUp();
  const body = JSON.stringify({
    title: 'UsageCapExceeded',
    detail: 'Usage cap exceeded: Monthly product cap',
    type: 'https://api.x.com/2/problems/usage-capped',
  });
  setting.x.fail('GET /2/tweets/search/recent', { status: 429, body });
  const poll = await openFeed(setting);
  const error = await poll().catch((one: unknown) => one);
  expect(error).toBeInstanceOf(RetryLater);
  expect(error).toMatchObject({
    delayMs: hour,
    message: expect.stringMatching(/cap on what the app may use.*Monthly product cap/) as unknown,
  });
  expect(setting.testBudget.spent()).toBe(0);
});

const caps = { perDay: 400_000, perMonth: 900_000 };
type Step = (
  setting: Setting,
  act: { poll: () => Promise<void>; reply: (lose: boolean) => Promise<void>; withdraw: () => Promise<void> },
) => unknown;

const steps = fc.oneof(
  fc.nat({ max: 30 }).map((hours): [string, Step] => [`wait ${hours} h`, ({ clock }) => clock.advance(hours * hour)]),
  fc.constantFrom<[string, Step]>(
    ['somebody asks', ({ x }) => x.write('@pilcrowbot 07ASTANA2244', { author: x.addUser(`user${x.users.length}`) })],
    ['a busy hour', ({ x }) => Array.from({ length: 25 }, (_, i) => x.write(`#cablegate ${x.users.length} ${i}`))],
    ['poll', (_setting, { poll }) => poll()],
    ['reply', (_setting, { reply }) => reply(false)],
    ['reply, and the answer is lost', (_setting, { reply }) => reply(true)],
    ['delete the reply', (_setting, { withdraw }) => withdraw()],
    ['an answer to a search is lost', ({ x }) => x.fail('GET /2/tweets/search/recent', 'lost answer')],
    ['an answer to a lookup is lost', ({ x }) => x.fail('GET /2/tweets', 'lost answer')],
  ),
);

describe('the caps', () => {
  test('are never passed by a cent, whatever is called in which order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 30 }), async (sequence) => {
        const setting = await open();
        await using ledger = await openSqliteLedger({ file: join(await tempDir(), 'ledger.db'), clock: setting.clock });
        const { driver, signal, x, clock } = setting;
        const money = { ...setting.context, budget: openBudget(ledger, 'x', caps) };
        const feed = await driver.openFeed!(
          setting.feed({ budget: { perDay: 10, perMonth: 10 }, every: '1h', recheck: '2h' }),
          money,
        );
        const publisher = await driver.openPublisher!(setting.publisher(), money);
        const poll = poller(feed, setting);
        const unpaid = async (work: Promise<unknown>) => void (await Promise.allSettled([work]));
        const act = {
          poll: () => {
            setting.storedPosts = x.latest().slice(0, 30);
            return unpaid(poll());
          },
          reply: async (lose: boolean) => {
            const parent = x.latest().find(({ mentions }) => mentions.includes(x.bot));
            if (parent === undefined) return;
            if (lose) x.fail('POST /2/tweets', 'lost answer');
            const payload = answerTo(parent, `see https://wikileaks.org/ ${clock.now()}`);
            // The ledger reserves the price of a reply, and settles it at that, or not at all where the outcome is unknown.
            const budget = await money.budget.reserve(publisher.price!(payload), noCaps).catch(() => undefined);
            if (budget !== undefined) await unpaid(publisher.publish(payload, signal));
          },
          withdraw: async () => {
            const own = x.latest().find(({ author }) => author === x.bot);
            if (own !== undefined) await unpaid(publisher.withdraw({ id: own.id, url: null }, signal));
          },
        };
        try {
          const spent = new Map<string, number>();
          let before = 0;
          for (const [, step] of sequence) {
            const [day, month] = [`day ${Math.floor(clock.now() / (24 * hour))}`, `month ${monthOf(clock.now())}`];
            await step(setting, act);
            for (const span of [day, month]) spent.set(span, (spent.get(span) ?? 0) + x.bill.total() - before);
            before = x.bill.total();
            expect(
              Math.max(...[...spent].map(([span, sum]) => (span.startsWith('day') ? sum : 0))),
            ).toBeLessThanOrEqual(caps.perDay);
            expect(
              Math.max(...[...spent].map(([span, sum]) => (span.startsWith('month') ? sum : 0))),
            ).toBeLessThanOrEqual(caps.perMonth);
          }
        } finally {
          await setting[Symbol.asyncDispose]();
        }
      }),
      { numRuns: 15 },
    );
  });
});
