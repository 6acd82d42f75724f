import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
} from 'yaml';
import { ConfigError, isNoSuchFile, messageOf, storageFault } from '../../core/errors.ts';
import { lowerFirst, shorten } from '../suggest.ts';

/** Keys and indexes that lead from the top of the data to a value. */
export type Path = readonly PropertyKey[];

/** A place in a file; both counted from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Finding extends Position {
  readonly message: string;
}

/** Parsed YAML that knows the position of each value. `findings` is not empty when it cannot be used. */
export interface Yaml {
  readonly file: string;
  readonly data: unknown;
  readonly findings: readonly Finding[];
  /** Old words, in whose place `data` has the new ones. */
  readonly renamed: readonly Finding[];
  /** Position of the key or value at `path`; of the nearest thing around it when there is none. */
  at(path: Path, part?: 'key' | 'value'): Position;
}

const maxBytes = 1_000_000;
// Size of an anchor times its uses, as the parser counts it: more is an attack.
const maxUnfolded = 100;
const start: Position = { line: 1, column: 1 };

/** Reads a YAML file of at most 1 MB. Errors: ConfigError when it cannot be read at all; faults inside it are `findings`. */
export function readYaml(file: string): Yaml {
  const bytes = readBytes(file);
  if (bytes.length > maxBytes) return unusable(file, 'the file is larger than 1 MB: refused');
  try {
    return parseYaml(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return unusable(file, 'the file is not UTF-8 text');
    throw error;
  }
}

/** Parses a YAML text; `file` is its name in messages. */
export function parseYaml(file: string, text: string): Yaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    stringKeys: true,
  });
  const position = (index: number): Position => {
    const { line, col } = lines.linePos(index);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const at: Yaml['at'] = (path, part = 'value') => position(offsetOf(document, path, part));
  const faults = syntaxFaults(document) ?? structureFaults(document, (found) => position(found).line);
  const findings = faults.map((fault) => ({ ...position(fault.offset), message: fault.message }));
  if (findings.length > 0) return { file, data: null, findings, renamed: [], at };
  try {
    return { file, data: document.toJS({ maxAliasCount: maxUnfolded }) as unknown, findings: [], renamed: [], at };
  } catch {
    const message = 'the aliases (`*name`) in this file unfold to too much: refused';
    return { file, data: null, findings: [{ ...position(firstAlias(document)), message }], renamed: [], at };
  }
}

/** The name of a path in messages: `name`, `corpus[0]`. */
export function nameOf(path: Path): string {
  const last = path.at(-1);
  return typeof last === 'number' ? `${String(path.at(-2) ?? '')}[${last}]` : String(last ?? '');
}

/** Undefined where the path leads nowhere. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** The list at a path; empty where there is none. */
export function arrayAt(data: unknown, path: Path): readonly unknown[] {
  const value = valueAt(data, path);
  return Array.isArray(value) ? value : [];
}

function unusable(file: string, message: string): Yaml {
  return { file, data: null, findings: [{ ...start, message }], renamed: [], at: () => start };
}

// Reads one byte more than allowed, so that a pipe or a growing file cannot fill the memory.
function readBytes(file: string): Uint8Array {
  try {
    const handle = openSync(file, 'r');
    try {
      if (fstatSync(handle).isDirectory()) throw new Error('it is a folder');
      const buffer = new Uint8Array(maxBytes + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < buffer.length; length += read) {
        read = readSync(handle, buffer, length, buffer.length - length, null);
      }
      return buffer.subarray(0, length);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const message = isNoSuchFile(error) ? 'no such file' : `cannot be read: ${storageFault(error) ?? messageOf(error)}`;
    throw new ConfigError([`${file}:1:1: ${message}`], { cause: error });
  }
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let key = offset(node);
  let value = key;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const pair: Pair | undefined = isMap(node) ? node.items.find((item) => keyOf(item) === String(step)) : undefined;
    const item: unknown = isSeq(node) ? node.items[Number(step)] : undefined;
    if (pair === undefined && item === undefined) return value;
    key = offset(pair?.key ?? item);
    node = pair === undefined ? item : pair.value;
    value = isEmpty(node) ? key : offset(node);
  }
  return part === 'key' ? key : value;
}

