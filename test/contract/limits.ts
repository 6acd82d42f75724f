import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Limits, noLimits } from '../../src/core/limits.ts';
import { personKey, type Post } from '../../src/core/post.ts';
import {
  troubledAccounts,
  pause,
  pauses,
  type PauseScope,
  resume,
  startCooldown,
} from '../../src/ledger/accounts/accounts.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { monthOf, purgeSpending, reserve, spentSince } from '../../src/ledger/accounts/spending.ts';
import { optOut } from '../../src/ledger/operators/consents.ts';
import { reconcileReply, claimUnknown, type Unknown } from '../../src/ledger/replies/reconcile-reply.ts';
import { insertReplies } from '../../src/ledger/replies/replies.ts';
import { claimForSending } from '../../src/ledger/replies/claim-reply.ts';
import { now, published, replyTo, steps, terms } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

const minute = 60_000;
const day = 86_400_000;

/** Limits, the same for every database: checked and reserved in the transaction that claims a reply for sending. */
export function limitsContract(open: () => Promise<{ ledger: Ledger; reopen: () => Promise<Ledger> }>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ({ ledger } = await open());
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
  });

  const { keepThese, plan, take, mustTake, end, state, row } = steps(() => ledger);
  const by = (id: string, author: string, thread = id): Post =>
    post({ id, thread, author: { id: author, handle: author, name: null, bot: false } });
  const sent = { state: 'sent', published } as const;
  const refused = { state: 'refused', reason: '403' } as const;
  async function send(id: string, at: number, limits: Partial<Limits>): Promise<void> {
    const sending = await mustTake(id, at, terms(limits));
    await end(sending, { ...sent, published: { id: `p${id}`, url: null } }, at, { ...noLimits, ...limits });
  }

  describe('a pause', () => {
    test.each(['all', 'platform:log', 'account:log'] as const)(
      'of %s defers replies, and its end makes them due at once',
      async (scope) => {
        await plan(post({ id: '1' }));
        await ledger.transact((tx) => pause(tx, { scope, reason: 'wrong links', since: now }));
        expect(await take('1')).toMatchObject({ reason: `paused (${scope}): wrong links`, dueAt: now + minute });
        expect(await state('1')).toBe('planned');
        expect(await ledger.transact((tx) => resume(tx, scope, now))).toBe(true);
        expect(await take('1')).toMatchObject({ attempt: 1 });
        expect(await ledger.transact((tx) => resume(tx, scope, now))).toBe(false);
      },
    );

    test.each<PauseScope>(['platform:x', 'account:other'])('of %s does not concern this account', async (scope) => {
      await plan(post({ id: '1' }));
      await ledger.transact((tx) => pause(tx, { scope, reason: '', since: now }));
      expect(await pauses(ledger.db)).toHaveLength(1);
      expect(await take('1')).toMatchObject({ attempt: 1 });
    });

    test('by the stop file holds, whatever the ledger says', async () => {
      await plan(post({ id: '1' }));
      expect(await take('1', now, terms())).toMatchObject({ attempt: 1 });
      await plan(post({ id: '2' }));
      const stopped = { ...terms(), stoppedBecause: 'stopped by the file' };
      expect(await take('2', now, stopped)).toMatchObject({ reason: 'stopped by the file' });
    });
  });

  test('a person who opted out gets no reply, neither now nor later', async () => {
    await plan(by('1', 'ada'));
    await plan(by('2', 'bob'));
    await ledger.transact((tx) => optOut(tx, { person: personKey('file', 'ada'), source: 'file:9' }, now));
    expect(await row('1')).toMatchObject({ state: 'abandoned', reason: 'the author opted out' });
    await plan(by('3', 'ada'));
    expect(await take('3')).toMatchObject({ dueAt: null });
    expect(await state('3')).toBe('abandoned');
    expect(await take('2')).toMatchObject({ attempt: 1 });
  });

  describe('the daily quota', () => {
    test('defers the surplus to the next day, and drops none', async () => {
      for (const id of ['1', '2', '3']) await plan(by(id, id));
      await send('1', now, { perDay: 2 });
      await mustTake('2', now, terms({ perDay: 2 }));
      const tomorrow = now - (now % day) + day;
      expect(await take('3', now, terms({ perDay: 2 }))).toMatchObject({ dueAt: tomorrow });
      expect(await state('3')).toBe('planned');
      expect(await take('3', tomorrow, terms({ perDay: 2 }))).toMatchObject({ attempt: 1 });
    });

    test('is not exceeded by many claims at once', async () => {
      const ids = Array.from({ length: 20 }, (_, i) => String(i));
      for (const id of ids) await plan(by(id, id));
      const taken = await Promise.all(ids.map((id) => take(id, now, terms({ perDay: 7 }))));
      expect(taken.filter((one) => one !== undefined && 'attempt' in one)).toHaveLength(7);
    });

    test('counts neither refused nor waiting replies', async () => {
      for (const id of ['1', '2']) await plan(by(id, id));
      await end(await mustTake('1', now, terms({ perDay: 1 })), refused);
      expect(await take('2', now, terms({ perDay: 1 }))).toMatchObject({ attempt: 1 });
    });
  });

  describe('courtesy', () => {
    test('an author gets the next reply only after the cooldown', async () => {
      await plan(by('1', 'ada'));
      await plan(by('2', 'ada'));
      const limits = { authorCooldownMs: 10 * minute };
      await send('1', now, limits);
      expect(await take('2', now + minute, terms(limits))).toMatchObject({ dueAt: now + 10 * minute });
      expect(await take('2', now + 10 * minute, terms(limits))).toMatchObject({ attempt: 1 });
    });

    test('a thread gets the next reply only after the cooldown, whoever asks', async () => {
      await plan(by('1', 'ada', 'T'), { cited: ['a'] });
      await plan(by('2', 'bob', 'T'), { cited: ['b'] });
      const limits = { threadCooldownMs: minute };
      await send('1', now, limits);
      expect(await take('2', now, terms(limits))).toMatchObject({ dueAt: now + minute });
    });

    // The old reply is withdrawn at once: until the next one there is none.
    test.each([
      ['a question to the bot', { id: '3', summoned: true }, 'file:3'],
      ['the replacement of a reply', { id: '1' }, 'file:1#1'],
    ])('no cooldown defers %s, but the shares hold', async (_, answered, key) => {
      const inThread = { thread: 'T', author: { id: 'ada', handle: 'ada', name: null, bot: false } };
      const cooldowns = { authorCooldownMs: 10 * minute, threadCooldownMs: minute };
      for (const id of ['1', '2']) await plan(post({ id, ...inThread }), { cited: [id] });
      for (const id of ['1', '2']) await send(id, now, {});
      const again = post({ ...inThread, ...answered });
      await keepThese([again]);
      await ledger.transact((tx) => insertReplies(tx, [{ reply: replyTo(again, { key, cited: ['3'] }), at: now }]));
      const claim = { key, now, terms: terms({ ...cooldowns, perAuthorPerDay: { summoned: 0, unsummoned: 2 } }) };
      expect(await ledger.transactEach(claimForSending, claim)).toMatchObject({ dueAt: now - (now % day) + day });
      const next = { key, now: now + day, terms: terms({ ...cooldowns, authorCooldownMs: 2 * day }) };
      expect(await ledger.transactEach(claimForSending, next)).toMatchObject({ attempt: 1 });
    });

    test('a thread gets so many replies and no more', async () => {
      for (const id of ['1', '2', '3']) await plan(by(id, id, 'T'), { cited: [id] });
      await send('1', now, { perThread: 2 });
      await send('2', now, { perThread: 2 });
      expect(await take('3', now, terms({ perThread: 2 }))).toMatchObject({ dueAt: null });
      expect(await state('3')).toBe('abandoned');
    });

    test('two bots do not talk to each other forever', async () => {
      for (const id of ['1', '2', '3']) await plan(by(id, 'bot', 'T'), { cited: [id] });
      await plan(by('4', 'ada', 'T'), { cited: ['4'] });
      const limits = { perAuthorInThread: 2 };
      await send('1', now, limits);
      await send('2', now, limits);
      expect(await take('3', now, terms(limits))).toMatchObject({ dueAt: null });
      expect(await take('4', now, terms(limits))).toMatchObject({ attempt: 1 });
    });

    test('a deferred reply is not limited by its own attempt', async () => {
      await plan(by('1', 'ada'));
      const limits = { authorCooldownMs: 10 * minute, perDay: 1, perThread: 1 };
      const sending = await mustTake('1', now, terms(limits));
      await end(sending, { state: 'planned', reason: '503', dueAt: now }, now, { ...noLimits, ...limits });
      expect(await take('1', now, terms(limits))).toMatchObject({ attempt: 2 });
    });
  });

  describe('the circuit breaker', () => {
    const limits = { failureThreshold: 2, cooldownMs: 10 * minute };
    const all = { ...noLimits, ...limits };
    async function trip(): Promise<void> {
      for (const id of ['1', '2']) {
        await plan(by(id, id));
        await end(await mustTake(id, now, terms(limits)), refused, now, all);
      }
    }

    test('opens after so many refusals in a row, and defers waiting replies', async () => {
      await trip();
      await plan(by('3', '3'));
      expect(await take('3', now, terms(limits))).toMatchObject({ dueAt: now + 10 * minute });
      expect(await state('3')).toBe('planned');
      expect(await troubledAccounts(ledger.db)).toMatchObject([{ name: 'log', refusals: 2 }]);
    });

    test('lets one reply try after the cooldown: a refusal opens it again, a success closes it', async () => {
      await trip();
      for (const id of ['3', '4', '5']) await plan(by(id, id));
      const later = now + 10 * minute;
      const trial = await mustTake('3', later, terms(limits));
      expect(await take('4', later, terms(limits))).toMatchObject({
        reason: expect.stringContaining('another reply tests'),
      });
      await end(trial, refused, later, all);
      expect(await take('5', later + 5000, terms(limits))).toMatchObject({ dueAt: later + 10 * minute });
      const last = later + 10 * minute;
      await end(await mustTake('4', last, terms(limits)), sent, last, all);
      expect(await take('5', last, terms(limits))).toMatchObject({ attempt: 1 });
      expect(await troubledAccounts(ledger.db)).toEqual([]);
    });

    test('a success in between resets the count', async () => {
      for (const id of ['1', '2', '3', '4']) await plan(by(id, id));
      await end(await mustTake('1', now, terms(limits)), refused, now, all);
      await end(await mustTake('2', now, terms(limits)), sent, now, all);
      await end(await mustTake('3', now, terms(limits)), refused, now, all);
      expect(await take('4', now, terms(limits))).toMatchObject({ attempt: 1 });
    });

    test('the success of a reply that was in flight when the cooldown began does not end it', async () => {
      for (const id of ['0', '1', '2', '3']) await plan(by(id, id));
      await end(await mustTake('0', now, terms(limits)), refused, now, all);
      const underWay = await mustTake('2', now, terms(limits));
      const limited = { state: 'planned', reason: '429', dueAt: now + minute, holdAccount: true } as const;
      await end(await mustTake('1', now, terms(limits)), limited, now, all);
      await end(underWay, sent, now, all);
      expect(await take('3', now, terms(limits))).toMatchObject({ dueAt: now + minute });
      await end(await mustTake('3', now + minute, terms(limits)), sent, now + minute, all);
      expect(await troubledAccounts(ledger.db)).toEqual([]);
    });

    test('a login that stays refused is tried ever less often, up to 15 minutes apart', async () => {
      const waits: number[] = [];
      for (let at = now, count = 0; count < 8; count += 1) {
        const cooldown = { now: at, reason: '401', trouble: 'login' } as const;
        await ledger.transact((tx) => startCooldown(tx, 'log', cooldown));
        const [account] = await troubledAccounts(ledger.db);
        waits.push((account?.blocked_until ?? 0) - at);
        at = account?.blocked_until ?? 0;
      }
      expect(waits[0]).toBe(minute);
      expect(waits.at(-1)).toBeGreaterThan(7 * minute);
      expect(Math.max(...waits)).toBeLessThanOrEqual(15 * minute);
    });

    test('a rate limit of the account defers all of its replies', async () => {
      for (const id of ['1', '2']) await plan(by(id, id));
      const limited = { state: 'planned', reason: '429', dueAt: now + minute, holdAccount: true } as const;
      await end(await mustTake('1', now, terms(limits)), limited, now, all);
      expect(await take('2', now, terms(limits))).toMatchObject({ dueAt: now + minute });
      expect(await take('2', now + minute, terms(limits))).toMatchObject({ attempt: 1 });
    });

    test.each([
      ['', limits],
      [', without any limits', {}],
    ])(
      'a refused login starts a cooldown; then one reply at a time tries, the least tried first%s',
      async (_what, own) => {
        for (const id of ['1', '2', '3', '4']) await plan(by(id, id));
        const whole = { ...noLimits, ...own };
        const login = { state: 'planned', reason: '401', dueAt: now, holdAccount: true, trouble: 'login' } as const;
        const [first, second] = [await mustTake('1', now, terms(own)), await mustTake('2', now, terms(own))];
        for (const lease of [first, second]) await end(lease, login, now, whole);
        const [account] = await troubledAccounts(ledger.db);
        // Two that failed at the same time are one cooldown.
        expect(account).toMatchObject({ cooldowns: 1, login_refused_at: now, blocked_until: now + minute });
        expect(await take('1', now, terms(own))).toMatchObject({ dueAt: now + minute + 1000 });
        expect(await take('3', now, terms(own))).toMatchObject({ dueAt: now + minute });
        const over = now + minute;
        const trial = await mustTake('3', over, terms(own));
        expect(await take('4', over, terms(own))).toMatchObject({
          reason: expect.stringContaining('another reply tests'),
        });
        await end(trial, login, over, whole);
        const [again] = await troubledAccounts(ledger.db);
        expect(again).toMatchObject({ cooldowns: 2, login_refused_at: now });
        const later = again!.blocked_until;
        expect(later).toBeGreaterThanOrEqual(over + minute);
        await end(await mustTake('4', later, terms(own)), sent, later, whole);
        expect(await troubledAccounts(ledger.db)).toEqual([]);
        for (const id of ['1', '3']) expect(await take(id, later + minute, terms(own))).toMatchObject({ attempt: 2 });
      },
    );
  });

  describe('the budget', () => {
    const limits = { budget: { perDay: null, perMonth: 500 } };
    const all = { ...noLimits, ...limits };
    const spent = () => spentSince(ledger.db, 'log', monthOf(now));

    test('is reserved before the call, and calls above it wait for the next month', async () => {
      for (const id of ['1', '2']) await plan(by(id, id));
      await mustTake('1', now, terms(limits, 300));
      expect(await spent()).toBe(300);
      const december = Date.UTC(2026, 11, 1);
      expect(await take('2', now, terms(limits, 300))).toMatchObject({ dueAt: december });
      expect(await take('2', december, terms(limits, 300))).toMatchObject({ attempt: 1 });
    });

    test('is capped by the day as well, and calls above it wait for the next day', async () => {
      const perDay = { budget: { perDay: 200, perMonth: 500 } };
      for (const id of ['1', '2', '3']) await plan(by(id, id));
      await mustTake('1', now, terms(perDay, 150));
      const tomorrow = Date.UTC(2026, 10, 24);
      const reason = 'the budget of $0.0002 a day is used up';
      expect(await take('2', now, terms(perDay, 150))).toMatchObject({ dueAt: tomorrow, reason });
      expect(await take('2', tomorrow, terms(perDay, 150))).toMatchObject({ attempt: 1 });
      expect(await take('3', tomorrow, terms({ budget: { perDay: 0, perMonth: null } }, 1))).toMatchObject({
        dueAt: tomorrow + day,
      });
    });

    test('is settled at the actual cost, released without a charge, and stays reserved after an unknown outcome', async () => {
      for (const id of ['1', '2', '3']) await plan(by(id, id));
      await end(
        await mustTake('1', now, terms(limits, 100)),
        { state: 'sent', published: { ...published, cost: 80 } },
        now,
        all,
      );
      expect(await spent()).toBe(80);
      await end(await mustTake('2', now, terms(limits, 100)), refused, now, all);
      expect(await spent()).toBe(80);
      await end(
        await mustTake('3', now, terms(limits, 100)),
        { state: 'unknown', reason: 'reset', dueAt: now },
        now,
        all,
      );
      expect(await spent()).toBe(180);
    });

    test('is not exceeded by many claims at once', async () => {
      const ids = Array.from({ length: 10 }, (_, i) => String(i));
      for (const id of ids) await plan(by(id, id));
      await Promise.all(ids.map((id) => take(id, now, terms(limits, 100))));
      expect(await spent()).toBe(500);
    });

    test('a second reservation of the same call is the same one', async () => {
      const call = { id: 'poll 7', account: 'log', amount: 50 };
      await ledger.transact((tx) => reserve(tx, call, { now, caps: { perMonth: 500, perDay: null } }));
      await ledger.transact((tx) => reserve(tx, call, { now, caps: { perMonth: 500, perDay: null } }));
      expect(await spent()).toBe(50);
    });
  });

  describe('a reply that may have arrived, and is planned again, is looked up', () => {
    const optOutAda = (tx: Executor) => optOut(tx, { person: personKey('file', 'ada'), source: 'operator' }, now);
    const lookUp = (tx: Executor) => claimUnknown(tx, 'file:1', { now, leaseMs: 60_000 });
    const planAgain = (unknown: Unknown | undefined) =>
      ledger.transact((tx) => reconcileReply(tx, unknown!, { state: 'planned', repeatUntil: null, dueAt: now }, now));

    beforeEach(async () => {
      await plan(by('1', 'ada'));
      await end(await mustTake('1'), { state: 'unknown', reason: 'reset', dueAt: now });
    });

    test('as soon as its author opts out', async () => {
      await planAgain(await ledger.transact(lookUp));
      const atOnce = ledger.transact(async (tx) => {
        await optOutAda(tx);
        return await lookUp(tx);
      });
      expect(await atOnce).toMatchObject({ cancelRequested: true });
    });

    test('if its author has opted out meanwhile', async () => {
      const unknown = await ledger.transact(lookUp);
      await ledger.transact(optOutAda);
      await planAgain(unknown);
      expect(await take('1')).toMatchObject({ reason: 'the author opted out' });
      expect(await row('1')).toMatchObject({ state: 'unknown', cancel_requested: 1 });
    });
  });

  test('spending is deleted a day after its month, and not before', async () => {
    const call = (id: string, at: number) =>
      ledger.transact((tx) =>
        reserve(tx, { id, account: 'log', amount: 1 }, { now: at, caps: { perMonth: 9, perDay: null } }),
      );
    const left = async (at: number) => {
      await ledger.transact((tx) => purgeSpending(tx, at));
      return await spentSince(ledger.db, 'log', 0);
    };
    const december = Date.UTC(2026, 11, 1);
    await call('november', december - 1);
    await call('december', december);
    expect(await left(december + day - 1)).toBe(2);
    expect(await left(december + day)).toBe(1);
  });

  test('a repeat that is harmless for a time only is not sent after it', async () => {
    await plan(post({ id: '1' }));
    await end(await mustTake('1'), { state: 'unknown', reason: 'reset', dueAt: now });
    const unknown = (await ledger.transact((tx) => claimUnknown(tx, 'file:1', { now, leaseMs: 60_000 })))!;
    const again = { state: 'planned', repeatUntil: now + minute, dueAt: now } as const;
    await ledger.transact((tx) => reconcileReply(tx, unknown, again, now));
    expect(await take('1', now + minute)).toBeUndefined();
    expect(await state('1')).toBe('unknown');
  });
}
