// Sizes and shape of the sources: npm run figures -- --help.
import {
  anysOf,
  crowdedFolders,
  functionsOf,
  importCircles,
  lightCommands,
  limits,
  reachOf,
  repeatedNames,
  smallFilesWithOneImporter,
} from '../test/support/figures.ts';
import { importsUnder } from '../test/support/imports.ts';
import { scriptArguments } from '../test/support/script.ts';
import { linesOf, sourcesUnder } from '../test/support/source.ts';

const root = new URL('..', import.meta.url).pathname;
const folders = ['src', 'workers'];
const usage = `Usage: npm run figures [-- --list]

Prints sizes and shape of src and workers.

Options:
  --list  also print the places behind each figure`;
const { values } = scriptArguments(usage, { options: { list: { type: 'boolean', default: false } } });

const sources = sourcesUnder(root, folders);
const imports = importsUnder(root, folders);
const files = sources.map(({ file }) => file);
const functions = sources.flatMap(functionsOf).toSorted((a, b) => b.lines - a.lines);
const share = (part: readonly unknown[]) => `${((100 * part.length) / functions.length).toFixed(2)} %`;

const small = smallFilesWithOneImporter(sources, imports);
const over = functions.filter(({ lines }) => lines > limits.longFunction);
const farOver = functions.filter(({ lines }) => lines > limits.longestFunction);
const sizes = sources.map(({ file, text }) => ({ file, lines: linesOf(text) }));
const long = sizes.filter(({ lines }) => lines > limits.longFile);

show('files', files.length);
show(
  'lines',
  sizes.reduce((sum, { lines }) => sum + lines, 0),
);
show(
  `files under ${limits.smallFile} lines with one importer`,
  small,
  ({ file, importer }) => `${file} <- ${importer}`,
);
show(`files over ${limits.longFile} lines`, long, ({ file, lines }) => `${lines} ${file}`);
show('functions', functions.length);
show(`functions over ${limits.longFunction} lines (${share(over)})`, over, describe);
show(`functions over ${limits.longestFunction} lines (${share(farOver)})`, farOver, describe);
show('any', sources.flatMap(anysOf), String);
show('import circles', importCircles(imports), (circle) => circle.join(', '));
show(
  `folders over ${limits.filesPerFolder} files`,
  crowdedFolders(files),
  ([folder, count]) => `${String(count)} ${folder}`,
);
for (const command of lightCommands) show(`files that \`pilcrow ${command}\` loads`, reachOf(command, imports), String);
show('base names used three times or more', repeatedNames(files), ([name, same]) => `${name}: ${same.join(', ')}`);

function show(name: string, count: number): void;
function show<T>(name: string, found: readonly T[], line: (one: T) => string): void;
function show<T>(name: string, found: number | readonly T[], line: (one: T) => string = String): void {
  const count = typeof found === 'number' ? found : found.length;
  process.stdout.write(`${String(count).padStart(6)}  ${name}\n`);
  if (!values.list || typeof found === 'number') return;
  for (const one of found) process.stdout.write(`          ${line(one)}\n`);
}

function describe({ lines, name, place }: (typeof functions)[number]): string {
  return `${lines} ${name} ${place}`;
}
