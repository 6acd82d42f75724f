import { seeded } from '../test/support/make-posts.ts';
import { type Mutant, readMutants } from '../test/support/mutants.ts';
import { openLaboratory, type TestResult } from './laboratory.ts';
import { openNotes } from './notes.ts';
import type { Part, Proof } from './proof.ts';

const atOnce = 2;

/** Each bug of prove/mutants is noticed by the tests that it names, which pass without it. What was found at this very state of the code is not run again. */
export const mutants: Proof = {
  name: 'mutants',
  async run(report, part) {
    const chosen = choose(readMutants(), part, report);
    const tests = [...new Set(chosen.flatMap(({ killedBy }) => killedBy))].toSorted();
    const cases = [...tests.map(withoutBug), ...chosen.map(withBug)];
    const results = await runAll(cases, report);
    const failing = cases.filter((one) => !holds(one, results.get(one.name)));
    const survivors = failing.filter(({ mutant }) => mutant !== undefined).map(({ name }) => name);
    const failWithoutBug = failing.filter(({ mutant }) => mutant === undefined).map(({ name }) => name);
    const noticed = Object.fromEntries(chosen.map(({ name }) => [name, results.get(name)?.noticedBy ?? null]));
    return {
      holds: failing.length === 0,
      counts: { mutants: chosen.length, killed: chosen.length - survivors.length, survivors, failWithoutBug, noticed },
    };
  },
};

function choose(all: readonly Mutant[], { only, sample, seed }: Part = {}, report: (line: string) => void): Mutant[] {
  const unknown = (only ?? []).filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`no mutant ${unknown.join(', ')}`);
  const wanted = all.filter(({ name }) => only?.includes(name) ?? true);
  if (sample === undefined) return wanted;
  const used = seed ?? Date.now() % 1_000_000;
  report(`a sample of ${sample}, seed ${used}`);
  const random = seeded(used);
  const shuffled = wanted.map((mutant) => ({ mutant, at: random() })).toSorted((a, b) => a.at - b.at);
  return shuffled.slice(0, sample).map(({ mutant }) => mutant);
}

/** A run of test files, with a bug or without one. */
interface Case {
  readonly name: string;
  readonly tests: readonly string[];
  readonly mutant?: Mutant;
}

function withoutBug(file: string): Case {
  return { name: file, tests: [file] };
}

function withBug(mutant: Mutant): Case {
  return { name: mutant.name, tests: mutant.killedBy, mutant };
}

/** A bug turns a test red; without one tests pass. */
function holds({ mutant }: Case, result: TestResult | undefined): boolean {
  if (result === undefined) return false;
  return mutant === undefined ? result.failed === 0 && result.passed > 0 : result.failed > 0;
}

async function runAll(cases: readonly Case[], report: (line: string) => void) {
  const notes = openNotes<TestResult>('mutants', ['bin', 'config', 'prove/mutants', 'src', 'test', 'workers']);
  const waiting = cases.filter((one) => !holds(one, notes.results.get(one.name)));
  report(`${cases.length} runs, ${cases.length - waiting.length} known already`);
  const hand = async () => {
    await using laboratory = await openLaboratory();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await laboratory.run(next.tests, next.mutant);
      notes.note(next.name, result);
      report(`${outcome(next, result)}: ${result.noticedBy ?? next.mutant?.what ?? `${result.passed} tests pass`}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
  return notes.results;
}

function outcome(one: Case, result: TestResult): string {
  const verdict = one.mutant === undefined ? ['passes', 'FAILS WITHOUT A BUG'] : ['killed', 'SURVIVES'];
  return `${verdict[holds(one, result) ? 0 : 1]} ${one.name}`;
}
