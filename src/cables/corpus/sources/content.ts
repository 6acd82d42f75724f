import { type FormatName, formatOf, formats, type Portion, type Reject } from '../formats/index.ts';
import { rowPosition } from '../formats/format.ts';
import { isUtf16 } from '../formats/text.ts';
import { type Chunks, collected, peeked } from './chunks.ts';
import { foreignPacking, packingOf } from './kinds.ts';
import { type Limits, megabytes } from './limits.ts';
import { type Place, RecordCutter } from './records.ts';

/** A result of reading: a portion with the position after it, or a reject. */
export type Piece =
  { readonly portion: Portion; readonly format: FormatName; readonly next: Place } | { readonly reject: Reject };

/** Options of one reading. */
export interface Terms {
  /** Detected from the content if undefined. */
  readonly format: FormatName | undefined;
  readonly signal: AbortSignal;
  readonly limits: Limits;
}

/** Bytes read to detect the format: a viewer's page has its table within the first 30 KB. */
export const headBytes = 256 * 1024;

/** The pieces of one unpacked file. Throws where `chunks` cannot be read, after all that could be read. */
export async function* piecesOf(source: string, chunks: Chunks, terms: Terms): AsyncGenerator<Piece> {
  await using file = await peeked(chunks, headBytes);
  const fault = faultOf(file.head);
  // Throws the reason if nothing of the file can be read.
  if (file.head.length === 0) for await (const chunk of file.all) if (chunk.length > 0) break;
  const format = fault === undefined ? (terms.format ?? formatOf(file.head.toString('utf8'))) : undefined;
  if (format === undefined) yield refused(source, '', fault ?? unknown(file.head));
  else yield* piecesOfFormat(source, format, file.all, { offset: 0, firstRow: 1 }, terms);
}

/** Like `piecesOf`, for a known format and, for rows, from a position where `chunks` begin. */
export async function* piecesOfFormat(
  source: string,
  format: FormatName,
  chunks: Chunks,
  from: Place,
  terms: Terms,
): AsyncGenerator<Piece> {
  const scanner = formats[format].scanner?.();
  if (scanner !== undefined) {
    yield* rowsOf(source, format, chunks, new RecordCutter(scanner, from, terms.limits));
    return;
  }
  const bytes = await collected(chunks, terms.limits.record);
  if (bytes === undefined) yield refused(source, '', `a document of more than ${megabytes(terms.limits.record)}`);
  else yield { format, portion: { source, bytes, ...documentStart }, next: documentStart };
}

const documentStart: Place = { offset: 0, firstRow: 0 };

export function refused(source: string, position: string, reason: string): { readonly reject: Reject } {
  return { reject: { source, position, reason } };
}

/** For the first entry beyond the limit of an archive. */
export function tooMany(path: string, entry: number): { readonly reject: Reject } {
  return refused(path, `entry ${entry}`, `more than ${entry - 1} entries: those from here on are left out`);
}

async function* rowsOf(
  source: string,
  format: FormatName,
  chunks: Chunks,
  cutter: RecordCutter,
): AsyncGenerator<Piece> {
  const named = function* (batches: ReturnType<RecordCutter['end']>): Generator<Piece> {
    for (const batch of batches) {
      if ('damage' in batch) yield refused(source, rowPosition(batch.row, batch.offset), batch.damage);
      else {
        const { bytes, offset, firstRow, next } = batch;
        yield { format, portion: { source, bytes, offset, firstRow }, next };
      }
    }
  };
  try {
    for await (const chunk of chunks) yield* named(cutter.add(chunk));
  } catch (error) {
    yield* named(cutter.flush());
    throw error;
  }
  yield* named(cutter.end());
}

function faultOf(head: Buffer): string | undefined {
  const foreign = foreignPacking(head);
  if (foreign !== undefined) return `a ${foreign}: unpack it first`;
  if (packingOf(head) !== 'none') return 'an archive inside an archive: unpack it first';
  return isUtf16(head) ? 'UTF-16 text, not UTF-8: convert it first' : undefined;
}

function unknown(head: Buffer): string {
  if (head.length === 0) return 'empty';
  return head.includes(0) ? 'not a text' : 'of no known format: neither a cable nor a list of cables';
}
