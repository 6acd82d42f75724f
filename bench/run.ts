// npm run bench [NAME...]: measures, prints a table, writes bench/results/latest.json.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { citations } from './citations.ts';
import type { Bench, Figure } from './figure.ts';
import { parsing } from './parsing.ts';
import { pipe } from './pipe.ts';
import { start } from './start.ts';

const benches: readonly Bench[] = [citations, parsing, pipe, start];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(`no bench ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const figures: Figure[] = [];
  for (const bench of benches) {
    if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
    for (const figure of await bench.run()) {
      figures.push(figure);
      const value = Number(figure.value.toPrecision(3)).toLocaleString('en');
      process.stdout.write(
        `${figure.met ? 'met   ' : 'MISSED'} ${figure.name.padEnd(44)} ${value.padStart(9)}  (${figure.target})  ${figure.measured}\n`,
      );
    }
  }
  if (wanted.length === 0) write(figures);
}

function write(figures: readonly Figure[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const result = { commit, node: process.version, cores: cpus().length, figures };
  writeFileSync(new URL('latest.json', folder), `${JSON.stringify(result, null, 2)}\n`);
}
