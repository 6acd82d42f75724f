import { z } from 'zod';
import { messageOf } from '../../../core/errors.ts';
import { canonicalReferenceId } from '../../ids/reference-id.ts';
import { readCopy } from '../../parse/parse-cable.ts';
import type { CableCopy } from '../../parse/raw-cable.ts';
import { bodyLines } from '../../parse/viewer-page.ts';
import {
  type CorpusFormat,
  type ReadCable,
  type Readout,
  readRows,
  type RecordScanner,
  type Reject,
  rejected,
  textOf,
} from './format.ts';

/** One JSON document: a cable object, an array of them, or leakfeed's answer `{"cables": [...]}`. */
export const json: CorpusFormat = {
  scanner: null,
  begins: (head) => /^\uFEFF?\s{0,99}(?:\{\s{0,99}["}]|\[\s{0,99}[{\]])/.test(head),
  read: ({ source, bytes }) => readJson(bytes, source, ''),
};

/** One cable object per line. A file with a first line longer than the sniffed beginning also counts: it can be read in bounded memory. */
export const jsonl: CorpusFormat = {
  scanner: () => new LineScanner(),
  begins: (head) => /^\uFEFF?\s{0,99}\{/.test(head) && isWhole(head.trimStart().split('\n', 1)[0] ?? '', head),
  read: (portion) => readRows(portion, new LineScanner(), (line, position) => readJson(line, portion.source, position)),
};

function isWhole(line: string, head: string): boolean {
  return line.trimEnd().endsWith('}') || !head.trim().includes('\n');
}

/** Finds rows of one line each. */
export class LineScanner implements RecordScanner {
  #at = 0;

  end(bytes: Buffer, start: number, isLast: boolean): number | 'more' {
    const lineBreak = bytes.indexOf(lineFeed, start + this.#at);
    if (lineBreak === -1 && !isLast) {
      this.#at = bytes.length - start;
      return 'more';
    }
    this.#at = 0;
    return lineBreak === -1 ? bytes.length : lineBreak + 1;
  }

  resync(bytes: Buffer, from: number): { at: number; found: boolean } {
    this.#at = 0;
    const lineBreak = bytes.indexOf(lineFeed, from);
    return lineBreak === -1 ? { at: bytes.length, found: false } : { at: lineBreak + 1, found: true };
  }
}

const lineFeed = 0x0a;

/** Reads the cables of a JSON value at `position` of `source`. */
function readJson(bytes: Uint8Array, source: string, position: string): Readout {
  const parsed = parseJson(bytes);
  if ('reason' in parsed) return rejected(source, position, parsed.reason);
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

const text = z.string().nullish();
const id = z.union([z.string(), z.number()]).nullish();

/**
 * A cable as an object: of leakfeed (`identifier`, `subject`, `date_sent`, `released`, `office`, `tags`), of typecode's rows
 * (`reference_id`, `date_time`, `origin`), of cablegate_semnet (`id`, `content`, `label`). Other fields are ignored.
 */
const CableObject = z.object({
  identifier: id,
  reference_id: id,
  id,
  _id: id,
  subject: text,
  label: text,
  date_sent: text,
  date_time: text,
  released: text,
  classification: text,
  origin: text,
  office: text,
  header: text,
  body: text,
  content: text,
  tags: z.union([z.array(z.string()), z.string()]).nullish(),
});
type CableObject = z.infer<typeof CableObject>;

/** Reads a parsed object into a cable, or returns a sentence why it is none. */
function readObject(value: unknown): ReadCable | string {
  const parsed = CableObject.safeParse(value);
  if (!parsed.success) return `no cable object: ${faultOf(parsed.error)}`;
  const copy = copyOf(parsed.data);
  if (typeof copy === 'string') return copy;
  const cable = readCopy(copy, undefined);
  return typeof cable === 'string' ? cable : { cable, body: copy.body.join('\n'), number: null };
}

function faultOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined || issue.path.length === 0
    ? 'not an object'
    : `"${issue.path.map(String).join('.')}" is of a wrong type`;
}

function copyOf(cable: CableObject): CableCopy | string {
  const writtenId = idOf(cable);
  if (writtenId === undefined) return 'no cable object: it has no "identifier", "reference_id" or "id"';
  const body = cable.body ?? cable.content ?? '';
  if (body.trim() === '') return `${writtenId.slice(0, 60)} has no "body" or "content"`;
  const title = cable.subject ?? cable.label;
  return {
    writtenId,
    title: title === writtenId ? null : title?.trim() || null,
    created: cable.date_sent ?? cable.date_time ?? null,
    released: cable.released ?? null,
    classification: cable.classification?.trim() || null,
    origin: (cable.origin ?? cable.office)?.trim() || null,
    header: bodyLines(cable.header ?? '')
      .join('\n')
      .trim(),
    body: bodyLines(body.trimEnd()),
    cutShort: false,
    listed: { references: [], tags: tagsOf(cable) },
  };
}

/** Databases put their own keys into `_id` or `id`: the first value that is a cable's ID counts. */
function idOf({ identifier, reference_id, id: own, _id }: CableObject): string | undefined {
  const written = [identifier, reference_id, own, _id].flatMap((each) =>
    each === null || each === undefined ? [] : [String(each)],
  );
  return written.find((each) => canonicalReferenceId(each) !== undefined) ?? written[0];
}

function tagsOf({ tags }: CableObject): readonly string[] {
  return typeof tags === 'string' ? tags.split(';') : (tags ?? []);
}
