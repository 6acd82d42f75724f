import { stat } from 'node:fs/promises';
import { messageOf } from '../../core/errors.ts';
import type { FormatName, Portion, Reject } from './formats/index.ts';
import { piecesOfTar, piecesOfZip } from './sources/archives.ts';
import { gunzipped, type Peeked, peeked } from './sources/chunks.ts';
import { headBytes, packingOf, type Piece, piecesOf, refused, type Terms } from './sources/content.ts';
import { bytesOf, filesAt } from './sources/files.ts';
import { Allowance, defaultLimits, type Limits } from './sources/limits.ts';

/** The unit that a thread parses: a document, or whole rows of a dump (about 1 MB). */
export interface Item extends Portion {
  readonly format: FormatName;
  /** Number of earlier items of the same path. */
  readonly sequence: number;
  /** Bytes of the path read so far, before unpacking; equals `sizeOf` at the end. */
  readonly consumed: number;
}

export type Reading = { readonly item: Item } | { readonly reject: Reject };
export type { Reject } from './formats/index.ts';

export interface SourceOptions {
  /** Detected from the content if left out. */
  readonly format?: FormatName | undefined;
  readonly signal: AbortSignal;
  /** Continues an earlier reading of the same files with the same limits, which gave this number of items. */
  readonly skip?: number | undefined;
  /** Overrides the default limits, for tests. */
  readonly limits?: Partial<Limits> | undefined;
}

/**
 * Reads a file, an archive or a folder. The same files give the same items in the same order. Unreadable input becomes a reject, and the
 * rest is read; memory is bounded. Throws only the signal's reason.
 */
export async function* readSource(
  path: string,
  { format, signal, limits, skip = 0 }: SourceOptions,
): AsyncGenerator<Reading> {
  const reading = { consumed: 0, terms: { format, signal, limits: { ...defaultLimits, ...limits } } };
  let sequence = 0;
  for await (const piece of piecesAt(path, reading)) {
    signal.throwIfAborted();
    const isNew = sequence >= skip;
    if ('reject' in piece) {
      if (isNew) yield piece;
      continue;
    }
    if (isNew) yield { item: { ...piece, sequence, consumed: reading.consumed } };
    sequence += 1;
  }
}

/** Bytes to read at a path, for a progress bar. Throws if it does not exist. */
export async function sizeOf(path: string): Promise<number> {
  await stat(path);
  let size = 0;
  for await (const found of filesAt(path, defaultLimits)) size += 'file' in found ? found.size : 0;
  return size;
}

interface Running {
  readonly terms: Terms;
  consumed: number;
}

async function* piecesAt(path: string, reading: Running): AsyncGenerator<Piece> {
  const { terms } = reading;
  for await (const found of filesAt(path, terms.limits)) {
    terms.signal.throwIfAborted();
    if ('fault' in found) {
      yield refused(found.folder, '', found.fault);
      continue;
    }
    const before = reading.consumed;
    yield* untilFailure(found.file, piecesOfFile(found.file, found.size, reading), terms);
    reading.consumed = before + found.size;
  }
}

/** A read error becomes a reject; the next file is read. */
async function* untilFailure(file: string, pieces: AsyncIterable<Piece>, { signal }: Terms): AsyncGenerator<Piece> {
  try {
    yield* pieces;
  } catch (error) {
    if (signal.aborted) throw error;
    yield refused(file, '', messageOf(error));
  }
}

async function* piecesOfFile(file: string, size: number, reading: Running): AsyncGenerator<Piece> {
  const { terms } = reading;
  const start = reading.consumed;
  const onRead = (bytes: number): void => {
    reading.consumed = Math.min(reading.consumed + bytes, start + size);
  };
  await using plain = await peeked(bytesOf(file, terms.signal, onRead), headBytes);
  const packing = packingOf(plain.head);
  if (packing === 'zip') {
    reading.consumed = start;
    yield* piecesOfZip(file, size, terms, onRead);
  } else if (packing === 'gzip') {
    const allowance = new Allowance(terms.limits, () => reading.consumed - start);
    await using unpacked = await peeked(gunzipped(plain.all, allowance), headBytes);
    yield* piecesOfUnpacked(file, unpacked, terms);
  } else yield* piecesOfUnpacked(file, plain, terms);
}

function piecesOfUnpacked(file: string, { head, all }: Peeked, terms: Terms): AsyncGenerator<Piece> {
  return packingOf(head) === 'tar' ? piecesOfTar(file, all, terms) : piecesOf(file, all, terms);
}
