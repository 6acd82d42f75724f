import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Cable } from '../../../core/cable.ts';
import type { Place } from '../search/matching.ts';

/** A cable as the store keeps it: parsed, and its body as the source printed it. */
export interface StoredDocument {
  readonly cable: Cable;
  readonly body: string;
}

/** JSON has no NUL, so one parts the cable from its body: who wants the cable alone need not read further. */
const bodySeparator = 0;

export function packDocument({ cable, body }: StoredDocument): Uint8Array {
  const plain = Buffer.from(`${JSON.stringify(cable)}\0${body}`);
  const params = { [constants.ZSTD_c_compressionLevel]: 3 };
  return zstdCompressSync(plain, { params, pledgedSrcSize: plain.length });
}

/** A cable of the parser's: what stands in the store was written by `packDocument`. */
export function unpackCable(packed: Uint8Array): Cable {
  const plain = zstdDecompressSync(packed);
  return cableIn(plain, plain.indexOf(bodySeparator));
}

export function unpackDocument(packed: Uint8Array): StoredDocument {
  const plain = zstdDecompressSync(packed);
  const parting = plain.indexOf(bodySeparator);
  return { cable: cableIn(plain, parting), body: plain.toString('utf8', parting + 1) };
}

function cableIn(plain: Buffer, parting: number): Cable {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own JSON of a cable
  return JSON.parse(plain.toString('utf8', 0, parting)) as Cable;
}

/** Places of a cable are counted in ten bits of a row's number. */
export const maxPlaces = 1024;

/**
 * The texts that can be searched in: what stands before the first numbered paragraph, in pieces, then the paragraphs. Their order is what
 * the index counts by: to change it is to change the store's form.
 */
export function placesIn({ cable, body }: StoredDocument): Place[] {
  const places = [
    ...piecesOf(openingOf(cable, body)).map((text): Place => ({ paragraph: null, text })),
    ...cable.paragraphs.map(({ number, text }): Place => ({ paragraph: number, text })),
  ];
  if (places.length <= maxPlaces) return places;
  const rest = places.slice(maxPlaces - 1);
  const text = rest.map((place) => place.text).join('\n');
  return [...places.slice(0, maxPlaces - 1), { paragraph: rest[0]?.paragraph ?? null, text }];
}

/** The first line of the first paragraph tells where the opening ends. A cable without paragraphs is all opening. */
function openingOf({ paragraphs, subject }: Cable, body: string): string {
  const start = paragraphs[0]?.text.slice(0, maxStartLength).split('\n', 1)[0];
  if (start === undefined) return body;
  const end = start === '' ? -1 : body.indexOf(start);
  return end === -1 ? (subject ?? '') : body.slice(0, end);
}

/** Shorter than a printed line, which is broken where a paragraph's text is not. */
const maxStartLength = 24;
/** Some four hundred words: about as much as the longest paragraphs have. */
const maxPieceLength = 2500;

/** Cut at blank lines, for what is quoted does not go over them. */
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
