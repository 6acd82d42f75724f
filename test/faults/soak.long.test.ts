import { describe, expect, test } from 'vitest';
import { broken, heapSlope } from '../support/soak/claims.ts';
import { minute, type Reading } from '../support/soak/plan.ts';
import { soak } from '../support/soak/soak.ts';

const plan = { hours: 12, hourMs: 4 * minute, stepMs: 1, linesAMinute: 32, seed: 1, leakBytes: 0 };
const linesAReading = 4 * plan.linesAMinute;
/** Memory is judged by `npm run prove soak`: in so short a time the engine still warms up. */
// The thread that erases what was purged is there at half of the readings, with seven files.
const bounds = { warmUp: 5, memory: null, byChance: 10, ledger: 4 * 2 ** 20, wal: 8 * 2 ** 20 };

describe('under load', () => {
  test('nothing is lost or doubled, and nothing grows that should not', { timeout: 120_000 }, async () => {
    const result = await soak(plan);
    const { lines, cited } = result.through;
    const faults = Object.values(result.faults).reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `soak: ${lines} lines, ${cited} cited posts, ${faults} faults in ${(plan.hours * plan.hourMs) / minute} minutes of the bot; npm run prove soak runs a day\n`,
    );
    // With the whole result, so that a failure shows all of it.
    expect({ ...result, broken: broken(result, linesAReading, bounds) }).toEqual({ ...result, broken: [] });
    expect(result.readings).toHaveLength(plan.hours);
    expect(result.tombstones.rows).toBeGreaterThan(cited / 2);
    expect(faults).toBeGreaterThan(10);
    expect(result.finals).toMatchObject({
      sent: expect.any(Number),
      refused: expect.any(Number),
      withdrawn: expect.any(Number),
    });
  });
});

describe('the claims find', () => {
  const flat: Reading = {
    now: 0,
    heap: 30_000_000,
    external: 1_000_000,
    rss: 200_000_000,
    handles: { PipeWrap: 1 },
    sockets: 3,
    files: 29,
    ledger: 1_000_000,
    wal: 4_000_000,
    rows: { posts: 100, tombstones: 0 },
    stillMs: 10,
  };
  const through = { lines: 0, bytes: 0, cited: 0 };
  const clean = { through, finals: {}, faults: {}, tombstones: { rows: 0, bytes: 0 }, violations: [], ended: true };
  const ingested = { lost: [], doubled: [], false: [], breaches: 0 };
  const over = (at: (hour: number) => Partial<Reading>) => {
    const readings = Array.from({ length: 24 }, (_, hour) => ({ ...flat, ...at(hour) }));
    return broken({ ...clean, ...ingested, readings }, 1000, {
      ...bounds,
      byChance: 0,
      memory: { heapALine: 16, rss: 1.1 },
    });
  };

  test('nothing in what stays as it is, or goes up and down', () => {
    expect(over(() => ({}))).toEqual([]);
    expect(
      over((hour) => ({
        heap: flat.heap + 100_000 * Math.cos(hour),
        files: flat.files + (hour % 3 === 0 ? 1 : 0),
        rows: { posts: 100 + (hour % 3), tombstones: hour },
      })),
    ).toEqual([]);
  });

  test.each<[string, (hour: number) => Partial<Reading>]>([
    ['the heap grows', (hour) => ({ heap: flat.heap + 20_000 * hour + 100_000 * Math.cos(hour) })],
    ['the heap grows', (hour) => ({ external: flat.external + 20_000 * hour })],
    ['the process grows', (hour) => ({ rss: flat.rss + 5_000_000 * hour })],
    ['files stay open', (hour) => ({ files: flat.files + Math.floor(hour / 8) })],
    ['handles of PipeWrap stay open', (hour) => ({ handles: { PipeWrap: 1 + Math.floor(hour / 8) } })],
    ['handles of Timeout stay open', (hour) => ({ handles: { PipeWrap: 1, ...(hour > 16 ? { Timeout: 1 } : {}) } })],
    ['more connections', (hour) => ({ sockets: 100 * hour })],
    ['the table posts grows', (hour) => ({ rows: { posts: 1000 + 50 * hour } })],
    ['the ledger is larger', (hour) => ({ ledger: 1_000_000 * hour })],
    ['the log of writes is larger', (hour) => ({ wal: 1_000_000 * hour })],
  ])('that %s', (what, at) => expect(over(at)).toEqual([expect.stringContaining(what)]));

  test('a slope that was planted, to the byte', () => {
    expect(heapSlope([5, 8, 11].map((heap) => ({ heap, external: 2 })))).toBe(3);
  });
});
