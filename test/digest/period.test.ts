import fc from 'fast-check';
import { expect, test } from 'vitest';
import { periods } from '../../src/core/digest.ts';
import { dueAt, following, lastClosed, periodAt, periodOf, spanOf } from '../../src/digest/period.ts';

const dayMs = 86_400_000;
const timezones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
];
/** Around the days on which the clocks of these zones change. */
const changes = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01', '2026-02-15'];
const moments = fc
  .tuple(fc.constantFrom(...changes), fc.integer({ min: -9 * dayMs, max: 9 * dayMs }))
  .map(([date, by]) => Date.parse(date) + by);

test('days and weeks follow each other without gap and overlap, and each moment is in one of them', () => {
  fc.assert(
    fc.property(moments, fc.constantFrom(...timezones), fc.constantFrom(...periods), (now, timezone, period) => {
      const calendar = { timezone, period };
      const date = periodAt(now, calendar);
      const { from, to } = spanOf(date, calendar);
      expect(from <= now && now < to).toBe(true);
      const next = following(date, calendar);
      expect(spanOf(next, calendar).from).toBe(to);
      expect(periodOf(next, calendar)).toBe(next);
      expect(following(next, calendar, -1)).toBe(date);
      expect(lastClosed(calendar, to)).toBe(date);
      expect(lastClosed(calendar, to - 1)).toBe(following(date, calendar, -1));
      if (period === 'week') expect(new Date(date).getUTCDay()).toBe(1);
      // The edition is due on the first day after, whatever the clocks do.
      const due = dueAt(date, { ...calendar, at: 150 });
      expect(due).toBeGreaterThanOrEqual(to);
      expect(periodAt(due, { timezone, period: 'day' })).toBe(next);
    }),
  );
});
