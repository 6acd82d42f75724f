import type { Reading } from './plan.ts';
import type { SoakResult } from './soak.ts';

export interface Bounds {
  /** Readings before this one are warming up. */
  readonly warmUp: number;
  /** Null: shown, not judged. Only a long run on a machine of its own says something of it. */
  readonly memory: {
    /** Bytes that the heap may grow for each line that was read. */
    readonly heapALine: number;
    /** The largest size of the process in the second half, as a multiple of that in the first. */
    readonly rss: number;
  } | null;
  /** Files and handles of a kind that may happen to be open at all of the last readings, and at none of the first: more where readings are few. */
  readonly byChance: number;
  /** Bytes of the ledger's file and of its log of writes. */
  readonly ledger: number;
  readonly wal: number;
}

/** Connections to the platforms: as many as replies are sent at once. */
const mostSockets = 400;
/** Rows vary with what people do. */
const rowSlack = 1.1;
const fewRows = 50;
/** Tables that grow by design: tombstones, opt-outs and what people asked of the bot are kept for good. */
const growing = ['tombstones', 'consents', 'audit_log'];

/** What of the promise does not hold, a sentence each; none: all does. */
export function broken(result: SoakResult, linesAReading: number, bounds: Bounds): string[] {
  const { readings, ended, lost, doubled, breaches, violations } = result;
  const warm = readings.slice(bounds.warmUp);
  const faults: readonly (readonly [boolean, string])[] = [
    ...(bounds.memory === null ? [] : memoryFaults(warm, linesAReading, bounds.memory)),
    [peak(warm, ({ ledger }) => ledger) > bounds.ledger, 'the ledger is larger than its bound'],
    [peak(readings, ({ wal }) => wal) > bounds.wal, 'the log of writes is larger than its bound'],
    [peak(readings, ({ sockets }) => sockets) > mostSockets, 'there are more connections than requests'],
    [stays(warm, ({ files }) => files, bounds.byChance), 'files stay open'],
    ...keysOf(warm, ({ handles }) => handles).map(
      (type) =>
        [stays(warm, ({ handles }) => handles[type] ?? 0, bounds.byChance), `handles of ${type} stay open`] as const,
    ),
    ...keysOf(warm, ({ rows }) => rows)
      .filter((table) => !growing.includes(table))
      .map(
        (table) =>
          [stays(warm, ({ rows }) => rows[table] ?? 0, fewRows, rowSlack), `the table ${table} grows`] as const,
      ),
    [!ended, 'something keeps the process alive'],
    [lost.length > 0, `lost: ${lost.join(' ')}`],
    [doubled.length > 0, `doubled: ${doubled.join(' ')}`],
    [result.false.length > 0, `said and not so: ${result.false.join(' ')}`],
    [breaches > 0, `${breaches} calls came before their time`],
    ...violations.map((violation) => [true, violation] as const),
  ];
  return faults.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

function memoryFaults(
  warm: readonly Reading[],
  linesAReading: number,
  { heapALine, rss }: NonNullable<Bounds['memory']>,
): readonly (readonly [boolean, string])[] {
  const slope = heapSlope(warm);
  const { heap, external } = warm.at(-1)!;
  return [
    [
      slope > heapALine * linesAReading,
      `the heap grows by ${Math.round(slope)} bytes a reading, to ${heap + external}`,
    ],
    [grows(warm, (reading) => reading.rss, rss), 'the process grows'],
  ];
}

/** Least squares: bytes from one reading to the next, on the heap and beside it. */
export function heapSlope(readings: readonly Pick<Reading, 'heap' | 'external'>[]): number {
  const middle = (readings.length - 1) / 2;
  let rise = 0;
  let run = 0;
  for (const [at, { heap, external }] of readings.entries()) {
    rise += (at - middle) * (heap + external);
    run += (at - middle) ** 2;
  }
  return rise / run;
}

/** The second half of the readings goes higher than the first. */
function grows(readings: readonly Reading[], size: (reading: Reading) => number, slack: number): boolean {
  const half = Math.ceil(readings.length / 2);
  return peak(readings.slice(half), size) > peak(readings.slice(0, half), size) * slack;
}

/**
 * All of the last third are higher than the highest of the first, by more than `few` and by that factor: a file that is read just then comes
 * and goes, and so do rows of a busy hour; what is forgotten stays.
 */
function stays(readings: readonly Reading[], size: (reading: Reading) => number, few: number, factor = 1): boolean {
  const third = Math.ceil(readings.length / 3);
  return Math.min(...readings.slice(-third).map(size)) > peak(readings.slice(0, third), size) * factor + few;
}

function peak(readings: readonly Reading[], size: (reading: Reading) => number): number {
  return Math.max(...readings.map(size));
}

function keysOf(
  readings: readonly Reading[],
  counts: (reading: Reading) => Readonly<Record<string, number>>,
): string[] {
  return [...new Set(readings.flatMap((reading) => Object.keys(counts(reading))))];
}
