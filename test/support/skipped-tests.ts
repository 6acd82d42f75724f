import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { samplesAreHere } from './samples.ts';

/** Ends the run with a line for each reason why tests were skipped. In CI no test that reads samples may be skipped while they are there. */
export class SkippedTests implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    // A pattern (`-t`) leaves tests out too, and gives no reason.
    if (this.#vitest?.config.testNamePattern !== undefined) return;
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    for (const [reason, count] of countsOf(skipped.map(reasonOf)))
      process.stdout.write(`${count} ${count === 1 ? 'test' : 'tests'} skipped: ${reason}\n`);
    if (process.env['CI'] === 'true' && samplesAreHere && skipped.some(readsSamples)) {
      process.stdout.write('FAILED: the samples are there, so CI must not skip a test that reads them\n');
      process.exitCode = 1;
    }
  }
}

function readsSamples(test: TestCase): boolean {
  return test.meta().needs === 'samples';
}

function reasonOf(test: TestCase): string {
  if (readsSamples(test)) return samplesAreHere ? 'though the samples are there' : 'no samples';
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return note ?? 'a program is not installed (its line SKIPPED says which)';
}

function countsOf(reasons: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const reason of reasons.toSorted()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
