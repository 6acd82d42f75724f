import { describe, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { PermanentError, RetryLater } from '../../src/core/errors.ts';
import { replyRow, retryReply } from '../../src/ledger/replies/replies.ts';
import { claimForSending } from '../../src/ledger/replies/claim-reply.ts';
import { requestWithdrawal } from '../../src/ledger/replies/withdraw-reply.ts';
import { postRow, retryPost } from '../../src/ledger/posts/posts.ts';
import { drain } from '../../workers/index.ts';
import { poll } from '../../workers/poll.ts';
import { reconcile } from '../../workers/reconcile.ts';
import { resolve } from '../../workers/resolve.ts';
import { respond } from '../../workers/respond.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import { terms } from '../support/ledger.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';

const cited = [{ id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5' }];
const key = 'file:1';
const hour = 3_600_000;

async function stateOf(app: App): Promise<string | undefined> {
  return (await replyRow(app.ledger.db, key))?.state;
}

describe('what the platform said', () => {
  test('it took the reply: sent, once, however many wake-ups come', async () => {
    const platform = scriptedPublisher('doubles', []);
    const { app, work } = await openTestApp(cited, platform);
    await work();
    await Promise.all(Array.from({ length: 5 }, () => respond.work(app, key)));
    await work();
    expect(await stateOf(app)).toBe('sent');
    expect(platform.record).toHaveLength(1);
  });

  test('come back later (429): planned, due when it said, the same words again', async () => {
    const platform = scriptedPublisher('doubles', [new RetryLater('429', 90_000)]);
    const { app, clock, work } = await openTestApp(cited, platform);
    await work();
    expect(await stateOf(app)).toBe('planned');
    const frozen = (await replyRow(app.ledger.db, key))?.payload;
    clock.advance(89_999);
    await work();
    expect(platform.calls).toBe(1);
    clock.advance(1);
    await work();
    expect(await stateOf(app)).toBe('sent');
    expect(JSON.stringify(platform.record[0])).toBe(frozen);
  });

  test('never (403): refused with the reason, and never sent again unless a person says so', async () => {
    const platform = scriptedPublisher('doubles', [new PermanentError('403 you have not been mentioned')]);
    const { app, clock, work } = await openTestApp(cited, platform);
    await work();
    clock.advance(100 * hour);
    await work();
    expect(await replyRow(app.ledger.db, key)).toMatchObject({
      state: 'refused',
      reason: '403 you have not been mentioned',
    });
    expect(platform.calls).toBe(1);
    await app.ledger.transact((tx) => retryReply(tx, key, clock.now()));
    await work();
    expect(await stateOf(app)).toBe('sent');
  });
});

describe('an answer that never came', () => {
  test('the reply is out: reconcile finds it, and it is not sent twice', async () => {
    const platform = scriptedPublisher('doubles', ['lost answer']);
    const { app, clock, work } = await openTestApp(cited, platform);
    await work();
    expect(await stateOf(app)).toBe('unknown');
    clock.advance(hour);
    await work();
    expect(await stateOf(app)).toBe('sent');
    expect(platform.record).toHaveLength(1);
  });

  test('the reply is not out, repeats are harmless: it is sent again', async () => {
    const platform = scriptedPublisher('harmless', ['lost request', 'lost answer']);
    const { app, clock, work } = await openTestApp(cited, platform);
    for (let i = 0; i < 4; i += 1) {
      await work();
      clock.advance(hour);
    }
    expect(await stateOf(app)).toBe('sent');
    expect(platform.record).toHaveLength(1);
  });

  test('a repeat is refused although the first attempt had brought it out: it is found, and not called refused', async () => {
    const platform = scriptedPublisher('harmless', ['lost answer', new PermanentError('409 the same words again')]);
    const find = platform.find.bind(platform);
    let lookups = 0;
    platform.find = (payload, signal) =>
      (lookups += 1) === 1 ? Promise.resolve('cannot-tell') : find(payload, signal);
    const { app, clock, work } = await openTestApp(cited, platform);
    for (let i = 0; i < 3; i += 1) {
      await work();
      clock.advance(hour);
    }
    expect(platform.calls).toBe(2);
    expect(await stateOf(app)).toBe('sent');
  });

  test('the reply cannot be found and repeats double: looked up a few times, then abandoned', async () => {
    const platform = scriptedPublisher('doubles', ['lost request']);
    const { app, clock, work } = await openTestApp(cited, platform);
    for (let i = 0; i < 10; i += 1) {
      await work();
      clock.advance(hour);
    }
    expect(await replyRow(app.ledger.db, key)).toMatchObject({
      state: 'abandoned',
      reason: expect.stringContaining('outcome unknown: not found in 5 lookups'),
    });
    expect(platform.calls).toBe(1);
  });

  test.each([
    ['five complete listings', ['absent', 'absent', 'absent', 'absent', 'absent'], true, 'sent'],
    [
      'four, and one with an unreadable item',
      ['absent', 'absent', 'cannot-tell', 'absent', 'absent'],
      true,
      'abandoned',
    ],
    [
      'four, and an unreadable item at the end',
      ['absent', 'absent', 'absent', 'absent', 'cannot-tell'],
      true,
      'abandoned',
    ],
    ['five, without `repeatWhenAbsent`', ['absent', 'absent', 'absent', 'absent', 'absent'], false, 'abandoned'],
  ] as const)('repeats double, and the lookups say %s', async (_what, found, repeatWhenAbsent, state) => {
    const platform = scriptedPublisher('doubles', ['lost request']);
    const { app, clock } = await openTestApp(cited, platform);
    let lookups = 0;
    const askedAt: number[] = [];
    const find = (): Promise<'absent' | 'cannot-tell'> => {
      askedAt.push(clock.now());
      return Promise.resolve(found[lookups++] ?? 'absent');
    };
    const publish: Publisher['publish'] = (payload, signal) => platform.publish(payload, signal);
    const patient: App = {
      ...app,
      publisher: () => Promise.resolve({ ...platform, find, publish }),
      account: (name) => ({ ...app.account(name), repeatWhenAbsent }),
    };
    for (const wait of [app.timeouts.firstLookupMs, ...app.timeouts.lookupDelaysMs, 1000]) {
      await drain(patient);
      clock.advance(wait);
    }
    await drain(patient);
    expect(await stateOf(app)).toBe(state);
    expect(platform.calls).toBe(state === 'sent' ? 2 : 1);
    expect(askedAt[4]! - askedAt[0]!).toBeGreaterThanOrEqual(20 * 60_000);
  });

  test('repeats are harmless for an hour: sent again within it, not after it', async () => {
    const within = await openTestApp(cited, scriptedPublisher({ harmlessForMs: hour }, ['lost request']));
    await within.work();
    within.clock.advance(hour - 180_000);
    await within.work();
    expect(await stateOf(within.app)).toBe('sent');

    const platform = scriptedPublisher({ harmlessForMs: hour }, ['lost request']);
    const after = await openTestApp(cited, platform);
    await after.work();
    for (let i = 0; i < 10; i += 1) {
      after.clock.advance(hour - 59_000);
      await after.work();
    }
    expect(await stateOf(after.app)).toBe('abandoned');
    expect(platform.calls).toBe(1);
  });

  test('the platform cannot even be asked: it stays unknown until it can', async () => {
    const platform = scriptedPublisher('doubles', ['lost answer']);
    platform.findFails = true;
    const { app, clock, work } = await openTestApp(cited, platform);
    for (let i = 0; i < 10; i += 1) {
      await work();
      clock.advance(hour);
    }
    expect(await stateOf(app)).toBe('unknown');
    platform.findFails = false;
    await work();
    expect(await stateOf(app)).toBe('sent');
  });
});

describe('a reply that waits longer than replies.giveUpAfter', () => {
  test('is not sent any more: its platform asked to wait for too long', async () => {
    const platform = scriptedPublisher('harmless', [new RetryLater('429', 71 * hour), new RetryLater('429', hour + 1)]);
    const { app, clock, events, work } = await openTestApp(cited, platform);
    await work();
    clock.advance(71 * hour);
    await work();
    expect(await stateOf(app)).toBe('planned');
    clock.advance(hour + 1);
    await work();
    const reason = 'given up, it waited too long: 429';
    expect(await replyRow(app.ledger.db, key)).toMatchObject({ state: 'abandoned', reason });
    expect(platform.calls).toBe(2);
    expect(events).toContainEqual(expect.objectContaining({ message: 'reply given up: it waited too long' }));
  });

  test('is given up although its publisher is gone from the configuration', async () => {
    const { app, clock } = await openTestApp(cited);
    await poll.work(app, 'posts');
    await resolve.work(app, key);
    clock.advance(72 * hour + 1);
    await respond.work({ ...app, publisher: () => Promise.resolve(undefined) }, key);
    expect(await stateOf(app)).toBe('abandoned');
  });

  test('is looked up and not repeated, if an attempt may have arrived', async () => {
    const platform = scriptedPublisher('harmless', []);
    platform.publish = () => Promise.reject(new Error('socket hang up'));
    const { app, clock } = await openTestApp(cited, platform);
    await poll.work(app, 'posts');
    await resolve.work(app, key);
    // Every lookup says that it is absent, and a repeat is harmless.
    for (let i = 0; i < 90 && (await stateOf(app)) !== 'abandoned'; i += 1) {
      await respond.work(app, key);
      await reconcile.work(app, key);
      clock.advance(2 * hour);
    }
    const reason = expect.stringContaining('and it waited too long') as string;
    expect(await replyRow(app.ledger.db, key)).toMatchObject({ state: 'abandoned', reason });
  });
});

describe('a sender that dies', () => {
  test('between `sending` and the request: unknown when the lease ends, looked for, then sent for the first time', async () => {
    const platform = scriptedPublisher('harmless', []);
    const { app, clock, work } = await openTestApp(cited, platform);
    await poll.work(app, 'posts');
    await resolve.work(app, key);
    await app.ledger.transactEach(claimForSending, { key, now: clock.now(), terms: { ...terms(), leaseMs: 120_000 } });
    await work();
    expect(await stateOf(app)).toBe('sending');
    clock.advance(120_000);
    await work();
    expect(await stateOf(app)).toBe('sent');
    expect(platform.calls).toBe(1);
  });

  test('between `sending` and the request, where repeats double: never sent, but given to a person', async () => {
    const platform = scriptedPublisher('doubles', []);
    const { app, clock, work } = await openTestApp(cited, platform);
    await poll.work(app, 'posts');
    await resolve.work(app, key);
    await app.ledger.transactEach(claimForSending, { key, now: clock.now(), terms: { ...terms(), leaseMs: 120_000 } });
    for (let i = 0; i < 10; i += 1) {
      clock.advance(hour);
      await work();
    }
    expect(await stateOf(app)).toBe('abandoned');
    expect(platform.calls).toBe(0);
  });

  /** From the call to the platform on, the ledger answers nothing for so many questions. */
  function awayFor(questions: number, app: App, platform: Publisher, onFailure = () => {}): App {
    let left = 0;
    const fails = async <T>(work: () => Promise<T>): Promise<T> => {
      if (left === 0) return await work();
      left -= 1;
      onFailure();
      throw new Error('database or disk is full');
    };
    const publish: Publisher['publish'] = (payload, signal) => {
      left = questions;
      return platform.publish(payload, signal);
    };
    return {
      ...app,
      publisher: () => Promise.resolve({ ...platform, publish }),
      ledger: {
        ...app.ledger,
        now: () => fails(() => app.ledger.now()),
        transactEach: (batch, item) => fails(() => app.ledger.transactEach(batch, item)),
      },
    };
  }

  test.each([
    ['it took the reply', 'ok', 'sent'],
    ['it asked to wait', new RetryLater('429', 90_000), 'planned'],
    ['it refused', new PermanentError('403'), 'refused'],
    ['nobody knows', 'lost answer', 'unknown'],
  ] as const)('while the ledger is away: held, and written when it is back: %s', async (_, answer, state) => {
    const platform = scriptedPublisher('doubles', [answer]);
    const { app, events } = await openTestApp(cited, platform);
    await poll.work(app, 'posts');
    await resolve.work(app, key);
    await respond.work(awayFor(3, app, platform), key);
    expect(await stateOf(app)).toBe(state);
    expect(platform.calls).toBe(1);
    const heard = events.filter((event) => event.kind === 'error' && event.message.startsWith('the outcome is known'));
    expect(heard).toHaveLength(1);
  });

  test('and the process ends before the ledger is back: found later, not doubled', async () => {
    const platform = scriptedPublisher('doubles', []);
    const { app, clock } = await openTestApp(cited, platform);
    const stop = new AbortController();
    const failing = awayFor(9, { ...app, hurry: stop.signal }, platform, () => stop.abort(new Error('stopped')));
    await poll.work(app, 'posts');
    await resolve.work(app, key);
    await expect(respond.work(failing, key)).rejects.toThrow('disk is full');
    expect(await stateOf(app)).toBe('sending');
    clock.advance(hour);
    await drain(app);
    expect(await stateOf(app)).toBe('sent');
    expect(platform.record).toHaveLength(1);
  });
});

test('a process that shuts down claims nothing more: the reply is left to others', async () => {
  const platform = scriptedPublisher('doubles', []);
  const { app, work } = await openTestApp(cited, platform);
  await poll.work(app, 'posts');
  await resolve.work(app, key);
  await respond.work({ ...app, stopping: AbortSignal.abort() }, key);
  expect(await stateOf(app)).toBe('planned');
  expect(platform.calls).toBe(0);
  await work();
  expect(platform.calls).toBe(1);
});

test('a sender that slept through its lease sends nothing when it wakes up', async () => {
  const platform = scriptedPublisher('doubles', []);
  const { app, clock, work } = await openTestApp(cited, platform);
  const sleepy: App = {
    ...app,
    failpoint: (failpoint) => {
      if (failpoint === 'respond: claimed') clock.advance(hour);
    },
  };
  await poll.work(app, 'posts');
  await resolve.work(app, key);
  await respond.work(sleepy, key);
  expect(platform.calls).toBe(0);
  await work();
  expect(platform.calls).toBe(1);
});

describe('resolving that fails', () => {
  async function openBroken(error: Error) {
    const { app, clock, work } = await openTestApp(cited, scriptedPublisher('harmless', []));
    const resolver = {
      resolve: async () => {
        throw error;
      },
    };
    await poll.work(app, 'posts');
    return { app, clock, work, broken: { ...app, cables: { ...app.cables, resolver } } satisfies App };
  }

  test('for a passing reason is tried again for as long as it takes', async () => {
    const { app, clock, work, broken } = await openBroken(new Error('the corpus is gone'));
    for (let i = 0; i < 30; i += 1) {
      await resolve.work(broken, key);
      clock.advance(hour);
    }
    expect(await postRow(app.ledger.db, key)).toMatchObject({
      state: 'pending',
      attempts: 30,
      error: 'the corpus is gone',
    });
    await work();
    expect(await stateOf(app)).toBe('sent');
  });

  test('for good is given up with the reason, until a person asks again', async () => {
    const { app, clock, work, broken } = await openBroken(new PermanentError('no template can say this'));
    await resolve.work(broken, key);
    clock.advance(hour);
    await work();
    expect(await postRow(app.ledger.db, key)).toMatchObject({ state: 'failed', error: 'no template can say this' });
    await app.ledger.transact((tx) => retryPost(tx, key, clock.now()));
    await work();
    expect(await stateOf(app)).toBe('sent');
  });
});

describe('a publisher that cannot be opened', () => {
  const unopened = (app: App): App => ({
    ...app,
    publisher: () => Promise.reject(new Error('replies.jsonl is a folder')),
  });

  test('sends nothing: the reply is planned for later, and drain comes to its end', async () => {
    const platform = scriptedPublisher('doubles', []);
    const { app, clock } = await openTestApp(cited, platform);
    await poll.work(app, 'posts');
    await resolve.work(app, key);
    await drain(unopened(app));
    expect(await replyRow(app.ledger.db, key)).toMatchObject({ state: 'planned', reason: 'replies.jsonl is a folder' });
    clock.advance(hour);
    await drain(app);
    expect(await stateOf(app)).toBe('sent');
  });

  test('leaves an unknown reply unknown, and counts no lookup', async () => {
    const platform = scriptedPublisher('doubles', ['lost answer']);
    const { app, clock, work } = await openTestApp(cited, platform);
    await work();
    for (let i = 0; i < 10; i += 1) {
      clock.advance(hour);
      await drain(unopened(app));
    }
    expect(await replyRow(app.ledger.db, key)).toMatchObject({ state: 'unknown', lookups: 0 });
    clock.advance(hour);
    await work();
    expect(await stateOf(app)).toBe('sent');
    expect(platform.record).toHaveLength(1);
  });
});

describe('a platform that limits the rate of lookups', () => {
  const waits = new RetryLater('429', 2 * hour);

  test.each(['harmless', 'doubles'] as const)('is not asked again before that (a repeat %s)', async (repeat) => {
    const platform = scriptedPublisher(repeat, ['lost request']);
    const { app, clock, work } = await openTestApp(cited, platform);
    await work();
    let lookups = 0;
    const find = () => {
      lookups += 1;
      // Its answer takes its time, and the wait counts from there.
      if (lookups === 1) clock.advance(3000);
      return lookups === 1 ? Promise.reject(waits) : Promise.resolve('absent' as const);
    };
    const publish: Publisher['publish'] = (payload, signal) => platform.publish(payload, signal);
    const strained: App = { ...app, publisher: () => Promise.resolve({ ...platform, find, publish }) };
    const calls = () => lookups + platform.calls;
    clock.advance(app.timeouts.firstLookupMs);
    await drain(strained);
    expect(calls()).toBe(2);
    clock.advance(waits.delayMs - 1);
    await drain(strained);
    expect(calls()).toBe(2);
    clock.advance(1);
    await drain(strained);
    expect(calls()).toBe(3);
  });
});

test('a platform that asks for patience for the whole account, when asked about a reply, is sent nothing before', async () => {
  const platform = scriptedPublisher('doubles', ['lost request']);
  const { app, clock, work, write } = await openTestApp(cited, platform);
  await work();
  const find = () => Promise.reject(new RetryLater('429', 2 * hour, { account: true }));
  clock.advance(app.timeouts.firstLookupMs);
  await drain({ ...app, publisher: () => Promise.resolve({ ...platform, find }) });
  write({ id: '2', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶7' });
  clock.advance(2 * hour - 1);
  await work();
  expect(await replyRow(app.ledger.db, 'file:2')).toMatchObject({
    state: 'planned',
    reason: 'the account is in cooldown: 429',
  });
  expect(platform.calls).toBe(1);
  clock.advance(1);
  await work();
  expect(await replyRow(app.ledger.db, 'file:2')).toMatchObject({ state: 'sent' });
});

describe('withdrawal', () => {
  test('waits for as long as the platform asks', async () => {
    const platform = scriptedPublisher('doubles', []);
    const { app, clock, work } = await openTestApp(cited, platform);
    await work();
    await app.ledger.transact((tx) => requestWithdrawal(tx, key, clock.now()));
    const withdraw = () => Promise.reject(new RetryLater('429', 2 * hour));
    await drain({ ...app, publisher: () => Promise.resolve({ ...platform, withdraw }) });
    clock.advance(2 * hour - 1);
    await work();
    expect(await stateOf(app)).toBe('withdrawing');
    clock.advance(1);
    await work();
    expect(await stateOf(app)).toBe('withdrawn');
  });

  test('a sent reply is taken back from the platform', async () => {
    const platform = scriptedPublisher('doubles', []);
    const { app, clock, work } = await openTestApp(cited, platform);
    await work();
    await app.ledger.transact((tx) => requestWithdrawal(tx, key, clock.now()));
    await work();
    expect(await stateOf(app)).toBe('withdrawn');
    expect(platform.record).toEqual([]);
  });
});

describe('courtesy', () => {
  test('one reply per thread for the same cable and paragraphs, another for another paragraph', async () => {
    const posts = ['¶5', '¶5', '¶7'].map((pin, i) => ({
      id: String(i),
      thread: 'T',
      createdAt: '2026-11-23T10:00:00Z',
      text: `#07ASTANA2244 ${pin}`,
    }));
    const platform = scriptedPublisher('doubles', []);
    const { work } = await openTestApp(posts, platform);
    await work();
    expect(platform.record.map(({ text }) => /par\d/.exec(text)?.[0] ?? '').toSorted()).toEqual(['par5', 'par7']);
  });
});
