import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormatName } from './formats/index.ts';

export interface Item {
  readonly source: string;
  readonly format: FormatName;
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly offset: number;
  readonly firstRow: number;
  /** Bytes of the path that are read so far. */
  readonly consumed: number;
}

export interface Reject {
  readonly source: string;
  readonly position: string;
  readonly reason: string;
}

export type Reading = { readonly item: Item } | { readonly reject: Reject };

export interface ReadOptions {
  readonly format?: FormatName;
  readonly signal: AbortSignal;
  readonly after?: { readonly sequence: number; readonly offset: number; readonly firstRow: number };
}

export async function* readSource(path: string, options: ReadOptions): AsyncIterable<Reading> {
  if ((await stat(path)).isDirectory()) yield* readFolder(path, options);
  else if (path.endsWith('.csv')) yield* readDump(path, options);
  else yield* readFiles([path], options);
}

export async function sizeOf(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const sizes = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function* readFolder(path: string, options: ReadOptions): AsyncIterable<Reading> {
  const names = (await readdir(path)).toSorted();
  yield* readFiles(
    names.map((name) => join(path, name)),
    options,
  );
}

async function* readFiles(files: readonly string[], { signal, after }: ReadOptions): AsyncIterable<Reading> {
  let consumed = 0;
  for (const [sequence, source] of files.entries()) {
    signal.throwIfAborted();
    const bytes = await readFile(source);
    consumed += bytes.length;
    if (after !== undefined && sequence <= after.sequence) continue;
    const format = bytes.includes("class='cable'") ? 'viewer' : bytes.includes('Reference ID') ? 'blog' : 'message';
    if (bytes.length === 0) yield { reject: { source, position: '', reason: 'empty' } };
    else yield { item: { source, format, bytes, sequence, offset: 0, firstRow: 0, consumed } };
  }
}

const chunkBytes = 256 * 1024;

async function* readDump(path: string, { signal, after }: ReadOptions): AsyncIterable<Reading> {
  let offset = after?.offset ?? 0;
  let firstRow = after?.firstRow ?? 1;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, {
    start: offset,
    signal,
    highWaterMark: chunkBytes,
  }) as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= chunkBytes) {
      const { end, rows } = lastRowEnd(held.subarray(0, chunkBytes));
      if (end === 0) break;
      const isAfter = after === undefined || offset > after.offset;
      const bytes = Uint8Array.from(held.subarray(0, end));
      if (isAfter)
        yield { item: { source: path, format: 'dump', bytes, sequence: 0, offset, firstRow, consumed: offset + end } };
      offset += end;
      firstRow += rows;
      held = held.subarray(end);
    }
  }
  if (held.length > 0 && (after === undefined || offset > after.offset))
    yield {
      item: {
        source: path,
        format: 'dump',
        bytes: Uint8Array.from(held),
        sequence: 0,
        offset,
        firstRow,
        consumed: offset + held.length,
      },
    };
}

function lastRowEnd(bytes: Buffer): { end: number; rows: number } {
  let quoted = false;
  let [end, rows] = [0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x5c) at += 1;
    else if (byte === 0x22) quoted = !quoted;
    else if (byte === 0x0a && !quoted) [end, rows] = [at + 1, rows + 1];
  }
  return { end, rows };
}
