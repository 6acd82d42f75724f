// npm run bench [NAME...] [-- --record]: measures and prints a table; writes bench/results/latest.json when all ran, or what ran with --record.
// npm run bench [NAME...] -- --against REF [--turns 3]: measures another commit in turns with this one, and prints the ratios.
// Each bench has a process of its own: what one loads (twitter-text brings polyfills) must not slow the next.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { samplesFolder } from '../test/support/samples.ts';
import { compare } from './against.ts';
import type { Bench, Figure } from './figure.ts';

const names = [
  'citations',
  'catalogue',
  'parsing',
  'corpus',
  'rules',
  'jetstream',
  'feeds',
  'pipe',
  'distributed',
  'costs',
  'pages',
  'start',
  'hostile',
];
const results = new URL('results/', import.meta.url);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    record: { type: 'boolean', default: false },
    against: { type: 'string' },
    turns: { type: 'string', default: '3' },
    'in-process': { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const asked = positionals.length === 0 ? names : names.filter((name) => positionals.includes(name));
const unknown = positionals.filter((name) => !names.includes(name));

if (values['in-process'] !== undefined) await measure(values['in-process']);
else if (unknown.length > 0) {
  process.stderr.write(`no bench ${unknown.join(', ')}; there are ${names.join(', ')}\n`);
  process.exitCode = 2;
} else if (values.against !== undefined) {
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  compare(root, asked, { ref: values.against, turns: Number(values.turns) }, { measure: measureApart, report });
} else {
  const figures = asked.flatMap(shown);
  const isWhole = positionals.length === 0;
  if (isWhole || values.record) record(figures, isWhole);
}

async function measure(name: string): Promise<void> {
  const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
  process.stdout.write(JSON.stringify(await bench.run()));
}

/** In a process of its own, of the checkout in this folder. */
function measureApart(checkout: string, name: string): Figure[] {
  const args = [join(checkout, 'bench/run.ts'), '--in-process', name];
  const env = { ...process.env, PILCROW_SAMPLES: samplesFolder };
  const out = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env });
  return JSON.parse(out) as Figure[];
}

function shown(name: string): Figure[] {
  const figures = measureApart(root, name);
  for (const figure of figures) {
    const value = Number(figure.value.toPrecision(3)).toLocaleString('en').padStart(9);
    process.stdout.write(
      `${figure.met ? 'met   ' : 'MISSED'} ${figure.name.padEnd(44)} ${value}  (${figure.target})  ${figure.measured}\n`,
    );
  }
  return figures;
}

/** Replaces figures of the same name; each names the commit that it was measured at. */
function record(figures: readonly Figure[], isWhole: boolean): void {
  const file = new URL('latest.json', results);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const known = (JSON.parse(readFileSync(file, 'utf8')) as { readonly figures: readonly Figure[] }).figures;
  const all = new Map((isWhole ? [] : known).map((figure) => [figure.name, figure]));
  for (const figure of figures) all.set(figure.name, { ...figure, commit });
  const result = { node: process.version, cores: cpus().length, figures: [...all.values()] };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}
