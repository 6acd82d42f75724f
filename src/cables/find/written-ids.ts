import type { ReferenceId } from '../../core/cable.ts';
import { lazily } from '../facts.ts';
import { isPlausible } from '../months.ts';
import { canonicalReferenceId, namesInIds, partsOf } from '../reference-id.ts';
import type { Found } from './found.ts';
import { looksLikeYear } from './found.ts';
import { signBefore } from './hashtags.ts';
import { isDigitUnit, isLetterUnit, isWordUnit } from './plain-text.ts';

/** Whether a text can hold an ID of a known station at all: two digits and the first letters of a name. Most posts end here. */
export function mayHoldId(text: string): boolean {
  PAIR.lastIndex = 0;
  while (PAIR.test(text)) {
    if (mayBeginName(text, PAIR.lastIndex - 1)) return true;
  }
  return false;
}

/**
 * IDs in plain text: `07ASTANA2244`, `#07astana2244`, `07 ASTANA 002244`, `07-Port-au-Prince-12`, `2007ASTANA2244`. Names of two and three
 * letters count in hashtags beside #cablegate. Each step looks at no more than some fifty units, so the scan is linear.
 */
export function findWrittenIds(text: string, beside: boolean): Found[] {
  const found: Found[] = [];
  PAIR.lastIndex = 0;
  while (PAIR.test(text)) {
    const nameStart = PAIR.lastIndex - 1;
    const bounds = beside || mayBeginName(text, nameStart) ? boundsOf(text, nameStart) : undefined;
    const one = bounds && foundAt(text, bounds, beside);
    if (one?.span) {
      found.push(one);
      PAIR.lastIndex = one.span[1];
    }
  }
  return found;
}

/**
 * The end of a year that has cables and the first letter of a name, or a zero for the O of OTTAWA, OSLO. The odd blanks and hyphens are
 * those that plain text has not.
 */
const PAIR = /(?:[06-9][0-9]|10|[0-9]0(?=[STU]))[ _\u00A0\u2010-\u2013\u3000-]{0,2}[A-Z]/gi;

/** Whether the letters from here on are the first four of a name, or the OF of `092OF5`, a malformed ID. */
function mayBeginName(text: string, at: number): boolean {
  let code = 0;
  let letters = 0;
  for (let place = at; letters < 4 && place < at + 7; place += 1) {
    const unit = text.charCodeAt(place);
    if (isLetterUnit(unit)) {
      code = code * 32 + (unit & 31);
      letters += 1;
    } else if (isDigitUnit(unit)) return code === OF;
    else if (!isInName(unit)) return false;
  }
  return letters === 4 && nameHeads().has(code);
}

const OF = headCode('OF');

const nameHeads = lazily(() => new Set(namesInIds().map((name) => headCode(name.slice(0, 4)))));

function headCode(letters: string): number {
  let code = 0;
  for (let at = 0; at < letters.length; at += 1) code = code * 32 + (letters.charCodeAt(at) & 31);
  return code;
}

/** Blank, apostrophes, hyphens, underscore; beyond ASCII whatever plain text may make one of them. */
function isInName(unit: number): boolean {
  return unit === 32 || unit === 39 || unit === 45 || unit === 95 || unit >= 0xa0;
}

const AT = 64;
const HASH = 35;

/** Where year, name and serial of an ID begin and end. */
interface Bounds {
  readonly start: number;
  readonly yearEnd: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly end: number;
}

const LONGEST_NAME = 42;

function boundsOf(text: string, nameStart: number): Bounds | undefined {
  let yearEnd = nameStart;
  while (!isDigitUnit(text.charCodeAt(yearEnd - 1))) yearEnd -= 1;
  let start = yearEnd;
  while (yearEnd - start < 6 && isDigitUnit(text.charCodeAt(start - 1))) start -= 1;
  let nameEnd = nameStart;
  while (nameEnd - nameStart < LONGEST_NAME && isOfName(text.charCodeAt(nameEnd))) nameEnd += 1;
  let end = nameEnd;
  while (end - nameEnd < 9 && isDigitUnit(text.charCodeAt(end))) end += 1;
  return yearEnd - start > 5 || end === nameEnd ? undefined : { start, yearEnd, nameStart, nameEnd, end };
}

function isOfName(unit: number): boolean {
  return isLetterUnit(unit) || unit === 32 || unit === 39 || unit === 45 || unit === 95;
}

