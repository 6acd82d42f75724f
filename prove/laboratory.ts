import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutate } from '../test/support/mutants.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a run of tests came to. */
export interface TestResult {
  readonly failed: number;
  readonly passed: number;
  /** Title of the first test that failed. */
  readonly noticedBy: string | null;
}

/** A copy of the project in which bugs can live for a while. */
export interface Laboratory extends AsyncDisposable {
  /** Runs test files, with a bug or without one. Errors: the bug does not apply. */
  run(files: readonly string[], mutant?: Mutant): Promise<TestResult>;
}

export async function openLaboratory(): Promise<Laboratory> {
  const copy = await mkdtempDisposable(join(tmpdir(), 'pilcrow-mutants-'));
  const dir = join(copy.path, 'project');
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of files.toString().trim().split('\n')) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    cpSync(join(root, file), join(dir, file), { force: true });
  }
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  return {
    async run(tests, mutant) {
      const changed = mutant === undefined ? [] : [...mutate(mutant, dir)];
      for (const [file, { after }] of changed) writeFileSync(join(dir, file), after);
      try {
        return await runTests(dir, tests);
      } finally {
        for (const [file, { before }] of changed) writeFileSync(join(dir, file), before);
      }
    },
    [Symbol.asyncDispose]: () => copy.remove(),
  };
}

interface Report {
  readonly numFailedTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function runTests(dir: string, files: readonly string[]): Promise<TestResult> {
  const report = join(dir, 'report.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', ...files, '--reporter=json', `--outputFile=${report}`, '--bail=1'];
  const child = spawn(process.execPath, args, { cwd: dir, stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  const { numFailedTests, numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const noticedBy = results.find(({ status }) => status === 'failed')?.fullName ?? null;
  return { failed: numFailedTests, passed: numPassedTests, noticedBy };
}
