import { execFileSync } from 'node:child_process';
import { failpoints } from '../../../src/core/failpoints.ts';
import { type KillCase, sampleCases } from './cases.ts';

const seeds = [1, 2, 3];
const shares = 7;

export interface Shared {
  readonly seed: number;
  /** Every point once. */
  readonly sample: readonly KillCase[];
  /** What `npm test` runs of the sample: a seventh, with every store and every kind of publisher. */
  readonly quick: readonly KillCase[];
  /** What is left for `npm run test:long`. */
  readonly rest: readonly KillCase[];
}

/** A sample of the kill matrix: its seed and its quick seventh are other ones with the next commit. */
export function sampleOfCommit(commit = numberOfCommit()): Shared {
  const seed = seeds[commit % seeds.length]!;
  const turn = Math.floor(commit / seeds.length) % shares;
  const sample = sampleCases(seed).toSorted(
    (a, b) => failpoints.indexOf(a.failpoint) - failpoints.indexOf(b.failpoint),
  );
  // A seventh of neighbours: stores and publishers change from one point to the next.
  const isQuick = (at: number) => Math.floor((at * shares) / sample.length) === turn;
  return { seed, sample, quick: sample.filter((_, at) => isQuick(at)), rest: sample.filter((_, at) => !isQuick(at)) };
}

/** How many commits there are; 0 where there is no git. */
function numberOfCommit(): number {
  try {
    const counted = ['rev-list', '--count', 'HEAD'];
    return Number(execFileSync('git', counted, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return 0;
  }
}
