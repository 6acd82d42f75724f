import { expect, test } from 'vitest';
import { timeLeft } from '../../src/cli/lib/progress.ts';

test.each([
  [400_000, 0, ''],
  [400_000, 1, ''],
  [400_000, 100_000, ', 4 s left'],
  [0, 0, ''],
  [0, 100, ', 0 s left'],
])('%s bytes at %s a second are said to take "%s"', (bytes, perSecond, words) => {
  expect(timeLeft(bytes, perSecond)).toBe(words);
});
