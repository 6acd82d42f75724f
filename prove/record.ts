// Records the outward behaviour of the program: npm run record -- --help.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { refuseArguments, scriptArguments } from '../test/support/script.ts';
import { compare } from './record/compare.ts';
import { help, samples, schemas } from './record/commands.ts';
import { type Item, stable } from './record/item.ts';
import { afterOnce } from './record/ledger.ts';
import { openProgram } from './record/program.ts';

const usage = `Usage: npm run record FOLDER
       npm run record -- --compare OLD NEW [--renamed TABLE.tsv]

Writes the outward behaviour of the program into FOLDER, one text file an item. Two runs of the same code write the same.

Options:
  --compare             print what differs between two records; exit code 1 if anything does
  --renamed TABLE.tsv   beyond these renamed words: lines OLD<TAB>NEW`;
const { values, positionals } = scriptArguments(usage, {
  allowPositionals: true,
  options: { compare: { type: 'boolean' }, renamed: { type: 'string' } },
});
const [first, second] = positionals;

if (values.compare === true && first !== undefined && second !== undefined) {
  process.exitCode = compare(first, second, values.renamed);
} else if (values.compare !== true && first !== undefined && second === undefined) {
  for await (const item of items()) write(first, item);
} else {
  refuseArguments(usage, 'Expected a folder, or --compare and two');
}

async function* items(): AsyncIterable<Item> {
  await using program = openProgram();
  yield* help(program);
  yield* schemas(program);
  yield* samples(program);
  yield* afterOnce(program);
}

function write(folder: string, item: Item): void {
  const { name, text } = stable(item);
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`${name}\n`);
}
