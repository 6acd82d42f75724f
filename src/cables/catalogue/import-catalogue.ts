import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Chunks, gunzipped, peeked } from '../corpus/sources/chunks.ts';
import { canonicalReferenceId, isMalformed } from '../ids/reference-id.ts';
import { encodeList } from './list-file.ts';

/** The result of an import. */
export interface Imported {
  readonly imported: number;
  /** `FILE:LINE: what is wrong`, the first thousand. */
  readonly rejects: readonly string[];
  /** Of the source as it is, packed or not. */
  readonly sha256: string;
}

/** A list of all cables has 4 MB. */
const maxBytes = 256 * 1024 * 1024;
const maxRejects = 1000;
const progressEvery = 10_000;

/** Bytes of a list, with its name. */
interface Source {
  readonly name: string;
  readonly bytes: Chunks;
}

interface ImportOptions {
  /** Expected checksum of the source, in hexadecimal. */
  readonly sha256?: string | undefined;
  /** Number of IDs that the list has; with fewer it is incomplete. */
  readonly atLeast?: number;
  /** Receives the count so far. */
  readonly progress?: (count: number) => void;
}

/**
 * Reads a list of published IDs (`07ASTANA2244,8`; csv or csv.gz, with or without a header, month optional) and replaces `target`
 * atomically. The source is bytes or a file; `-` is standard input. Errors: the source cannot be read, is a page, has too few IDs or another
 * checksum; the target cannot be written.
 */
export async function importCatalogue(
  source: Source | string,
  target: string,
  { sha256, atLeast = 1, progress = () => undefined }: ImportOptions = {},
): Promise<Imported> {
  const { name, bytes } = typeof source === 'string' ? opened(source) : source;
  const months = new Map<string, number>();
  const rejects: string[] = [];
  const reject = (line: number, reason: string): void => {
    if (rejects.length < maxRejects) rejects.push(`${name}:${line}: ${reason}`);
  };
  let columns: Columns | undefined;
  const sum = await readRows({ name, bytes }, (cells, line) => {
    columns ??= columnsOf(cells);
    if (months.size === 0 && /^\s*</.test(cells[0] ?? ''))
      throw new Error(`${name}: a page of HTML, not a list of IDs`);
    if (line === 1 && columns.header) return;
    const entry = entryOf(cells, columns);
    if (typeof entry === 'string') return reject(line, entry);
    months.set(entry.id, entry.month);
    if (months.size % progressEvery === 0) progress(months.size);
  });
  if (sha256 !== undefined && sum !== sha256.toLowerCase())
    throw new Error(`${name}: not the expected list: its SHA-256 is ${sum}, not ${sha256.toLowerCase()}`);
  if (months.size === 0) throw new Error(`${name}: no reference ID in it; expected lines such as 07ASTANA2244,8`);
  if (months.size < atLeast)
    throw new Error(`${name}: the list is incomplete: it has ${months.size} reference IDs of ${atLeast}`);
  await writeWhole(target, encodeList(months));
  progress(months.size);
  return { imported: months.size, rejects, sha256: sum };
}

function opened(file: string): Source {
  return { name: file, bytes: file === '-' ? process.stdin : createReadStream(file) };
}

type Row = (cells: readonly string[], line: number) => void;

/** Reads every row and returns the checksum of the bytes. */
async function readRows({ name, bytes }: Source, row: Row): Promise<string> {
  const hash = createHash('sha256');
  await using packed = await peeked(
    tapped(bytes, (chunk) => void hash.update(chunk)),
    2,
  );
  const isGzip = packed.head[0] === 0x1f && packed.head[1] === 0x8b;
  let total = 0;
  const bounded = tapped(isGzip ? gunzipped(packed.all) : packed.all, (chunk) => {
    total += chunk.length;
    if (total > maxBytes) throw new Error(`${name}: more than 256 MB; a full catalogue has 4 MB`);
  });
  let number = 0;
  for await (const line of linesOf(bounded)) {
    number += 1;
    if (line.trim() !== '') row(cellsOf(line), number);
  }
  return hash.digest('hex');
}

/** Passes all chunks through after a callback. */
async function* tapped(chunks: Chunks, onChunk: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onChunk(chunk);
    yield chunk;
  }
}

/** The lines of a UTF-8 text, without their line breaks and the byte order mark; a longer line than any of a list is cut. */
async function* linesOf(chunks: Chunks): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split(/\r?\n/);
    rest = (lines.pop() ?? '').slice(0, maxLineLength);
    yield* lines;
  }
  yield rest;
}

const maxLineLength = 10_000;

/** The cells of a line. A quoted one may hold commas, and `""` for a quote. */
function cellsOf(line: string): string[] {
  const cells = `,${line}`.matchAll(/,\s*(?:"((?:[^"]|"")*)"[^,]*|([^,]*))/g);
  return Array.from(cells, ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain.trim());
}

interface Columns {
  readonly id: number;
  readonly month: number;
  readonly header: boolean;
}

function columnsOf(cells: readonly string[]): Columns {
  if (canonicalReferenceId(cells[0] ?? '') !== undefined) return { id: 0, month: 1, header: false };
  const find = (pattern: RegExp): number => cells.findIndex((cell) => pattern.test(cell));
  const id = find(/\b(?:id|reference|canonical)/i);
  return id === -1 ? { id: 0, month: 1, header: false } : { id, month: find(/month|created|date/i), header: true };
}

function entryOf(cells: readonly string[], columns: Columns): { id: string; month: number } | string {
  const written = (cells[columns.id] ?? '').toUpperCase();
  const right = canonicalReferenceId(written);
  if (right === undefined) return `not a reference ID: ${written.slice(0, 60)}`;
  const month = monthOf(cells[columns.month] ?? '');
  if (month === undefined) return `not a month: ${(cells[columns.month] ?? '').slice(0, 60)}`;
  return { id: isMalformed(written) ? written : right, month };
}

/** `8`, `08` or `2007-08-19`; 0 if empty. */
function monthOf(written: string): number | undefined {
  if (written === '') return 0;
  const digits = /^(?:\d{4}-)?(\d{1,2})(?:-\d\d.*)?$/.exec(written)?.[1];
  const month = Number(digits);
  return month >= 1 && month <= 12 ? month : undefined;
}

/** Atomic: writes a temporary file, then renames it. */
async function writeWhole(target: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}.part`;
  try {
    await using file = await open(draft, 'w');
    await file.writeFile(bytes);
    await file.sync();
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
