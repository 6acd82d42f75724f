// npm run record FOLDER: writes the outward behaviour of the program into FOLDER, one text file an item. Two runs of the same code write the same.
// npm run record -- --compare OLD NEW --renamed TABLE.tsv: what differs between two records beyond the renamed words.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare } from './record/compare.ts';
import { help, samples, schemas } from './record/commands.ts';
import { type Item, stable } from './record/item.ts';
import { afterOnce } from './record/ledger.ts';
import { openProgram } from './record/program.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { compare: { type: 'boolean' }, renamed: { type: 'string' } },
});
const [first, second] = positionals;

if (values.compare === true && first !== undefined && second !== undefined) {
  process.exitCode = compare(first, second, values.renamed);
} else if (values.compare !== true && first !== undefined && second === undefined) {
  for await (const item of items()) write(first, item);
} else {
  process.stderr.write('usage: record FOLDER, or record --compare OLD NEW [--renamed TABLE.tsv]\n');
  process.exitCode = 2;
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
