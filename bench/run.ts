// npm run bench [NAME...]: measures, prints a table, writes bench/results/latest.json when all ran.
// Each bench has a process of its own: what one loads (twitter-text brings polyfills) must not slow the next.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Bench, Figure } from './figure.ts';

const names = [
  'citations',
  'catalogue',
  'parsing',
  'corpus',
  'rules',
  'jetstream',
  'pipe',
  'distributed',
  'pages',
  'start',
];
const results = new URL('results/', import.meta.url);
const [mode, ...wanted] = process.argv.slice(2);

if (mode === '--in-process') await measure(wanted[0] ?? '');
else report([mode, ...wanted].filter((name) => name !== undefined));

async function measure(name: string): Promise<void> {
  const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
  process.stdout.write(JSON.stringify(await bench.run()));
}

function report(asked: readonly string[]): void {
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`no bench ${unknown.join(', ')}; there are ${names.join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  mkdirSync(results, { recursive: true });
  const figures = names.filter((name) => asked.length === 0 || asked.includes(name)).flatMap(figuresOf);
  if (asked.length === 0) write(figures);
}

function figuresOf(name: string): Figure[] {
  const self = fileURLToPath(import.meta.url);
  const out = execFileSync(process.execPath, [self, '--in-process', name], { encoding: 'utf8' });
  const figures = JSON.parse(out) as Figure[];
  for (const figure of figures) {
    const value = Number(figure.value.toPrecision(3)).toLocaleString('en').padStart(9);
    process.stdout.write(
      `${figure.met ? 'met   ' : 'MISSED'} ${figure.name.padEnd(44)} ${value}  (${figure.target})  ${figure.measured}\n`,
    );
  }
  return figures;
}

function write(figures: readonly Figure[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const result = { commit, node: process.version, cores: cpus().length, figures };
  writeFileSync(new URL('latest.json', results), `${JSON.stringify(result, null, 2)}\n`);
}
