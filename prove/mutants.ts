import { type Mutant, type MutantResult, openLaboratory, readMutants } from '../test/support/mutants.ts';
import type { Proof } from './proof.ts';

const atOnce = 2;

/** Each bug of prove/mutants is noticed by the tests that it names, which pass without it. */
export const mutants: Proof = {
  name: 'mutants',
  async run(report) {
    const all = readMutants();
    const tests = [...new Set(all.flatMap(({ killedBy }) => killedBy))].toSorted();
    await using healthy = await openLaboratory();
    const before = await healthy.run(tests);
    report(`without a bug: ${before.passed} tests pass, ${before.failed} fail`);
    const results = new Map<string, MutantResult>();
    const waiting = [...all];
    await Promise.all(Array.from({ length: atOnce }, () => work(waiting, results, report)));
    const survivors = all.filter(({ name }) => (results.get(name)?.failed ?? 0) === 0).map(({ name }) => name);
    const noticed = Object.fromEntries(all.map(({ name }) => [name, results.get(name)?.noticedBy ?? null]));
    return {
      holds: survivors.length === 0 && before.failed === 0 && all.length >= 25,
      counts: { mutants: all.length, killed: all.length - survivors.length, survivors, noticed },
    };
  },
};

async function work(waiting: Mutant[], results: Map<string, MutantResult>, report: (line: string) => void) {
  await using laboratory = await openLaboratory();
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const result = await laboratory.infect(mutant);
    results.set(mutant.name, result);
    report(`${result.failed > 0 ? 'killed  ' : 'SURVIVES'} ${mutant.name}: ${result.noticedBy ?? mutant.what}`);
  }
}
