/** One measured figure, with what it is held against in the same run. */
export interface Figure {
  readonly name: string;
  readonly measured: string;
  /** The ratio or value that counts. */
  readonly value: number;
  readonly target: string;
  readonly met: boolean;
}

/** A figure of one run, and how busy the machine was: how many processes ran or waited for a core in the minute before. */
export interface Run {
  readonly figure: Figure;
  readonly load: number;
}

export interface Bench {
  run(): Promise<Figure[]>;
}

/** Units of work a second, of the best of several rounds: other work on the machine only ever slows a round down. */
export function rate(units: number, work: () => void, rounds = 10): number {
  return ratesInTurns(units, [work], rounds)[0] ?? 0;
}

/** As `rate`, of several works that take turns, so that they meet the same machine: its load, its caches, its garbage. */
export function ratesInTurns(units: number, works: readonly (() => void)[], rounds: number): number[] {
  const best = works.map(() => 0);
  for (let i = 0; i < rounds; i += 1) {
    for (const [at, work] of works.entries()) {
      const start = performance.now();
      work();
      best[at] = Math.max(best[at] ?? 0, units / ((performance.now() - start) / 1000));
    }
  }
  return best;
}

/** The value that `share` of all are not above: 0.5 is the middle one. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}
