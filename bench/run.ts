// Measures: npm run bench -- --help.
// Each bench has a process of its own: what one loads (twitter-text brings polyfills) must not slow the next.
import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { samplesFolder } from '../test/support/samples.ts';
import { refuseArguments, scriptArguments } from '../test/support/script.ts';
import { compare } from './against.ts';
import type { Bench, Figure, Run } from './figure.ts';
import { record } from './record.ts';

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
  'commands',
  'hostile',
  'years',
];
const usage = `Usage: npm run bench [NAME...] [-- --runs COUNT] [--record]
       npm run bench [NAME...] -- --against REF [--turns COUNT]

Measures, and prints a table. When all ran, it writes bench/results/latest.json, and from it the table of docs/performance.md and its chart.
Names: ${names.join(', ')}

Options:
  --runs COUNT     how often each is measured (default: 1)
  --record         write what ran, also when not all did
  --against REF    measure another commit in turns with this one, and print the ratios
  --turns COUNT    how often each, with --against (default: 3)`;
const { values, positionals } = scriptArguments(usage, {
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
    against: { type: 'string' },
    turns: { type: 'string', default: '3' },
    'in-process': { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const asked = positionals.length === 0 ? names : names.filter((name) => positionals.includes(name));
const unknown = positionals.filter((name) => !names.includes(name));

if (unknown.length > 0) refuseArguments(usage, `Unknown bench ${unknown.join(', ')}`);
if (values['in-process'] !== undefined) await measure(values['in-process']);
else if (values.against !== undefined) {
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  compare(root, asked, { ref: values.against, turns: Number(values.turns) }, { measure: measureApart, report });
} else {
  const figures = asked.flatMap(shown);
  const isWhole = positionals.length === 0;
  if (isWhole || values.record) record(root, figures, isWhole);
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

/** The runs of each of its figures. */
function shown(name: string): Run[][] {
  const runs = new Map<string, Run[]>();
  for (let run = 0; run < Number(values.runs); run += 1) {
    const load = loadavg()[0] ?? 0;
    for (const figure of measureApart(root, name)) {
      runs.set(figure.name, [...(runs.get(figure.name) ?? []), { figure, load }]);
      process.stdout.write(`${lineOf(figure)}; load ${load.toFixed(1)}\n`);
    }
  }
  return [...runs.values()];
}

function lineOf({ name, value, target, measured, met }: Figure): string {
  const rounded = Number(value.toPrecision(3)).toLocaleString('en').padStart(9);
  return `${met ? 'met   ' : 'MISSED'} ${name.padEnd(44)} ${rounded}  (${target})  ${measured}`;
}
