import { expect, test } from 'vitest';
import { type HourStart, hourStarts, seenHourly } from '../../src/observe/hourly.ts';

const hour = 3_600_000;
const at = Date.UTC(2026, 10, 1);

test('what a feed delivered is counted by hour for a day, over hours without an observation', () => {
  let hours: readonly HourStart[] = [];
  const counts = (seen: number) => [...seenHourly(hours, seen)].map(([from, n]) => [(from - at) / hour, n]);
  const observe = (hoursLater: number, seen: number) => {
    hours = hourStarts(hours, { now: at + hoursLater * hour, seen });
  };
  observe(0, 10);
  observe(0.5, 13);
  observe(1.1, 13);
  observe(4.2, 18);
  expect(counts(20)).toEqual([
    [0, 3],
    [1, 5],
    [4, 2],
  ]);
  observe(24.1, 21);
  expect(counts(21)).toEqual([
    [1, 5],
    [4, 3],
    [24, 0],
  ]);
  // The clock was set back.
  observe(2, 22);
  expect(counts(22)).toEqual([
    [1, 9],
    [2, 0],
  ]);
});
