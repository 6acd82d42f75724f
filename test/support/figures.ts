import { basename, dirname } from 'node:path';
import { type Function as AnyFunction, type ArrowFunctionExpression, type Node, Visitor } from 'oxc-parser';
import type { Import } from './imports.ts';
import { lineAt, linesOf, type Source } from './source.ts';

/** Limits of the house; a test or a reviewer says what follows from each. */
export const limits = {
  smallFile: 30,
  longFile: 250,
  longFunction: 40,
  longestFunction: 60,
  filesPerFolder: 20,
  // A third of them are migrations and what else every ledger needs.
  lightReach: 70,
};

/** Commands that look into the ledger or stop the bot: they must start fast, and work when the rest does not. */
export const lightCommands = [
  'audit',
  'consent',
  'digest',
  'forget',
  'ledger',
  'links',
  'pause',
  'rejects',
  'replies',
  'review',
];

/**
 * The files that Node loads for a command before it does anything: static imports of values, directly or through others.
 * Without a command: for the program's own help and version.
 */
export function reachOf(command: string | undefined, imports: readonly Import[]): string[] {
  const targets = targetsByFile(imports.filter(({ isStatic }) => isStatic));
  const starts = ['src/cli.ts', ...(command === undefined ? [] : [`src/cli/commands/${command}.ts`])];
  return [...new Set(starts.flatMap((file) => [file, ...reachableFrom(file, targets)]))].toSorted();
}

/** The one folder that may hold any number of files: a file a command. */
const openFolders = new Set(['src/cli/commands']);

/** Names that are given elsewhere: a platform's parts, a command's name, a worker's queue. */
const givenNames = [
  /^src\/platforms\/[^/]+\/(config|driver|feed|stream|publisher|client|wire|to-post|check|cursor|context)\.ts$/,
  /^src\/cli\/commands\//,
  /^workers\/[^/]+$/,
  /\/index\.ts$/,
];

/** Groups of files that import each other, directly or through others. An import of a type counts. */
export function importCircles(imports: readonly Import[]): string[][] {
  const targets = targetsByFile(imports);
  const reachable = new Map([...targets.keys()].map((file) => [file, reachableFrom(file, targets)]));
  const groups = new Map<string, string[]>();
  for (const [file, others] of reachable) {
    if (!others.has(file)) continue;
    const group = [...others].filter((other) => reachable.get(other)?.has(file)).toSorted();
    groups.set(group.join(), group);
  }
  return [...groups.values()];
}

type Targets = ReadonlyMap<string, readonly string[]>;

function targetsByFile(imports: readonly Import[]): Targets {
  const inProject = Map.groupBy(
    imports.filter((one) => one.inProject),
    ({ file }) => file,
  );
  return new Map([...inProject].map(([file, found]) => [file, found.map(({ target }) => target)]));
}

function reachableFrom(start: string, targets: Targets): Set<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const target of targets.get(file) ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      open.push(target);
    }
  }
  return seen;
}

/** Folders with more files than a reader takes in at once, and how many. */
export function crowdedFolders(files: readonly string[]): [folder: string, files: number][] {
  return [...Map.groupBy(files, dirname)]
    .map(([folder, inside]): [string, number] => [folder, inside.length])
    .filter(([folder, count]) => count > limits.filesPerFolder && !openFolders.has(folder));
}

/** Files whose base name stands three times or more: a search for the name finds the wrong file. */
export function repeatedNames(files: readonly string[]): [name: string, files: string[]][] {
  const counted = files.filter((file) => !givenNames.some((names) => names.test(file)));
  return [...Map.groupBy(counted, (file) => basename(file))].filter(([, same]) => same.length >= 3);
}

/** Short files that only one other file imports: most read better inside it. */
export function smallFilesWithOneImporter(
  sources: readonly Source[],
  imports: readonly Import[],
): { file: string; importer: string }[] {
  const importers = Map.groupBy(imports, ({ target }) => target);
  return sources.flatMap(({ file, text }) => {
    const [importer, ...others] = new Set(importers.get(file)?.map((one) => one.file));
    const fits = importer !== undefined && others.length === 0 && linesOf(text) < limits.smallFile;
    return fits ? [{ file, importer }] : [];
  });
}

/** One function of a source, nested ones included. */
export interface MeasuredFunction {
  readonly name: string;
  /** `file:line` */
  readonly place: string;
  readonly lines: number;
}

/** All functions of a source, with the name that the code around gives them. */
export function functionsOf({ file, text, program }: Source): MeasuredFunction[] {
  const names = new Map<Node, string>();
  const found: MeasuredFunction[] = [];
  const nameIt = (value: Node | null, { start, end }: Node) => value && names.set(value, text.slice(start, end));
  const measure = (node: AnyFunction | ArrowFunctionExpression) => {
    const name = node.id?.name ?? names.get(node) ?? '(anonymous)';
    found.push({ name, place: `${file}:${lineAt(text, node.start)}`, lines: linesOf(text, node) });
  };
  new Visitor({
    VariableDeclarator: ({ id, init }) => nameIt(init, id),
    Property: ({ key, value }) => nameIt(value, key),
    PropertyDefinition: ({ key, value }) => nameIt(value, key),
    MethodDefinition: ({ key, value }) => nameIt(value, key),
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(program);
  return found;
}

/** Places where a source gives up its types. */
export function anysOf({ file, text, program }: Source): string[] {
  const found: string[] = [];
  new Visitor({ TSAnyKeyword: ({ start }) => found.push(`${file}:${lineAt(text, start)}`) }).visit(program);
  return found;
}

/** Failpoints inside a `try`: a test's kill there, which throws, would be judged as a failure of what is tried. */
export function triedFailpoints({ file, text, program }: Source): string[] {
  const found: string[] = [];
  let depth = 0;
  new Visitor({
    TryStatement: () => void (depth += 1),
    'TryStatement:exit': () => void (depth -= 1),
    CallExpression: ({ callee, start }) => {
      const isFailpoint =
        callee.type === 'MemberExpression' && text.slice(callee.property.start, callee.end) === 'failpoint';
      if (depth > 0 && isFailpoint) found.push(`${file}:${lineAt(text, start)}`);
    },
  }).visit(program);
  return found;
}
