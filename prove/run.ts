// Runs the long proofs: npm run prove -- --help.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { refuseArguments, scriptArguments } from '../test/support/script.ts';
import { certainty } from './certainty.ts';
import { chaos } from './chaos.ts';
import { fallback } from './fallback.ts';
import { growth } from './growth.ts';
import { ids } from './ids.ts';
import { killedImports } from './import-kills.ts';
import { fallbackKills, killMatrix } from './kill-matrix.ts';
import { kills } from './kills.ts';
import { mutants } from './mutants.ts';
import { installing } from './package/install.ts';
import type { Part, Proof } from './proof.ts';
import { repair } from './repair.ts';
import { soaking } from './soak.ts';
import { storm } from './storm.ts';

const proofs: readonly Proof[] = [
  ids,
  repair,
  certainty,
  growth,
  kills,
  killedImports,
  killMatrix,
  fallbackKills,
  chaos,
  storm,
  fallback,
  mutants,
  installing,
  soaking,
];

const usage = `Usage: npm run prove [NAME...]
       npm run prove mutants -- [--only MUTANT]... [--sample COUNT] [--seed NUMBER]

Runs the proofs, all or those that are named, and writes prove/results/NAME.json. Some take hours.
Names: ${proofs.map(({ name }) => name).join(', ')}

Options of mutants, which then writes no results:
  --only MUTANT   only this mutant of prove/mutants; more than once: each of them
  --sample COUNT  so many of them, by chance
  --seed NUMBER   the chance of an earlier run`;

const { wanted, part } = readArguments();
const unknown = wanted.filter((name) => !proofs.some((proof) => proof.name === name));
if (unknown.length > 0) refuseArguments(usage, `Unknown proof ${unknown.join(', ')}`);
if (part !== undefined && wanted.join() !== mutants.name)
  refuseArguments(usage, `--only, --sample and --seed are for ${mutants.name}`);
for (const proof of proofs) {
  if (wanted.length > 0 && !wanted.includes(proof.name)) continue;
  const result = await proof.run((line) => process.stdout.write(`  ${proof.name}: ${line}\n`), part);
  process.stdout.write(`${result.holds ? 'holds ' : 'FAILS '} ${proof.name}\n`);
  if (!result.holds) process.exitCode = 1;
  if (part === undefined) save(proof.name, result);
}

function readArguments(): { wanted: string[]; part: Part | undefined } {
  const { values, positionals } = scriptArguments(usage, {
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true }, sample: { type: 'string' }, seed: { type: 'string' } },
  });
  const { only, sample, seed } = values;
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const all = Object.keys(values).length === 0;
  return { wanted: positionals, part: all ? undefined : { only, sample: number(sample), seed: number(seed) } };
}

function save(name: string, result: object): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    new URL(`${name}.json`, folder),
    `${JSON.stringify({ commit, node: process.version, ...result }, null, 2)}\n`,
  );
}
