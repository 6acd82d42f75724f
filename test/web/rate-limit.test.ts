import { expect, test } from 'vitest';
import { openRateLimit } from '../../src/web/rate-limit.ts';

test('a client may ask a few times at once, then once each interval; another client has its own bucket', () => {
  let now = 0;
  const limit = openRateLimit({ burst: 3, refillMs: 1000 }, () => now);
  expect([1, 2, 3, 4].map(() => limit.take('ada'))).toEqual([0, 0, 0, 1000]);
  expect(limit.take('ben')).toBe(0);
  now = 400;
  expect(limit.take('ada')).toBe(600);
  now = 1000;
  expect([limit.take('ada'), limit.take('ada')]).toEqual([0, 1000]);
  now = 1_000_000;
  expect([1, 2, 3, 4].map(() => limit.take('ada'))).toEqual([0, 0, 0, 1000]);
});

test('a flood of clients evicts the one that was silent for longest', () => {
  const limit = openRateLimit({ burst: 1, refillMs: 1e9 }, () => 0);
  limit.take('silent');
  for (let client = 0; client < 9999; client += 1) limit.take(String(client));
  expect(limit.take('9998')).toBeGreaterThan(0);
  limit.take('one more');
  expect(limit.take('silent')).toBe(0);
});

test('several tokens are taken together or not at all, and the wait is for all of them', () => {
  let now = 0;
  const limit = openRateLimit({ burst: 5, refillMs: 1000 }, () => now);
  expect([limit.take('ada', 4), limit.take('ada', 3), limit.take('ada')]).toEqual([0, 2000, 0]);
  now = 2500;
  expect([limit.take('ada', 3), limit.take('ada', 2), limit.take('ada', 2)]).toEqual([500, 0, 1500]);
});