// A key without a value has an empty scalar somewhere after the colon: point at the key instead.
function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.range?.[0] === node.range?.[1]);
}

/** Something wrong at an offset of the text. */
interface Fault {
  readonly offset: number;
  readonly message: string;
}

const maxDepth = 64;
// Aliases are good for repeating an entry; looking one up takes the time of reading the whole file.
const maxAliases = 200;
const maxSyntaxFaults = 20;
const tooDeep = `nested more than ${maxDepth} deep: refused`;

/** Syntax errors; null when there are none. */
function syntaxFaults(document: Document.Parsed): Fault[] | null {
  const tab = document.errors.find(({ code }) => code === 'TAB_AS_INDENT');
  if (tab !== undefined)
    return [{ offset: tab.pos[0], message: 'not valid YAML: a tab as indentation; use spaces, in all of the file' }];
  const faults = [...document.errors, ...document.warnings];
  // The parser catches its own stack overflow and reports it at each level that it unwinds.
  const overflow = faults.find(({ message }) => message.startsWith('Maximum call stack'));
  if (overflow) return [{ offset: overflow.pos[0], message: tooDeep }];
  if (faults.length === 0) return null;
  const first = faults.slice(0, maxSyntaxFaults);
  return first.map(({ pos, message }) => ({ offset: pos[0], message: syntaxMessage(message) }));
}

/** Valid YAML that is refused: duplicate keys (the parser's own check takes quadratic time), too deep, too many aliases. */
function structureFaults(document: Document.Parsed, lineOf: (offset: number) => number): Fault[] {
  const faults: Fault[] = [];
  const aliases: Alias[] = [];
  for (const { node, depth } of nodes(document)) {
    if (depth > maxDepth) return [{ offset: offset(node), message: tooDeep }];
    if (isMap(node)) faults.push(...duplicateKeys(node.items, lineOf));
    else if (isAlias(node)) aliases.push(node);
  }
  if (aliases.length > maxAliases) {
    return [{ offset: offset(aliases[0]), message: `more than ${maxAliases} aliases (\`*name\`): refused` }];
  }
  for (const alias of aliases) {
    if (alias.resolve(document)) continue;
    faults.push({ offset: offset(alias), message: `alias \`*${shorten(alias.source)}\` names no anchor before it` });
  }
  return faults;
}

/** Offset of the first alias. */
function firstAlias(document: Document.Parsed): number {
  for (const { node } of nodes(document)) if (isAlias(node)) return offset(node);
  return 0;
}

function offset(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

/** All nodes in the order of the text; aliases are not followed. */
function* nodes(document: Document.Parsed): Iterable<{ node: unknown; depth: number }> {
  const open: { node: unknown; depth: number }[] = [{ node: document.contents, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    for (const node of inside(next.node).toReversed()) open.push({ node, depth: next.depth + 1 });
  }
}

function inside(node: unknown): readonly unknown[] {
  if (isSeq(node)) return node.items;
  return isMap(node) ? node.items.map(({ value }) => value) : [];
}

function duplicateKeys(pairs: readonly Pair[], lineOf: (offset: number) => number): Fault[] {
  const seen = new Map<string, number>();
  const faults: Fault[] = [];
  for (const pair of pairs) {
    const key = keyOf(pair);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, offset(pair.key));
      continue;
    }
    const message = `duplicate key \`${shorten(key)}\` (first on line ${lineOf(first)})`;
    faults.push({ offset: offset(pair.key), message });
  }
  return faults;
}

function syntaxMessage(message: string): string {
  if (message.includes('multiple documents')) return 'a second document begins here (`---`): expected one in a file';
  return `not valid YAML: ${lowerFirst(shorten(message, 200))}`;
}
