// npm run bench [NAME...] [-- --record]: measures and prints a table; writes bench/results/latest.json when all ran, or what ran with --record.
// Each bench has a process of its own: what one loads (twitter-text brings polyfills) must not slow the next.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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
  'hostile',
];
const results = new URL('results/', import.meta.url);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { record: { type: 'boolean', default: false }, 'in-process': { type: 'string' } },
});

if (values['in-process'] !== undefined) await measure(values['in-process']);
else report(positionals, values.record);

async function measure(name: string): Promise<void> {
  const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
  process.stdout.write(JSON.stringify(await bench.run()));
}

function report(asked: readonly string[], recorded: boolean): void {
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`no bench ${unknown.join(', ')}; there are ${names.join(', ')}\n`);
    process.exitCode = 2;
    return;
  }
  const isWhole = asked.length === 0;
  const figures = names.filter((name) => isWhole || asked.includes(name)).flatMap(figuresOf);
  if (isWhole || recorded) record(figures, isWhole);
}

function figuresOf(name: string): Figure[] {
  const self = fileURLToPath(import.meta.url);
  const out = execFileSync(process.execPath, [self, '--in-process', name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const figures = JSON.parse(out) as Figure[];
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
