import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { feedAccount, openBudget } from '../../src/app/account-limits.ts';
import type { Caps } from '../../src/core/limits.ts';
import { RetryLater } from '../../src/core/errors.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { spentSince } from '../../src/ledger/accounts/spending.ts';
import type { TestClock } from '../support/clock.ts';

const hour = 3_600_000;
const none: Caps = { perDay: null, perMonth: null };

/** Money for calls of drivers, the same for every database. The clock stands at noon of 23 November 2026. */
export function budgetContract(open: () => Promise<{ ledger: Ledger; clock: TestClock }>): void {
  let ledger: Ledger;
  let clock: TestClock;
  beforeEach(async () => {
    ({ ledger, clock } = await open());
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
  });

  const account = feedAccount('x');
  const budget = (own = none) => openBudget(ledger, account, own);
  const spent = () => spentSince(ledger.db, account, 0);

  describe('a budget', () => {
    test('reserves the maximum cost of a call, and records the actual cost', async () => {
      const reserved = await budget().reserve(500, none);
      expect(await spent()).toBe(500);
      await reserved.settle(120);
      expect(await spent()).toBe(120);
    });

    test('releases a call that was surely not charged, and keeps a reservation that is never settled', async () => {
      await (await budget().reserve(500, none)).settle(0);
      expect(await spent()).toBe(0);
      await budget().reserve(300, none);
      expect(await spent()).toBe(300);
    });

    test.each([
      ['day', { perDay: 500, perMonth: 9000 }, none, 12 * hour],
      ['month', { perDay: 9000, perMonth: 500 }, none, (12 + 7 * 24) * hour],
      ['operator’s day', none, { perDay: 500, perMonth: null }, 12 * hour],
      ['lower of two caps', { perDay: 9000, perMonth: null }, { perDay: 500, perMonth: null }, 12 * hour],
    ])(
      'is asked for again within the hour where the %s is used up: caps are raised by hand',
      async (_what, caps, own, untilMs) => {
        await budget(own).reserve(300, caps);
        const refused = await budget(own)
          .reserve(201, caps)
          .catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(RetryLater);
        expect(refused).toMatchObject({ delayMs: hour, account: false });
        await budget(own).reserve(200, caps);
        clock.advance(untilMs - 1);
        await expect(budget(own).reserve(500, caps)).rejects.toBeInstanceOf(RetryLater);
        clock.advance(1);
        await budget(own).reserve(500, caps);
      },
    );

    test('is not overdrawn by many at once', async () => {
      const asked = Array.from({ length: 10 }, () => budget().reserve(100, { perDay: 450, perMonth: null }));
      const valuesList = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled');
      expect([valuesList.length, await spent()]).toEqual([4, 400]);
    });

    test('of a feed is no publisher’s, whatever they are called', async () => {
      await budget().reserve(100, none);
      await openBudget(ledger, 'x', none).reserve(70, none);
      expect([await spent(), await spentSince(ledger.db, 'x', 0)]).toEqual([100, 70]);
    });
  });
}
