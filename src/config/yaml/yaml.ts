import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import { ConfigError, isNoSuchFile, messageOf } from '../../core/errors.ts';
import type { Path } from './path.ts';
import { firstAlias, keyOf, offset, structureFaults, syntaxFaults } from './yaml-faults.ts';

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
    const message = isNoSuchFile(error) ? 'no such file' : `cannot be read: ${messageOf(error)}`;
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
