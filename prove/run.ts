// npm run prove [NAME...]: runs the long proofs and writes prove/results/NAME.json.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { chaos } from './chaos.ts';
import { ids } from './ids.ts';
import { killedImports } from './import-kills.ts';
import { killMatrix } from './kill-matrix.ts';
import { kills } from './kills.ts';
import { mutants } from './mutants.ts';
import type { Proof } from './proof.ts';
import { soaking } from './soak.ts';

const proofs: readonly Proof[] = [ids, kills, killedImports, killMatrix, chaos, mutants, soaking];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !proofs.some((proof) => proof.name === name));
if (unknown.length > 0) {
  process.stderr.write(`no proof ${unknown.join(', ')}; there are ${proofs.map(({ name }) => name).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const proof of proofs) {
    if (wanted.length > 0 && !wanted.includes(proof.name)) continue;
    const result = await proof.run((line) => process.stdout.write(`  ${proof.name}: ${line}\n`));
    process.stdout.write(`${result.holds ? 'holds ' : 'FAILS '} ${proof.name}\n`);
    if (!result.holds) process.exitCode = 1;
    save(proof.name, result);
  }
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
