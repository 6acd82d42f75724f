import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'prove/mutants');

/** A bug written on purpose, as a patch, and the tests that must notice it. */
export interface Mutant {
  readonly name: string;
  readonly patch: string;
  /** What the bug is, in a line. */
  readonly what: string;
  readonly killedBy: readonly string[];
}

/** Errors: a patch that does not say what it is and which tests kill it. */
export function readMutants(): Mutant[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.patch'));
  return files.toSorted().map((file) => {
    const patch = join(folder, file);
    const text = readFileSync(patch, 'utf8');
    const what = /^What: (.+)$/m.exec(text)?.[1];
    const killedBy = /^Killed by: (.+)$/m.exec(text)?.[1]?.split(' ');
    if (what === undefined || killedBy === undefined) throw new Error(`${file}: no \`What:\` or no \`Killed by:\``);
    return { name: file.replace(/\.patch$/, ''), patch, what, killedBy };
  });
}

/** What the tests made of a mutant. */
export interface MutantResult {
  readonly failed: number;
  readonly passed: number;
  /** Title of the first test that noticed it. */
  readonly noticedBy: string | null;
}

/** A copy of the project in which bugs can live for a while. */
export interface Laboratory extends AsyncDisposable {
  /** Errors: the patch does not apply any more. */
  infect(mutant: Mutant): Promise<MutantResult>;
  /** The tests without any bug. */
  run(files: readonly string[]): Promise<MutantResult>;
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
  const apply = (mutant: Mutant, ...options: string[]) =>
    execFileSync('git', ['apply', ...options, mutant.patch], { cwd: dir, env: outsideGit(), stdio: 'pipe' });
  return {
    async infect(mutant) {
      apply(mutant);
      try {
        return await runTests(dir, mutant.killedBy);
      } finally {
        apply(mutant, '--reverse');
      }
    },
    run: (tests) => runTests(dir, tests),
    [Symbol.asyncDispose]: () => copy.remove(),
  };
}

/** Git must take the copy for a plain folder, wherever the tests run. */
function outsideGit(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir(), GIT_DIR: undefined };
}

interface Report {
  readonly numFailedTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function runTests(dir: string, files: readonly string[]): Promise<MutantResult> {
  const report = join(dir, 'report.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', ...files, '--reporter=json', `--outputFile=${report}`, '--bail=1'];
  const child = spawn(process.execPath, args, { cwd: dir, env: testEnvironment(), stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
  const { numFailedTests, numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const noticedBy = results.find(({ status }) => status === 'failed')?.fullName ?? null;
  return { failed: numFailedTests, passed: numPassedTests, noticedBy };
}

/** Not that of the tests that run this. */
function testEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_ENV');
  return Object.fromEntries(own);
}
