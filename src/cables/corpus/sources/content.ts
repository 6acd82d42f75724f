import { type FormatName, formatOf, formats, type Portion, type Reject } from '../formats/index.ts';
import { isUtf16, rowPosition } from '../formats/format.ts';
import { type Chunks, collected, peeked } from './chunks.ts';
import { type Limits, megabytes } from './limits.ts';
import { type Batch, RecordCutter } from './records.ts';

/** A result of reading. */
export type Piece = (Portion & { readonly format: FormatName }) | { readonly reject: Reject };

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
  if (format === undefined) {
    yield refused(source, '', fault ?? unknown(file.head));
    return;
  }
  const scanner = formats[format].scanner?.();
  if (scanner !== undefined) {
    yield* rowsOf(source, format, file.all, new RecordCutter(scanner, terms.limits));
    return;
  }
  const bytes = await collected(file.all, terms.limits.record);
  if (bytes === undefined) yield refused(source, '', `a document of more than ${megabytes(terms.limits.record)}`);
  else yield { source, format, bytes, offset: 0, firstRow: 0 };
}

export function refused(source: string, position: string, reason: string): { readonly reject: Reject } {
  return { reject: { source, position, reason } };
}

async function* rowsOf(
  source: string,
  format: FormatName,
  chunks: Chunks,
  cutter: RecordCutter,
): AsyncGenerator<Piece> {
  const named = (batch: Batch): Piece =>
    'damage' in batch
      ? refused(source, rowPosition(batch.row, batch.offset), batch.damage)
      : { source, format, ...batch };
  try {
    for await (const chunk of chunks) yield* cutter.add(chunk).map(named);
  } catch (error) {
    yield* cutter.flush().map(named);
    throw error;
  }
  yield* cutter.end().map(named);
}

function faultOf(head: Buffer): string | undefined {
  const packing = packingOf(head);
  if (packing === 'zip' || packing === 'gzip' || packing === 'tar')
    return 'an archive inside an archive: unpack it first';
  if (packing !== undefined) return `a ${packing}: unpack it first`;
  return isUtf16(head) ? 'UTF-16 text, not UTF-8: convert it first' : undefined;
}

function unknown(head: Buffer): string {
  if (head.length === 0) return 'empty';
  return head.includes(0) ? 'not a text' : 'of no known format: neither a cable nor a list of cables';
}

const signatures: readonly (readonly [string, string])[] = [
  ['504b0304', 'zip'],
  // An empty archive, and the first of several parts.
  ['504b0506', 'zip'],
  ['504b0708', 'zip'],
  ['1f8b', 'gzip'],
  ['377abcaf271c', '7z archive'],
  ['526172211a07', 'rar archive'],
  ['fd377a585a00', 'xz file'],
  ['425a68', 'bzip2 file'],
  ['28b52ffd', 'zstd file'],
];

/** The packing of a file by its first bytes: `zip`, `gzip`, `tar`, one that is not supported (`7z archive`), or none. */
export function packingOf(head: Buffer): string | undefined {
  const start = head.subarray(0, 8).toString('hex');
  return signatures.find(([signature]) => start.startsWith(signature))?.[1] ?? (isTar(head) ? 'tar' : undefined);
}

const tarHeaderBytes = 512;
const checksumOffset = 148;

/** A tar header has the sum of its bytes, with the checksum's own eight counted as blanks. Old archives have no other signature. */
function isTar(head: Buffer): boolean {
  if (head.length < tarHeaderBytes) return false;
  const written = /^ *([0-7]{1,6})[\0 ]/.exec(head.toString('latin1', checksumOffset, checksumOffset + 8));
  if (written === null) return false;
  let sum = 8 * 0x20;
  for (let at = 0; at < tarHeaderBytes; at += 1)
    if (at < checksumOffset || at >= checksumOffset + 8) sum += head[at] ?? 0;
  return sum === Number.parseInt(written[1] ?? '', 8);
}
