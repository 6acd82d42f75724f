import { isUtf8 } from 'node:buffer';
import type { Cable } from '../../../core/cable.ts';

/** The bytes that a thread parses at a time, with their source. */
export interface Portion {
  /** Display name: `dump.tar.gz!pages/07ASTANA2244.html`. */
  readonly source: string;
  /** In a buffer of their own, which is transferred to another thread. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offset of the first byte in its file. It and `firstRow` (from 1) are 0 for a document. */
  readonly offset: number;
  readonly firstRow: number;
}

/** A cable of a portion. */
export interface ReadCable {
  readonly cable: Cable;
  /** As printed, without markup, `\n` between lines. */
  readonly body: string;
  /** Its number in the index that newspapers cite; null if the source has none. */
  readonly number: number | null;
}

/** Input that could not be read: its source, the position in it (`row 17, byte 123`, `entry 3` or empty), and a sentence why. */
export interface Reject {
  readonly source: string;
  readonly position: string;
  readonly reason: string;
}

export interface Readout {
  readonly cables: readonly ReadCable[];
  readonly rejects: readonly Reject[];
}

/** The readout of a portion that cannot be read at all. */
export function rejected(source: string, position: string, reason: string): Readout {
  return { cables: [], rejects: [{ source, position, reason }] };
}

/** A kind of source. */
export interface CorpusFormat {
  /** Finds row ends in a source of rows, which is read in batches; null for a single document. */
  readonly scanner: (() => RecordScanner) | null;
  /** True if a text with this beginning (its first 256 KB) is of this kind. */
  readonly begins: (head: string) => boolean;
  readonly read: (portion: Portion) => Readout;
}

/** Finds where rows end, in bytes that come in pieces. */
export interface RecordScanner {
  /**
   * The end (exclusive, with its line break) of the row that begins at `start`; `more` if more bytes are needed (then it is called
   * again with the same row and more bytes); otherwise what is wrong. `isLast`: there are no more bytes, so it never returns `more`.
   */
  end(bytes: Buffer, start: number, isLast: boolean): number | 'more' | { readonly damage: string };
  /**
   * After damage: the next position from `from` on where a row certainly begins. If not found, the position to continue from with more
   * bytes.
   */
  resync(bytes: Buffer, from: number, isLast: boolean): { readonly at: number; readonly found: boolean };
}

/** Reads a portion of whole rows, as cut by the record cutter. Line breaks between rows are skipped. */
export function readRows(
  { source, bytes, offset, firstRow }: Portion,
  scanner: RecordScanner,
  read: (row: Buffer, position: string) => Readout,
): Readout {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Readout[] = [];
  let start = afterLineBreaks(buffer, 0);
  for (let row = firstRow; start < buffer.length; row += 1) {
    const end = scanner.end(buffer, start, true);
    const position = rowPosition(row, offset + start);
    if (typeof end === 'number') found.push(read(buffer.subarray(start, end), position));
    else found.push(rejected(source, position, end === 'more' ? 'not whole' : end.damage));
    start = afterLineBreaks(buffer, typeof end === 'number' ? end : scanner.resync(buffer, start + 1, true).at);
  }
  return { cables: found.flatMap(({ cables }) => cables), rejects: found.flatMap(({ rejects }) => rejects) };
}

export function afterLineBreaks(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x0a || bytes[at] === 0x0d) at += 1;
  return at;
}

export function rowPosition(row: number, byte: number): string {
  return `row ${row}, byte ${byte}`;
}

/**
 * Decodes UTF-8, without byte order mark, `\n` between lines; otherwise returns a sentence why it is no text. Rows of an export are in
 * UTF-8 by their definition.
 */
export function textOf(bytes: Uint8Array): { readonly text: string } | { readonly reason: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reason = noText(buffer) ?? (isUtf8(buffer) ? undefined : `not UTF-8, by ${oddByte(buffer)}: convert it first`);
  return reason === undefined ? { text: inLines(buffer.toString('utf8', hasMark(buffer) ? 3 : 0)) } : { reason };
}

/**
 * Like `textOf`, for a document: windows-1252 (and Latin-1, a part of it) where no byte sequence is UTF-8, with a note. A mixture is
 * rejected, not guessed: a wrong guess would silently put wrong names into the corpus.
 */
export function documentText(bytes: Uint8Array): Decoded | { readonly reason: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reason = noText(buffer);
  if (reason !== undefined) return { reason };
  if (isUtf8(buffer)) return { text: inLines(buffer.toString('utf8', hasMark(buffer) ? 3 : 0)), note: null };
  if (utf8Sequence.test(buffer.toString('latin1')))
    return { reason: `neither UTF-8 nor windows-1252, but both, by ${oddByte(buffer)}: convert it first` };
  return { text: inLines(new TextDecoder('windows-1252').decode(buffer)), note: 'not UTF-8: read as windows-1252' };
}

function noText(buffer: Buffer): string | undefined {
  if (isUtf16(buffer)) return 'UTF-16 text, not UTF-8: convert it first';
  const nul = buffer.indexOf(0);
  return nul === -1 ? undefined : `a NUL byte, at byte ${nul} of it: not a text`;
}

function inLines(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}

interface Decoded {
  readonly text: string;
  /** What was guessed. */
  readonly note: string | null;
}

/**
 * Latin letters, signs and punctuation in UTF-8, read as Latin-1, or two letters of another script in a row. Others stand in English
 * texts by chance: `É’`.
 */
const utf8Sequence =
  /\xC2[\xA0-\xBF]|[\xC3-\xC5][\x80-\xBF]|(?:[\xC6-\xDF][\x80-\xBF]){2}|\xE2\x80[\x80-\xBF]|(?:[\xE0-\xEF][\x80-\xBF]{2}){2}/;

export function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function hasMark([first, second, third]: Buffer): boolean {
  return first === 0xef && second === 0xbb && third === 0xbf;
}

function oddByte(bytes: Buffer): string {
  const at = firstDifference(bytes, Buffer.from(bytes.toString('utf8')));
  return `0x${(bytes[at] ?? 0).toString(16).toUpperCase()} at byte ${at} of it`;
}

/** Position of the first byte that decoding replaced. */
function firstDifference(bytes: Buffer, decoded: Buffer): number {
  let at = 0;
  while (at < bytes.length && bytes[at] === decoded[at]) at += 1;
  return at;
}
