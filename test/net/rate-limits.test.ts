import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RetryLater } from '../../src/core/errors.ts';
import { openBudgets, rateLimitsIn, retryAfterMs } from '../../src/net/rate-limits.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const clock = (at = now) => ({ now: () => at });

describe('headers', () => {
  test.each([
    ['X: seconds since 1970', { 'x-rate-limit-remaining': '7', 'x-rate-limit-reset': String(now / 1000 + 90) }],
    ['Mastodon: a time', { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '2026-11-25T12:01:30.000Z' }],
    ['Bluesky: seconds since 1970', { 'ratelimit-remaining': '7', 'ratelimit-reset': String(now / 1000 + 90) }],
    ['the IETF draft: seconds from now', { 'ratelimit-remaining': '7', 'ratelimit-reset': '90' }],
  ])('of %s say what is left and until when', (_platform, headers) => {
    const expected = [{ remaining: 7, resetAt: now + 90_000 }];
    expect(rateLimitsIn(headers, now)).toEqual(expected);
    expect(rateLimitsIn(new Headers(headers), now)).toEqual(expected);
  });

  test('name several windows at once', () => {
    const headers = {
      'x-rate-limit-remaining': '90',
      'x-rate-limit-reset': '900',
      'x-app-limit-24hour-remaining': '0',
      'x-app-limit-24hour-reset': '3600',
    };
    expect(rateLimitsIn(headers, now)).toEqual([
      { remaining: 90, resetAt: now + 900_000 },
      { remaining: 0, resetAt: now + 3_600_000 },
    ]);
  });

  test('that make no sense say nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (remaining, reset) => {
        const found = rateLimitsIn({ 'x-rate-limit-remaining': remaining, 'x-rate-limit-reset': reset }, now);
        for (const limit of found) expect(Number.isFinite(limit.resetAt) && limit.remaining >= 0).toBe(true);
      }),
    );
    expect(rateLimitsIn({ 'x-rate-limit-remaining': '-1', 'x-rate-limit-reset': 'soon' }, now)).toEqual([]);
  });

  test('ask for a wait in seconds or until a date', () => {
    expect(retryAfterMs({ 'retry-after': '12' }, now)).toBe(12_000);
    expect(retryAfterMs({ 'retry-after': 'Wed, 25 Nov 2026 12:00:30 GMT' }, now)).toBe(30_000);
    expect(retryAfterMs({ 'retry-after': 'Wed, 25 Nov 2026 11:00:00 GMT' }, now)).toBe(0);
    expect(retryAfterMs({}, now)).toBeUndefined();
  });
});

describe('a clock that is wrong by ten minutes', () => {
  const [fast, slow] = [now + 600_000, now - 600_000];
  const at = { date: new Date(now).toUTCString(), 'ratelimit-remaining': '0' };

  test.each([
    ['seconds since 1970', String(now / 1000 + 90)],
    ['a time', new Date(now + 90_000).toISOString()],
    ['seconds from now', '90'],
  ])('does not matter where the answer says what time it is there, and until when by %s', (_how, reset) => {
    for (const ours of [fast, slow])
      expect(rateLimitsIn({ ...at, 'ratelimit-reset': reset }, ours)).toEqual([
        { remaining: 0, resetAt: ours + 90_000 },
      ]);
  });

  test('does not matter to `retry-after`', () => {
    const headers = new Headers({ ...at, 'retry-after': new Date(now + 30_000).toUTCString() });
    expect(retryAfterMs(headers, fast)).toBe(30_000);
  });
});

test('a refusal is waited out for five seconds at least', () => {
  const budgets = openBudgets(clock());
  for (const headers of [{ 'retry-after': '0' }, { 'ratelimit-remaining': '0', 'ratelimit-reset': String(now / 1000) }])
    expect(budgets.refusal('read', headers).delayMs).toBeGreaterThanOrEqual(5000);
});

describe('budgets', () => {
  const headers = (remaining: number, seconds: number) => ({
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(seconds),
  });

  function refused(work: () => void): RetryLater | undefined {
    try {
      work();
      return undefined;
    } catch (error) {
      return error as RetryLater;
    }
  }

  test('let calls through until they are used up, each for itself', () => {
    const budgets = openBudgets(clock());
    budgets.note('read', headers(1, 60));
    expect(refused(() => budgets.check('read'))).toBeUndefined();
    budgets.note('read', headers(0, 60));
    const refusal = refused(() => budgets.check('read'));
    expect(refusal).toBeInstanceOf(RetryLater);
    expect(refusal?.account).toBe(true);
    expect(refusal?.delayMs).toBeGreaterThanOrEqual(60_000);
    expect(refusal?.delayMs).toBeLessThanOrEqual(61_000);
    expect(refused(() => budgets.check('write'))).toBeUndefined();
  });

  test('are full again when their time is over', () => {
    let at = now;
    const budgets = openBudgets({ now: () => at });
    budgets.note('read', headers(0, 60));
    at += 60_000;
    expect(refused(() => budgets.check('read'))).toBeUndefined();
  });

  test('are reported', () => {
    const reported: string[] = [];
    const budgets = openBudgets(clock(), { emit: (name, { remaining }) => reported.push(`${name} ${remaining}`) });
    budgets.note('read', headers(7, 60));
    budgets.note('read', {});
    expect(reported).toEqual(['read 7']);
  });

  test('keep what is left for others', () => {
    const budgets = openBudgets(clock(), { keep: 5 });
    budgets.note('read', headers(5, 60));
    expect(refused(() => budgets.check('read'))).toBeInstanceOf(RetryLater);
  });

  test.each([
    ['what retry-after asks', { 'retry-after': '30' }, 30_000],
    ['the later of that and the window', { 'retry-after': '30', ...headers(0, 90) }, 90_000],
    ['the window, where that is all', headers(0, 90), 90_000],
    ['a minute, if the platform names no time', {}, 60_000],
    ['a day at most', { 'retry-after': '9999999' }, 24 * 3_600_000],
  ])('are waited for after a refusal: %s', (_what, valuesList, waitMs) => {
    const { delayMs } = openBudgets(clock()).refusal('write', valuesList);
    expect(delayMs).toBeGreaterThanOrEqual(waitMs);
    expect(delayMs).toBeLessThanOrEqual(waitMs + 1000);
  });
});
