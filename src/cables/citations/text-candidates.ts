import { lazily } from '../tsv.ts';
import { malformedIds, namesInIds } from '../ids/reference-id.ts';
import { isDigitUnit, isLetterUnit, withoutAccent } from './plain-text.ts';

/**
 * First place where a text may have an ID of a known station: two digits and the first letters of a name, or a full-width character, which
 * may become one. -1 for most posts.
 */
export function placeOfId(text: string): number {
  startPattern.lastIndex = 0;
  while (startPattern.test(text)) {
    const last = startPattern.lastIndex - 1;
    if (text.charCodeAt(last) >= zeroWidth || mayBeginName(text, last)) return last;
  }
  return -1;
}

/** The next place where a name in an ID may begin. */
export function nextName(text: string, from: number): number | undefined {
  pairPattern.lastIndex = from;
  return pairPattern.test(text) ? pairPattern.lastIndex - 1 : undefined;
}

/**
 * The end of a year that has cables and the first letter of a name, or a zero for the O of OTTAWA, OSLO. The odd blanks and hyphens are
 * those that plain text has not.
 */
const pairPattern = /(?:[06-9][0-9]|10|[0-9]0(?=[STUstu]))[ _\u00A0\u2010-\u2013\u3000-]{0,2}[A-Za-z]/g;

/** On Latin-1 text the engine drops the second branch, so it costs nothing. */
const startPattern = new RegExp(`${pairPattern.source}|[\\u200B\\uFF00-\\uFF5E]`, 'g');
const zeroWidth = 0x200b;

/** True if a name's first four letters begin at `at`, or the two or three letters of a malformed ID (`092OF5`, `09BAU339`). */
export function mayBeginName(text: string, at: number): boolean {
  let code = 0;
  let letters = 0;
  for (let place = at; letters < 4 && place < at + 7; place += 1) {
    const written = text.charCodeAt(place);
    const unit = written < 0xc0 ? written : withoutAccent(written);
    if (isLetterUnit(unit)) {
      code = code * 32 + (unit & 31);
      letters += 1;
    } else if (isDigitUnit(unit)) return shortNames().has(code);
    else if (!isInName(unit)) return false;
  }
  return letters === 4 && nameHeads().has(code);
}

const nameHeads = lazily(() => new Set(namesInIds().map((name) => headCode(name.slice(0, 4)))));

const shortNames = lazily(() => new Set(malformedIds().map(([id]) => headCode(/[A-Z]+/.exec(id)?.[0] ?? ''))));

function headCode(letters: string): number {
  let code = 0;
  for (let at = 0; at < letters.length; at += 1) code = code * 32 + (letters.charCodeAt(at) & 31);
  return code;
}

/** Blank, apostrophes, hyphens, underscore; beyond ASCII whatever plain text may make one of them. */
function isInName(unit: number): boolean {
  return unit === 32 || unit === 39 || unit === 45 || unit === 95 || unit >= 0xa0;
}

/** Positions of year, name and serial. A part that is too long is measured one unit longer than allowed. */
export interface Bounds {
  readonly start: number;
  readonly yearEnd: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly end: number;
  /** The name has letters only. */
  readonly unbroken: boolean;
}

const maxNameLength = 42;

export function boundsOf(text: string, nameStart: number): Bounds {
  let yearEnd = nameStart;
  while (!isDigitUnit(text.charCodeAt(yearEnd - 1))) yearEnd -= 1;
  let start = yearEnd;
  while (yearEnd - start < 6 && isDigitUnit(text.charCodeAt(start - 1))) start -= 1;
  let nameEnd = nameStart;
  while (nameEnd - nameStart < maxNameLength && isLetterUnit(text.charCodeAt(nameEnd))) nameEnd += 1;
  const letters = nameEnd;
  while (nameEnd - nameStart < maxNameLength && isOfName(text.charCodeAt(nameEnd))) nameEnd += 1;
  let end = nameEnd;
  while (end - nameEnd < 9 && isDigitUnit(text.charCodeAt(end))) end += 1;
  return { start, yearEnd, nameStart, nameEnd, end, unbroken: nameEnd === letters };
}

function isOfName(unit: number): boolean {
  return isLetterUnit(unit) || unit === 32 || unit === 39 || unit === 45 || unit === 95;
}
