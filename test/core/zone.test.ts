import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, firstAt, isDate, isTimezone, localTime, startOfDay } from '../../src/core/zone.ts';

const hourMs = 3_600_000;

/** Both changes of 2026 in each zone: the day, how many hours it has, and when it begins. */
const changes = [
  ['Europe/Berlin', '2026-03-29', 23, '2026-03-28T23:00:00.000Z'],
  ['Europe/Berlin', '2026-10-25', 25, '2026-10-24T22:00:00.000Z'],
  ['America/New_York', '2026-03-08', 23, '2026-03-08T05:00:00.000Z'],
  ['America/New_York', '2026-11-01', 25, '2026-11-01T04:00:00.000Z'],
  // The clocks go from 24:00 to 01:00: the day begins at one.
  ['Asia/Beirut', '2026-03-29', 23, '2026-03-28T22:00:00.000Z'],
  // And back from 24:00 to 23:00: the day before ends a second time.
  ['Asia/Beirut', '2026-10-24', 25, '2026-10-23T21:00:00.000Z'],
  ['Australia/Lord_Howe', '2026-04-05', 24.5, '2026-04-04T13:00:00.000Z'],
  ['Australia/Lord_Howe', '2026-10-04', 23.5, '2026-10-03T13:30:00.000Z'],
] as const;

describe('local days', () => {
  test.each(changes)('in %s %s has %d hours', (timezone, date, hours, start) => {
    expect(new Date(startOfDay(date, timezone)).toISOString()).toBe(start);
    expect((startOfDay(addDays(date, 1), timezone) - startOfDay(date, timezone)) / hourMs).toBe(hours);
  });

  test.each(['Europe/Berlin', 'America/New_York', 'Asia/Beirut', 'Australia/Lord_Howe'])(
    'of 2026 in %s follow each other, and begin when clocks first show them',
    (timezone) => {
      let lengths = 0;
      for (let date = '2026-01-01'; date < '2027-01-01'; date = addDays(date, 1)) {
        const start = startOfDay(date, timezone);
        expect(localTime(start, timezone).date).toBe(date);
        expect(localTime(start - 1, timezone).date).toBe(addDays(date, -1));
        lengths += startOfDay(addDays(date, 1), timezone) - start;
      }
      expect(lengths).toBe(startOfDay('2027-01-01', timezone) - startOfDay('2026-01-01', timezone));
    },
  );

  test('a moment belongs to the day between whose bounds it lies', () => {
    const zones = fc.constantFrom(...changes.map(([timezone]) => timezone));
    const times = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) });
    fc.assert(
      fc.property(zones, times, (timezone, time) => {
        const { date } = localTime(time, timezone);
        expect(time).toBeGreaterThanOrEqual(startOfDay(date, timezone));
        expect(time).toBeLessThan(startOfDay(addDays(date, 1), timezone));
      }),
      { numRuns: 300 },
    );
  });

  test('a moment has the date and the minutes that its clocks show, whatever was asked before', () => {
    // In Newfoundland they changed a minute after midnight, in Morocco they change around Ramadan.
    const moments = [
      ...changes.map(([timezone, , , begins]) => [timezone, Date.parse(begins)] as const),
      ['America/St_Johns', Date.UTC(2010, 2, 14, 3, 31)] as const,
      ['Africa/Casablanca', Date.UTC(2026, 1, 15, 2)] as const,
      ['UTC', Date.UTC(2026, 1, 15)] as const,
    ];
    const near = fc.tuple(fc.constantFrom(...moments), fc.integer({ min: -2 * 24 * hourMs, max: 2 * 24 * hourMs }));
    fc.assert(
      fc.property(fc.array(near, { minLength: 2, maxLength: 8 }), (asked) => {
        for (const [[timezone, moment], ms] of asked) {
          const time = moment + ms;
          expect(localTime(time, timezone), `${timezone} ${time}`).toEqual(shownBy(time, timezone));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a time that clocks skip is the moment at which they do, one that they show twice the first', () => {
    const at = (date: string, minutes: number) => new Date(firstAt(date, minutes, 'Europe/Berlin')).toISOString();
    expect(at('2026-03-29', 150)).toBe('2026-03-29T01:00:00.000Z');
    expect(at('2026-10-25', 150)).toBe('2026-10-25T00:30:00.000Z');
    expect(at('2026-11-24', 420)).toBe('2026-11-24T06:00:00.000Z');
  });

  test('an island that left a day out had none of it', () => {
    expect(startOfDay('2011-12-30', 'Pacific/Apia')).toBe(startOfDay('2011-12-31', 'Pacific/Apia'));
  });
});

test('valid zones and dates are distinguished from invalid ones', () => {
  expect(['Europe/Berlin', 'UTC'].map(isTimezone)).toEqual([true, true]);
  expect(['Europe/Berlni', '', 'here'].map(isTimezone)).toEqual([false, false, false]);
  expect(['2026-11-24', '2028-02-29'].map(isDate)).toEqual([true, true]);
  expect(['2026-02-29', '2026-1-1', 'yesterday', '20261124'].map(isDate)).toEqual([false, false, false, false]);
});

function shownBy(time: number, timeZone: string) {
  const shown = new Date(time).toLocaleString('sv-SE', { timeZone });
  const [date = '', clock = ''] = shown.split(' ');
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return { date, minutes: 60 * hours + minutes };
}
