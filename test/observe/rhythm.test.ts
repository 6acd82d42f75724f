import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Change, inWords, observe, type Rhythm } from '../../src/observe/rhythm.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A feed that is observed every few minutes. */
function watched(everyMs: number, start = Date.UTC(2026, 10, 1)) {
  let rhythm: Rhythm | undefined;
  let now = start;
  let seen = 0;
  const changes: Change[] = [];
  function step(): void {
    // The ledger stores it as JSON.
    const before = rhythm === undefined ? undefined : (JSON.parse(JSON.stringify(rhythm)) as Rhythm);
    const observed = observe(before, { now, seen });
    rhythm = observed.rhythm;
    if (observed.change !== undefined) changes.push(observed.change);
  }
  step();
  return {
    changes,
    rhythm: () => rhythm,
    kinds: () => changes.map(({ kind }) => kind),
    /** Nothing new for this long. */
    quiet(ms: number): void {
      for (let left = ms; left > 0; left -= everyMs) {
        now += Math.min(everyMs, left);
        step();
      }
    },
    post(count = 1): void {
      seen += count;
      step();
    },
    /** The clock jumps, or the bot is down. */
    jump(ms: number): void {
      now += ms;
    },
  };
}

type Feed = ReturnType<typeof watched>;

function regular(feed: Feed, gapMs: number, times: number): void {
  for (let i = 0; i < times; i += 1) {
    feed.quiet(gapMs);
    feed.post();
  }
}

const gap = fc.integer({ min: 2 * minute, max: 2 * day });
const stepLength = fc.integer({ min: minute, max: 9 * minute });
/** Enough gaps to know the rhythm. */
const enough = (gapMs: number) => Math.max(12, Math.ceil((1.5 * day) / gapMs));
const runs = { numRuns: 15 };

describe('a feed', () => {
  test('that is regular within a factor of two never alerts', () => {
    const wobble = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(gap, stepLength, wobble, (gapMs, stepMs, factors) => {
        const feed = watched(stepMs);
        regular(feed, gapMs, enough(gapMs));
        for (const factor of factors) regular(feed, gapMs * factor, 1);
        expect(feed.changes).toEqual([]);
      }),
      runs,
    );
  });

  test('that stops alerts exactly once, and ends the alert exactly once', () => {
    fc.assert(
      fc.property(gap, stepLength, (gapMs, stepMs) => {
        const feed = watched(stepMs);
        regular(feed, gapMs, enough(gapMs));
        feed.quiet(Math.max(6 * gapMs, hour) * 3 + 30 * minute);
        expect(feed.kinds()).toEqual(['silent']);
        regular(feed, gapMs, 5);
        expect(feed.kinds()).toEqual(['silent', 'back']);
      }),
      runs,
    );
  });

  test('that stops alerts no earlier than after six usual gaps and an hour', () => {
    fc.assert(
      fc.property(gap, (gapMs) => {
        const feed = watched(minute);
        regular(feed, gapMs, enough(gapMs));
        feed.quiet(Math.max(6 * gapMs, hour) - minute);
        expect(feed.changes).toEqual([]);
      }),
      runs,
    );
  });

  test('that posts in bursts is judged by its pauses', () => {
    const period = fc.integer({ min: 2 * hour, max: 2 * day });
    fc.assert(
      fc.property(period, fc.integer({ min: 2, max: 100 }), (periodMs, posts) => {
        const feed = watched(5 * minute);
        for (let i = 0; i < enough(periodMs); i += 1) {
          for (let post = 0; post < posts; post += 1) {
            feed.post();
            feed.quiet(10_000);
          }
          feed.quiet(periodMs);
        }
        expect(feed.changes).toEqual([]);
        feed.quiet(7 * periodMs + hour);
        expect(feed.kinds()).toEqual(['silent']);
      }),
      runs,
    );
  });

  test('that sleeps at night does not alert at night', () => {
    const feed = watched(5 * minute);
    for (let i = 0; i < 10; i += 1) {
      regular(feed, 10 * minute, 96);
      feed.quiet(8 * hour);
      feed.post();
      expect(feed.kinds().slice(2)).toEqual([]);
    }
  });

  test('that is hardly known never alerts: a first read delivers months within seconds', () => {
    const feed = watched(minute);
    regular(feed, 1000, 200);
    feed.quiet(20 * hour);
    expect(feed.changes).toEqual([]);
  });
});

describe('unobserved time', () => {
  test('is no silence, however the clock moves', () => {
    const jumps = fc.array(fc.integer({ min: -30 * day, max: 30 * day }), { maxLength: 30 });
    fc.assert(
      fc.property(gap, jumps, (gapMs, by) => {
        const feed = watched(5 * minute);
        regular(feed, gapMs, enough(gapMs));
        for (const ms of by) {
          feed.jump(ms);
          regular(feed, gapMs, 1);
        }
        expect(feed.changes).toEqual([]);
        feed.quiet(Math.max(6 * gapMs, hour) * 2 + day);
        expect(feed.kinds()).toEqual(['silent']);
      }),
      runs,
    );
  });

  test('neither ends a silence nor repeats its alert', () => {
    const feed = watched(5 * minute);
    regular(feed, 20 * minute, 100);
    feed.quiet(3 * hour);
    feed.jump(2 * day);
    feed.quiet(3 * hour);
    expect(feed.kinds()).toEqual(['silent']);
  });
});

test('a change is told in words', () => {
  expect(inWords({ kind: 'silent', ms: 7.2 * hour, usualMs: 40 * minute })).toBe(
    'nothing new for 7 h, where 40 min are usual',
  );
  expect(inWords({ kind: 'back', ms: 4 * day, usualMs: 12 * hour })).toBe(
    'something new again after 4 days, where 12 h are usual',
  );
});

test('the stored rhythm stays small', () => {
  const feed = watched(5 * minute);
  regular(feed, 7 * minute, 2000);
  expect(JSON.stringify(feed.rhythm()).length).toBeLessThan(200);
});
