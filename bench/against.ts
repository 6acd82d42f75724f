import { execFileSync } from 'node:child_process';
import { mkdtempDisposableSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, percentile } from './figure.ts';

interface Ways {
  /** Measures a bench of the checkout in this folder, in a process of its own. */
  readonly measure: (root: string, name: string) => readonly Figure[];
  readonly report: (line: string) => void;
}

/**
 * Measures benches of the working tree and of another commit in turns, so that both meet the same machine, and reports for each figure how
 * many times as large it is now: the middle of the turns, and their spread. The other commit has its own benches, and today's packages.
 */
export function compare(
  root: string,
  names: readonly string[],
  { ref, turns }: { ref: string; turns: number },
  ways: Ways,
) {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'pilcrow-bench-'));
  const before = join(folder.path, 'before');
  git(root, ['worktree', 'add', '--quiet', '--detach', before, ref]);
  try {
    symlinkSync(join(root, 'node_modules'), join(before, 'node_modules'));
    for (const name of names) {
      const ratios = new Map<string, number[]>();
      for (let turn = 0; turn < turns; turn += 1) {
        const old = new Map(ways.measure(before, name).map((figure) => [figure.name, figure.value]));
        for (const figure of ways.measure(root, name)) {
          const value = old.get(figure.name);
          if (value !== undefined) ratios.set(figure.name, [...(ratios.get(figure.name) ?? []), figure.value / value]);
        }
      }
      if (ratios.size === 0) ways.report(`${name}: ${ref} has no such figures`);
      for (const [figure, all] of ratios) ways.report(line(figure, all, ref));
    }
  } finally {
    git(root, ['worktree', 'remove', '--force', before]);
  }
}

function line(figure: string, ratios: readonly number[], ref: string): string {
  const [least, middle, most] = [0, 0.5, 1].map((share) => percentile(ratios, share).toFixed(2));
  return `${figure.padEnd(44)} ${middle} times that of ${ref} (${least} to ${most} in ${ratios.length} turns)`;
}

function git(root: string, args: readonly string[]): void {
  execFileSync('git', ['-C', root, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}
