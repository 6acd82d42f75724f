import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { Caps } from '../../../src/core/limits.ts';
import { RetryLater } from '../../../src/core/errors.ts';
import type { Payload } from '../../../src/core/reply.ts';
import { SecretValue } from '../../../src/core/secret.ts';
import type { DriverContext, StoredPost, Budget } from '../../../src/platforms/platform.ts';
import type { Transport } from '../../../src/platforms/x/client.ts';
import { XFeed, XPublisher } from '../../../src/platforms/x/config.ts';
import { driverOver } from '../../../src/platforms/x/driver.ts';
import { type TestClock, testClock } from '../../support/clock.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { credentials, type FakeX, startFakeX } from '../../support/fake-x/server.ts';
import type { FakeTweet } from '../../support/fake-x/store.ts';

/** A budget in memory, by the rules of the ledger; test/contract/budget.ts tests the ledger’s own. */
export interface TestBudget extends Budget {
  /** Settled and reserved amounts. */
  spent(): number;
  /** The highest value of `spent` so far. */
  peak(): number;
}

function openTestBudget(): TestBudget {
  const amounts: number[] = [];
  let peak = 0;
  const spent = () => amounts.reduce((sum, amount) => sum + amount, 0);
  const fits = (cost: number, cap: number | null) => cap === null || spent() + cost <= cap;
  return {
    spent,
    peak: () => peak,
    reserve(cost, caps: Caps) {
      if (!fits(cost, caps.perDay) || !fits(cost, caps.perMonth))
        return Promise.reject(new RetryLater('the budget is used up', 3_600_000));
      const at = amounts.push(cost) - 1;
      peak = Math.max(peak, spent());
      return Promise.resolve({
        settle: (real: number) => {
          amounts[at] = real;
          return Promise.resolve();
        },
      });
    },
  };
}

export interface Setting {
  readonly x: FakeX;
  readonly clock: TestClock;
  readonly testBudget: TestBudget;
  readonly context: DriverContext;
  readonly warnings: string[];
  readonly driver: ReturnType<typeof driverOver>;
  readonly signal: AbortSignal;
  /** The posts that the ledger would say it stores. */
  storedPosts: readonly StoredPost[];
  readonly feed: (changes?: Partial<z.input<typeof XFeed>>) => XFeed;
  readonly publisher: (changes?: Partial<z.input<typeof XPublisher>>) => XPublisher;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A fake X with the bot's account, and a driver that reaches it. */
export async function open(
  options: { keepAliveMs?: number; indexLagMs?: number; words?: 'tweet' | 'post'; transport?: Transport } = {},
): Promise<Setting> {
  const clock = testClock();
  const x = await startFakeX({ clock, ...options });
  const base = await openTestContext();
  const testBudget = openTestBudget();
  const setting: Setting = {
    x,
    clock,
    testBudget,
    storedPosts: [],
    warnings: base.warnings,
    context: { ...base, clock, budget: testBudget, storedPosts: () => Promise.resolve(setting.storedPosts) },
    driver: driverOver({ agent: () => x.agent(), ...options.transport }),
    signal: new AbortController().signal,
    feed: (changes) => feedConfig(x, changes),
    publisher: (changes) => publisherConfig(x, changes),
    async [Symbol.asyncDispose]() {
      await x[Symbol.asyncDispose]();
      await base[Symbol.asyncDispose]();
    },
  };
  return setting;
}

/** The same, closed at the end of the test. */
export async function setUp(options: Parameters<typeof open>[0] = {}): Promise<Setting> {
  const setting = await open(options);
  onTestFinished(() => setting[Symbol.asyncDispose]());
  return setting;
}

const secret = { env: 'A_VARIABLE' };

function withSecrets<T extends object>(config: T, values: Partial<Record<keyof T, string>>): T {
  for (const [key, value] of Object.entries(values)) {
    const held: unknown = config[key as keyof T];
    if (held instanceof SecretValue) held.resolve(String(value));
  }
  return config;
}

function accountOf({ bot }: FakeX) {
  return { id: bot.id, handle: bot.username };
}

function feedConfig(x: FakeX, changes: Partial<z.input<typeof XFeed>> = {}): XFeed {
  const written = {
    bearerToken: secret,
    account: accountOf(x),
    firstRunPosts: 100,
    budget: { perDay: 100, perMonth: 1000 },
    ...changes,
  };
  return withSecrets(XFeed.parse(written), credentials);
}

function publisherConfig(x: FakeX, changes: Partial<z.input<typeof XPublisher>> = {}): XPublisher {
  const keys = { appKey: secret, appSecret: secret, accessToken: secret, accessSecret: secret };
  const { bearerToken: _, ...values } = credentials;
  return withSecrets(XPublisher.parse({ account: accountOf(x), ...keys, ...changes }), values);
}

/** The payload that the ledger would freeze for a reply to this post. */
export function answerTo(parent: FakeTweet, text: string, changes: Partial<Payload> = {}): Payload {
  const [id = parent.id] = parent.chain;
  return {
    key: `reply:x:${id}`,
    text,
    language: 'en',
    createdAt: parent.createdAt,
    idempotencyKey: id,
    replyTo: {
      key: `x:${id}`,
      platform: 'x',
      id,
      url: null,
      author: parent.author.username,
      authorId: parent.author.id,
      thread: parent.conversation,
      native: { version: parent.id },
    },
    ...changes,
  };
}
