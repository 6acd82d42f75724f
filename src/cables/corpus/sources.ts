import { stat } from 'node:fs/promises';
import { messageOf } from '../../core/errors.ts';
import { type FormatName, formatOf, formats, type Portion, type Reject } from './formats/index.ts';
import { counted, gunzipped, peeked } from './sources/chunks.ts';
import { headBytes, type Piece, piecesOf, piecesOfFormat, refused, type Terms } from './sources/content.ts';
import { bytesOf, filesAt } from './sources/files.ts';
import { packingOf } from './sources/kinds.ts';
import { Allowance, defaultLimits, type Limits } from './sources/limits.ts';
import { piecesOfTar } from './sources/tar.ts';
import { piecesOfZip } from './sources/zip.ts';

/** Position in a source: the number of items read, and the next byte and row in the last item's file. */
export interface ReadPosition {
  readonly sequence: number;
  readonly offset: number;
  readonly firstRow: number;
}

/** The unit that a thread parses: a document, or whole rows of a dump (about 1 MB). */
export interface Item extends Portion, ReadPosition {
  readonly format: FormatName;
  /** Number of earlier items of the same path. */
  readonly sequence: number;
  /** Position after this item: `after` of a reading that continues. */
  readonly next: ReadPosition;
  /** Bytes of the path read so far, before unpacking; equals `sizeOf` at the end. */
  readonly consumed: number;
}

export type Reading = { readonly item: Item } | { readonly reject: Reject };
export type { Reject } from './formats/index.ts';

export interface SourceOptions {
  /** Detected from the content if left out. */
  readonly format?: FormatName | undefined;
  readonly signal: AbortSignal;
  /** Continues an earlier reading of the same files: `next` of its last item. */
  readonly after?: ReadPosition | undefined;
  /** Overrides the default limits, for tests. */
  readonly limits?: Partial<Limits> | undefined;
}

/**
 * Reads a file, an archive or a folder. The same files give the same items in the same order. Unreadable input becomes a reject, and the
 * rest is read; memory is bounded. Throws only the signal's reason.
 */
export async function* readSource(path: string, options: SourceOptions): AsyncGenerator<Reading> {
  const reading = { path, consumed: 0, terms: termsOf(options) };
  const { after } = options;
  const format = after === undefined || after.offset === 0 ? undefined : await rowFormat(path, options);
  let sequence = after === undefined || format === undefined ? 0 : after.sequence;
  const pieces = after === undefined || format === undefined ? piecesAt(reading) : piecesFrom(reading, format, after);
  for await (const piece of pieces) {
    options.signal.throwIfAborted();
    const isNew = sequence >= (after?.sequence ?? 0);
    if ('reject' in piece) {
      if (isNew) yield piece;
      continue;
    }
    const { portion, format: formatName, next } = piece;
    const { consumed } = reading;
    if (isNew)
      yield { item: { ...portion, format: formatName, sequence, next: { sequence: sequence + 1, ...next }, consumed } };
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
  readonly path: string;
  readonly terms: Terms;
  consumed: number;
}

function termsOf({ format, signal, limits }: SourceOptions): Terms {
  return { format, signal, limits: { ...defaultLimits, ...limits } };
}

/** The format of a plain file of rows, which can be read from an offset; undefined for anything else. */
async function rowFormat(path: string, { format, signal }: SourceOptions): Promise<FormatName | undefined> {
  try {
    if (!(await stat(path)).isFile()) return undefined;
    await using file = await peeked(
      bytesOf(path, 0, signal, () => undefined),
      headBytes,
    );
    if (packingOf(file.head) !== 'none') return undefined;
    const formatName = format ?? formatOf(file.head.toString('utf8'));
    return formatName !== undefined && formats[formatName].scanner !== null ? formatName : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

async function* piecesFrom(reading: Running, format: FormatName, after: ReadPosition): AsyncGenerator<Piece> {
  const { path, terms } = reading;
  reading.consumed = after.offset;
  const chunks = bytesOf(path, after.offset, terms.signal, (bytes) => (reading.consumed += bytes));
  yield* untilFailure(path, piecesOfFormat(path, format, chunks, after, terms), terms);
}

async function* piecesAt(reading: Running): AsyncGenerator<Piece> {
  const { path, terms } = reading;
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
  await using plain = await peeked(bytesOf(file, 0, terms.signal, onRead), headBytes);
  const packing = packingOf(plain.head);
  if (packing === 'zip') {
    reading.consumed = start;
    yield* piecesOfZip(file, size, terms, onRead);
  } else if (packing === 'tar') yield* piecesOfTar(file, plain.all, terms);
  else if (packing === 'none') yield* piecesOf(file, plain.all, terms);
  else {
    const allowance = new Allowance(terms.limits, () => reading.consumed - start);
    await using unpacked = await peeked(counted(gunzipped(plain.all), allowance), headBytes);
    if (packingOf(unpacked.head) === 'tar') yield* piecesOfTar(file, unpacked.all, terms);
    else yield* piecesOf(file, unpacked.all, terms);
  }
}
