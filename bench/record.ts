import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Figure, percentile, type Run } from './figure.ts';
import { publish } from './published.ts';

/** What bench/results/latest.json holds. */
export interface Results {
  readonly node: string;
  readonly cores: number;
  readonly figures: readonly Recorded[];
}

/** The middle one of its runs. */
export interface Recorded extends Figure {
  readonly commit: string;
  /** `2026-11-30` */
  readonly date: string;
  /** In their order; `load`: of the machine before each. */
  readonly runs: readonly { readonly value: number; readonly load: number }[];
}

/** Replaces figures of the same name, or all; each names the commit that it was measured at. Writes the page and the chart from them. */
export function record(root: string, figures: readonly (readonly Run[])[], isWhole: boolean): void {
  const file = join(root, 'bench/results/latest.json');
  const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const known = isWhole ? [] : resultsIn(file).figures;
  const all = new Map(known.map((figure) => [figure.name, figure]));
  for (const runs of figures) {
    const values = runs.map(({ figure, load }) => ({ value: figure.value, load: Number(load.toFixed(2)) }));
    const middle = percentile(
      values.map(({ value }) => value),
      0.5,
    );
    const figure = runs.find((run) => run.figure.value === middle)?.figure;
    if (figure !== undefined) all.set(figure.name, { ...figure, commit, date, runs: values });
  }
  const results: Results = { node: process.version, cores: cpus().length, figures: [...all.values()] };
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  publish(root, results);
}

export function resultsIn(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}
