import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Cable, PrintedCable } from '../../../core/cable.ts';
import type { Place } from '../search/find-quotation.ts';
import { placesPerDocument } from '../tables.ts';

/** JSON has no NUL, so one separates the cable from its body: the cable can be read without the body. */
const bodySeparator = 0;

export function packDocument({ cable, body }: PrintedCable): Uint8Array {
  const plain = Buffer.from(`${JSON.stringify(cable)}\0${body}`);
  const params = { [constants.ZSTD_c_compressionLevel]: 1 };
  return zstdCompressSync(plain, { params, pledgedSrcSize: plain.length });
}

/** Unpacks a cable that `packDocument` wrote. */
export function unpackCable(packed: Uint8Array): Cable {
  const plain = zstdDecompressSync(packed);
  return cableIn(plain, plain.indexOf(bodySeparator));
}

export function unpackDocument(packed: Uint8Array): PrintedCable {
  const plain = zstdDecompressSync(packed);
  const parting = plain.indexOf(bodySeparator);
  return { cable: cableIn(plain, parting), body: plain.toString('utf8', parting + 1) };
}

function cableIn(plain: Buffer, parting: number): Cable {
  return JSON.parse(plain.toString('utf8', 0, parting)) as Cable;
}

/**
 * The searchable texts: the opening before the first numbered paragraph, in pieces, then the paragraphs. The index refers to them by
 * position: a change needs a new form number.
 */
export function placesIn({ cable, body }: PrintedCable): Place[] {
  const places = [
    ...piecesOf(openingOf(cable, body)).map((text): Place => ({ paragraph: null, text })),
    ...cable.paragraphs.map(({ number, text }): Place => ({ paragraph: number, text })),
  ];
  if (places.length <= placesPerDocument) return places;
  const rest = places.slice(placesPerDocument - 1);
  const text = rest.map((place) => place.text).join('\n');
  return [...places.slice(0, placesPerDocument - 1), { paragraph: rest[0]?.paragraph ?? null, text }];
}

/** The opening ends at the first line of the first paragraph. Without paragraphs, the whole cable is the opening. */
function openingOf({ paragraphs, subject }: Cable, body: string): string {
  const start = paragraphs[0]?.text.slice(0, maxStartLength).split('\n', 1)[0];
  if (start === undefined) return body;
  const end = start === '' ? -1 : body.indexOf(start);
  return end === -1 ? (subject ?? '') : body.slice(0, end);
}

/** Shorter than a printed line, because a paragraph's text has no line breaks. */
const maxStartLength = 24;
/** About four hundred words, as in the longest paragraphs. */
const maxPieceLength = 2500;

/** Splits at blank lines, because quotations do not cross them. */
function piecesOf(text: string): string[] {
  if (text.length <= maxPieceLength) return [text];
  const pieces: string[] = [];
  let from = 0;
  while (from < text.length) {
    const blank = text.length - from <= maxPieceLength ? -1 : blankBefore(text, from + maxPieceLength, from);
    const end = blank === -1 ? Math.min(text.length, from + maxPieceLength * 2) : blank;
    pieces.push(text.slice(from, end));
    from = end;
  }
  return pieces;
}

function blankBefore(text: string, end: number, start: number): number {
  const piece = text.slice(start, end);
  const at = Math.max(piece.lastIndexOf('\n\n'), piece.lastIndexOf('\n \n'));
  return at <= 0 ? -1 : start + at;
}

/** Fields that may differ between two copies of a cable. */
export type Fields = Pick<Cable, 'subject' | 'created' | 'classification' | 'origin'>;

export const fieldNames = ['subject', 'created', 'classification', 'origin'] as const satisfies (keyof Fields)[];

export function fieldsOf({ subject, created, classification, origin }: Fields): Fields {
  return { subject, created, classification, origin };
}

/** The value for the table `copies`: null if equal to the cable's own fields. */
export function storedFields(own: Fields, kept: Fields): string | null {
  return fieldNames.every((name) => own[name] === kept[name]) ? null : JSON.stringify(fieldsOf(own));
}

/** True if a copy of a cable is more complete than another: more paragraphs, else more letters that are not redacted, else less damage. */
export function isMoreComplete(one: Cable, other: Cable): boolean {
  const [ours, theirs] = [one, other].map(measuresOf);
  const at = ours?.findIndex((measure, index) => measure !== theirs?.[index]) ?? -1;
  return at !== -1 && (ours?.[at] ?? 0) > (theirs?.[at] ?? 0);
}

function measuresOf({ paragraphs, subject, warnings }: Cable): number[] {
  const letters = paragraphs.reduce((sum, { text }) => sum + text.replaceAll(noWordsPattern, '').length, 0);
  return [paragraphs.length, letters, subject === null ? 0 : 1, -warnings.length];
}

/** Blanks and redactions. */
const noWordsPattern = /\s+|[xX]{3,}|\[(?:NAMES?|DETAILS?)[^\]]{0,40}REMOVED\]/g;
