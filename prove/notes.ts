import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';

/** Results so far of a proof, by case, so that a run that was stopped is resumed. They hold for the present state of these paths only. */
export function openNotes<Result>(proof: string, paths: readonly string[]) {
  const folder = new URL('../.cache/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${proof}-${stateOf(paths)}.jsonl`, folder);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const results = new Map(lines.map((line) => JSON.parse(line) as [string, Result]));
  return {
    results: results as ReadonlyMap<string, Result>,
    note(name: string, result: Result): void {
      results.set(name, result);
      appendFileSync(file, `${JSON.stringify([name, result])}\n`);
    },
  };
}

/** Names all tracked files with their changes: `git stash create` names what a commit of them would hold. */
function stateOf(paths: readonly string[]): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const tree = git('stash', 'create') || 'HEAD';
  return paths.map((path) => git('rev-parse', '--short', `${tree}:${path}`)).join('-');
}