function foundAt(text: string, bounds: Bounds, beside: boolean): Found | undefined {
  const { start, end } = bounds;
  const before = text.charCodeAt(start - 1);
  if (isWordUnit(before) || before === AT) return undefined;
  if (before !== HASH && beside && !mayBeginName(text, bounds.nameStart)) return undefined;
  if (isWordUnit(text.charCodeAt(end)) && !hasCollection(text, end)) return foundFused(text, start);
  const written = writtenAt(text, bounds);
  const id = canonicalReferenceId(written.key);
  if (id === undefined) return undefined;
  const sign = signBefore(text, start);
  const hashtag = sign === 'hashtag';
  if (sign === 'broken' || (written.letters < SHORTEST && !(hashtag && beside))) return undefined;
  const strength = strengthOf(written, hashtag, id);
  const last = hasCollection(text, end) ? end + 2 : end;
  if (strength === undefined || text.charCodeAt(last) === AT) return undefined;
  return {
    kind: hashtag ? 'hashtag' : 'id',
    strength,
    span: [hashtag ? start - 1 : start, last],
    written: null,
    id,
    paragraphs: [],
    clues: null,
  };
}

/** An ID as written, taken apart. */
interface Written {
  /** Without blanks and hyphens, in upper case. */
  readonly key: string;
  readonly year: string;
  /** Between year and station. */
  readonly blank: string;
  readonly name: string;
  /** How many the name has. */
  readonly letters: number;
  readonly serial: string;
}

function writtenAt(text: string, { start, yearEnd, nameStart, nameEnd, end }: Bounds): Written {
  const name = text.slice(nameStart, nameEnd);
  const bare = /[^A-Za-z]/.test(name) ? name.replace(/[^A-Za-z]+/g, '') : name;
  const [year, serial] = [text.slice(start, yearEnd), text.slice(nameEnd, end)];
  const together = bare === name && nameStart === yearEnd;
  const key = (together ? text.slice(start, end) : year + bare + serial).toUpperCase();
  return { key, year, blank: text.slice(yearEnd, nameStart), name, letters: bare.length, serial };
}

/** IDs with digits inside: 0 for O, `SECTION01OF02` swallowed, an operating signal fused. */
function foundFused(text: string, start: number): Found | undefined {
  let end = start;
  while (end - start < 45 && isWordUnit(text.charCodeAt(end))) end += 1;
  const written = text.slice(start, end);
  const id = end - start < 45 && isDigitUnit(text.charCodeAt(end - 1)) ? canonicalReferenceId(written) : undefined;
  const hash = signBefore(text, start);
  if (id === undefined || hash === 'broken' || written.includes('_')) return undefined;
  const hashtag = hash === 'hashtag';
  return {
    kind: hashtag ? 'hashtag' : 'id',
    strength: 'strong',
    span: [hashtag ? start - 1 : start, end],
    written: null,
    id,
    paragraphs: [],
    clues: null,
  };
}

/** PlusD's suffix: `07ASTANA2244_a`. */
function hasCollection(text: string, at: number): boolean {
  return text[at] === '_' && /[a-e]/i.test(text[at + 1] ?? '') && !isWordUnit(text.charCodeAt(at + 2));
}

/** BA, KL, SD are too short to tell a station from a flight or a part number. */
const SHORTEST = 4;

/**
 * In one piece an ID speaks for itself, unless it reads as two years (`2010London2012`). With blanks it must not be everyday words:
 * the station in capitals (`07 ASTANA 2244`), or a number that is no year and not small (`07 Astana 2244`); `05 paris 10` is weak.
 * A serial that the station cannot have had shows that the words only happen to stand together.
 */
function strengthOf(written: Written, hashtag: boolean, id: ReferenceId): 'strong' | 'weak' | undefined {
  const { year, name, serial } = written;
  if (year.length === 4 && looksLikeYear(serial)) return 'weak';
  if (written.blank === '') return 'strong';
  const parts = partsOf(id);
  const capitals = name === name.toUpperCase();
  if (parts === undefined || !isPlausible(parts)) return capitals && year.length === 2 ? 'weak' : undefined;
  if (capitals || serial.startsWith('0')) return 'strong';
  if (serial.length < 3 || looksLikeYear(serial)) return 'weak';
  return hashtag || written.blank.includes('-') || name !== name.toLowerCase() ? 'strong' : 'weak';
}
