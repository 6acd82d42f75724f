import { messageOf } from '../../../core/errors.ts';
import type { CorpusFormat, Portion, ReadCable, Readout, Reject } from './format.ts';
import { readObject } from './json-rows.ts';
import { textOf } from './text.ts';

/** One JSON document: a cable object, an array of them, or leakfeed's answer `{"cables": [...]}`. */
export const json: CorpusFormat = {
  scanner: null,
  begins: (head) => /^\uFEFF?\s{0,99}(?:\{\s{0,99}["}]|\[\s{0,99}[{\]])/.test(head),
  read: readDocument,
};

function readDocument({ source, bytes }: Portion): Readout {
  return readJson(bytes, source, '');
}

/** Reads the cables of a JSON value at `position` of `source`. */
export function readJson(bytes: Uint8Array, source: string, position: string): Readout {
  const parsed = parseJson(bytes);
  if ('reason' in parsed) return { cables: [], rejects: [{ source, position, reason: parsed.reason }] };
  const cables: ReadCable[] = [];
  const rejects: Reject[] = [];
  const { values, many } = cablesIn(parsed.value);
  for (const [index, value] of values.entries()) {
    const read = readObject(value);
    const place = many ? [position, `element ${index + 1}`].filter((part) => part !== '').join(', ') : position;
    if (typeof read === 'string') rejects.push({ source, position: place, reason: read });
    else cables.push(read);
  }
  return { cables, rejects };
}

function parseJson(bytes: Uint8Array): { readonly value: unknown } | { readonly reason: string } {
  const decoded = textOf(bytes);
  if ('reason' in decoded) return decoded;
  const fault = jsonFault(bytes);
  if (fault !== undefined) return { reason: fault };
  try {
    return { value: JSON.parse(decoded.text) };
  } catch (error) {
    return { reason: `no JSON: ${messageOf(error)}` };
  }
}

function cablesIn(value: unknown): { values: readonly unknown[]; many: boolean } {
  if (Array.isArray(value)) return { values: value, many: true };
  if (typeof value === 'object' && value !== null && 'cables' in value && Array.isArray(value.cables))
    return { values: value.cables, many: true };
  return { values: [value], many: false };
}

/** Cables nest two deep: an object in an array, and its tags. */
const maxDepth = 32;
/** 64 MB of `{},` would need a gigabyte once parsed. */
const maxContainers = 1_000_000;

/** Says why these bytes cannot be parsed as JSON in reasonable memory; undefined if they can. */
function jsonFault(bytes: Uint8Array): string | undefined {
  let depth = 0;
  let containers = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quoteMark) at = stringEnd(bytes, at);
    else if (byte === openObject || byte === openArray) {
      depth += 1;
      containers += 1;
      if (depth > maxDepth) return `JSON nested more than ${maxDepth} deep, at byte ${at} of it`;
      if (containers > maxContainers) return `JSON of more than ${maxContainers} objects and arrays`;
    } else if (byte === closeObject || byte === closeArray) depth -= 1;
  }
  return undefined;
}

const quoteMark = 0x22;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quoteMark) at += bytes[at] === backslash ? 2 : 1;
  return at;
}
