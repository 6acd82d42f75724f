import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { canonicalReferenceId, isMalformed } from '../ids/reference-id.ts';
import { encodeList } from './list-file.ts';

/** The result of an import. */
export interface Imported {
  readonly imported: number;
  /** `FILE:LINE: what is wrong`, the first thousand. */
  readonly rejects: readonly string[];
}

/** A list of all cables has 4 MB. */
const maxBytes = 256 * 1024 * 1024;
const maxRejects = 1000;
const progressEvery = 10_000;

/** Bytes of a list, with its name. */
interface Source {
  readonly name: string;
  readonly bytes: Readable;
}

interface ImportOptions {
  /** Expected checksum of the source, in hexadecimal. */
  readonly sha256?: string | undefined;
  /** Receives the count so far. */
  readonly progress?: (count: number) => void;
}

/**
 * Reads a list of published IDs (`07ASTANA2244,8`; csv or csv.gz, with or without a header, month optional) and replaces `target`
 * atomically. The source is bytes or a file; `-` is standard input. Errors: the source cannot be read, has no ID or another checksum;
 * the target cannot be written.
 */
export async function importCatalogue(
  source: Source | string,
  target: string,
  { sha256, progress = () => undefined }: ImportOptions = {},
): Promise<Imported> {
  const { name, bytes } = typeof source === 'string' ? opened(source) : source;
  const months = new Map<string, number>();
  const rejects: string[] = [];
  const reject = (line: number, reason: string): void => {
    if (rejects.length < maxRejects) rejects.push(`${name}:${line}: ${reason}`);
  };
  let columns: Columns | undefined;
  const sum = await readRows({ name, bytes }, reject, (cells, line) => {
    columns ??= columnsOf(cells);
    if (line === 1 && columns.header) return;
    const entry = entryOf(cells, columns);
    if (typeof entry === 'string') return reject(line, entry);
    months.set(entry.id, entry.month);
    if (months.size % progressEvery === 0) progress(months.size);
  });
  if (sha256 !== undefined && sum !== sha256.toLowerCase())
    throw new Error(`${name}: not the expected list: its SHA-256 is ${sum}, not ${sha256.toLowerCase()}`);
  if (months.size === 0) throw new Error(`${name}: no reference ID in it; expected lines such as 07ASTANA2244,8`);
  await writeWhole(target, encodeList(months));
  progress(months.size);
  return { imported: months.size, rejects };
}

function opened(file: string): Source {
  return { name: file, bytes: file === '-' ? process.stdin : createReadStream(file) };
}

type Row = (cells: readonly string[], line: number) => void;

/** Reads every row and returns the checksum of the bytes. */
async function readRows(
  { name, bytes }: Source,
  reject: (line: number, reason: string) => void,
  row: Row,
): Promise<string> {
  // Loaded on demand: a running bot never imports a list.
  const { parse } = await import('csv-parse');
  const rows = parse({
    bom: true,
    trim: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: 10_000,
  });
  rows.on('skip', (error) => reject(Number(error?.['lines'] ?? 0), 'this line cannot be read as CSV'));
  const take = async (records: AsyncIterable<{ record: string[]; info: { lines: number } }>): Promise<void> => {
    for await (const { record, info } of records) row(record, info.lines);
  };
  const hash = createHash('sha256');
  const hashed = tapped((chunk) => void hash.update(chunk));
  if (await isGzip(bytes)) await pipeline(bytes, hashed, createGunzip(), bounded(name), rows, take);
  else await pipeline(bytes, hashed, bounded(name), rows, take);
  return hash.digest('hex');
}

/** Reads the first bytes and puts them back: the source may be a pipe. */
async function isGzip(bytes: Readable): Promise<boolean> {
  await once(bytes, 'readable');
  const head: unknown = bytes.read();
  if (!Buffer.isBuffer(head)) return false;
  bytes.unshift(head);
  return head[0] === 0x1f && head[1] === 0x8b;
}

function bounded(name: string): Transform {
  let bytes = 0;
  return tapped((chunk) => {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`${name}: more than 256 MB; a full catalogue has 4 MB`);
  });
}

/** Passes all chunks through after a callback. */
function tapped(onChunk: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        onChunk(chunk);
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
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
