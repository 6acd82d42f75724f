import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../src/core/errors.ts';
import {
  allCases,
  fallbackCases,
  type KillCase,
  nameOf,
  restoreCases,
  unharmed,
} from '../test/support/kill-matrix/cases.ts';
import { killAt, type KillResult } from '../test/support/kill-matrix/kill-at.ts';
import { closeStores } from '../test/support/kill-matrix/stores.ts';
import { openNotes } from './notes.ts';
import type { Proof } from './proof.ts';

const seeds = [1, 2, 3];
const atOnce = 3;

/** Every named point x every store x every kind of publisher x seeds. What was found at this very state of the code is not run again. */
export const killMatrix: Proof = {
  name: 'kill-matrix',
  run: (report) => runMatrix('kill-matrix', [...allCases(seeds), ...restoreCases(seeds)], report),
};

/** The same on the way of a reply, while Redis is configured and does not answer. */
export const fallbackKills: Proof = {
  name: 'fallback-kills',
  run: (report) => runMatrix('fallback-kills', fallbackCases(seeds), report),
};

async function runMatrix(name: string, cases: readonly KillCase[], report: (line: string) => void) {
  const known = openNotes<Result>(name, ['src', 'workers', 'test/support']);
  // What could not be run is tried again.
  const waiting = cases.filter((kill) => 'error' in (known.results.get(nameOf(kill)) ?? { error: 'not run yet' }));
  report(`${cases.length} cases, ${cases.length - waiting.length} known already`);
  const hand = async () => {
    for (let kill = waiting.shift(); kill !== undefined; kill = waiting.shift()) {
      const result = await outcome(kill);
      known.note(nameOf(kill), result);
      report(`${isUnharmed(result) ? 'unharmed' : `HARMED ${JSON.stringify(result)}`}: ${nameOf(kill)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, hand));
  } finally {
    await closeStores();
  }
  return summary(cases.map((kill) => ({ kill, result: known.results.get(nameOf(kill))! })));
}

type Result = KillResult | { readonly error: string };

async function outcome(kill: KillCase): Promise<Result> {
  try {
    return await killAt(kill);
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function isUnharmed(result: Result): boolean {
  if ('error' in result) return false;
  const { fired, lost, doubled, false: untrue, breaches } = result;
  return isDeepStrictEqual({ fired, lost, doubled, false: untrue, breaches }, unharmed);
}

function summary(all: readonly { kill: KillCase; result: Result }[]) {
  const harmed = all.flatMap(({ kill, result }) => (isUnharmed(result) ? [] : [{ name: nameOf(kill), result }]));
  const ran = all.flatMap(({ result }) => ('error' in result ? [] : [result]));
  const sum = (count: (result: KillResult) => number) => ran.reduce((total, result) => total + count(result), 0);
  const counts = {
    failpoints: new Set(all.map(({ kill }) => kill.failpoint)).size,
    stores: [...new Set(all.map(({ kill }) => kill.store.name))],
    seeds,
    cases: all.length,
    fired: sum(({ fired }) => Number(fired)),
    lost: sum(({ lost }) => lost.length),
    doubled: sum(({ doubled }) => doubled.length),
    false: sum((result) => result.false.length),
    breaches: sum(({ breaches }) => breaches),
    faults: sum(({ faults }) => faults),
    posts: sum(({ states }) => Object.values(states).reduce((total, count) => total + count, 0)),
    harmed,
  };
  return { holds: harmed.length === 0, counts };
}
