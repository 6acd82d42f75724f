import type { ReferenceId } from '../../core/cable.ts';
import { isPlausible } from '../ids/months.ts';
import { canonicalReferenceId, idOfParts, isMalformed, partsOf } from '../ids/reference-id.ts';
import { stationByExonym } from '../ids/stations.ts';
import { type Found, looksLikeYear } from './found.ts';
import { signBefore } from './hashtags.ts';
import { ellipsis, endsWord, isDigitUnit, isLetterUnit, isWordUnit } from './folded-text.ts';
import { mayBeginName, nextName } from './places-of-ids.ts';
import { isOtherNumber } from './other-numbers.ts';

/**
 * IDs in plain text: `07ASTANA2244`, `#07astana2244`, `07 ASTANA 002244`, `07-Port-au-Prince-12`,
 * `2007ASTANA2244`. Each step reads about fifty units at most, so the scan is linear.
 */
export function findWrittenIds(text: string): Found[] {
  const found: Found[] = [];
  for (let name = nextName(text, 0); name !== undefined;) {
    const one = mayBeginName(text, name) ? foundAt(text, boundsOf(text, name)) : undefined;
    if (one?.span) found.push(one);
    name = nextName(text, one?.span?.[1] ?? name);
  }
  return found;
}

const atSign = 64;

function foundAt(text: string, bounds: Bounds): Found | undefined {
  const { start, nameEnd, end } = bounds;
  const joint = jointBefore(text, start);
  if (joint === 'word') return undefined;
  if (end === nameEnd || (isWordUnit(text.charCodeAt(end)) && text[end] !== '_')) return foundWhole(text, start);
  const written = writtenAt(text, bounds);
  if (written.letters.length < minLength) return foundWhole(text, start);
  if (written.blank !== '' && isOtherNumber(text, start, end, written.serial)) return undefined;
  const id = idOfParts(written.year, written.letters, written.serial);
  if (id === undefined || continuesPattern.test(text.slice(end, end + 8))) return undefined;
  const sign = signBefore(text, start);
  const strength = strengthOf(written, sign === 'hashtag', id);
  const last = hasCollection(text, end) ? end + 2 : end;
  // Behind a hashtag `@` begins something else; `07ASTANA2244@example.org` is an address.
  if (strength === undefined || (text.charCodeAt(last) === atSign && sign !== 'hashtag')) return undefined;
  const ending = endingAt(text, end);
  if (ending === 'cut') return undefined;
  const isJoined = joint === 'underscore' || !endsWord(text, last);
  return citationAt(id, isJoined || ending === 'weak' ? 'weak' : strength, sign, start, last);
}

/** What an ID joins on to: a word, a word and an underscore (`cable_09STATE15113`), or neither; `_07ASTANA2244_` is emphasis. */
function jointBefore(text: string, start: number): 'word' | 'underscore' | undefined {
  let before = start - 1;
  while (text[before] === '_' && start - before < 10) before -= 1;
  const unit = text.charCodeAt(before);
  if (unit === atSign) return 'word';
  if (!isWordUnit(unit)) return undefined;
  return before === start - 1 ? 'word' : 'underscore';
}

/** A serial that goes on behind a letter without a blank, or behind a character without a meaning, is not whole. */
const continuesPattern = /^[\p{L}\p{Cn}\p{Co}]+\p{Nd}/v;

/** `07ASTANA22…` is the beginning of some other ID, `07ASTANA22...` may be. */
function endingAt(text: string, end: number): 'strong' | 'weak' | 'cut' {
  if (text[end] === ellipsis) return 'cut';
  return text.startsWith('...', end) ? 'weak' : 'strong';
}

/**
 * IDs that are not just year, name and serial: 0 for O, an included `SECTION01OF02`, a fused operating signal; and the two without serial.
 */
function foundWhole(text: string, start: number): Found | undefined {
  let end = start;
  while (end - start < maxLength && isWordUnit(text.charCodeAt(end))) end += 1;
  if (end - start === maxLength) return undefined;
  const written = text.slice(start, end);
  if (!isMalformed(written) && !/^\d+[A-Z]{2,}\d.*[A-Z].*\d$/i.test(written)) return undefined;
  const id = written.includes('_') ? undefined : canonicalReferenceId(written);
  const ending = endingAt(text, end);
  return id && ending !== 'cut' ? citationAt(id, ending, signBefore(text, start), start, end) : undefined;
}

/** The longest malformed ID has 35 units. */
const maxLength = 45;

function citationAt(
  id: ReferenceId,
  strength: Found['strength'],
  sign: ReturnType<typeof signBefore>,
  start: number,
  end: number,
): Found | undefined {
  if (sign === 'broken') return undefined;
  const span = [sign === 'hashtag' ? start - 1 : start, end] as const;
  const kind = sign === 'hashtag' ? 'hashtag' : 'id';
  return { kind, strength, span, written: null, id, paragraphs: [], clues: null };
}

/** The parts of an ID as written; `blank` is between year and station, `letters` are the name's in upper case. */
function writtenAt(text: string, { start, yearEnd, nameStart, nameEnd, end, unbroken }: Bounds) {
  const name = text.slice(nameStart, nameEnd);
  return {
    year: text.slice(start, yearEnd),
    blank: text.slice(yearEnd, nameStart),
    name,
    letters: (unbroken ? name : name.replace(/[^A-Za-z]+/g, '')).toUpperCase(),
    serial: text.slice(nameEnd, end),
  };
}

/** PlusD's suffix: `07ASTANA2244_a`. */
function hasCollection(text: string, at: number): boolean {
  return text[at] === '_' && /[a-e]/i.test(text[at + 1] ?? '') && !isWordUnit(text.charCodeAt(at + 2));
}

/** BA, KL, SD are too short to tell a station from a flight or a part number: they count as loose tags only. */
const minLength = 4;

/**
 * An ID without blanks is strong, unless it reads as two years (`2010London2012`). An ID with blanks must not be everyday words: its number
 * must not be small or look like a year, and the station must have its own name in capitals or title case (`07 ASTANA 2244`, `07 Astana
 * 2244`); `05 paris 1000`, `06 LONDON 2012` and `10 MADRID 8` are weak. Nobody writes headlines with `#07-`. A serial that is too high for
 * the station shows a coincidence of words.
 */
function strengthOf(
  written: ReturnType<typeof writtenAt>,
  hashtag: boolean,
  id: ReferenceId,
): 'strong' | 'weak' | undefined {
  const { year, name, serial } = written;
  if (year.length === 4 && looksLikeYear(serial)) return 'weak';
  if (written.blank === '') return 'strong';
  const parts = partsOf(id);
  const capitals = name === name.toUpperCase();
  if (parts === undefined || !isPlausible(parts)) return capitals && year.length === 2 ? 'weak' : undefined;
  if (serial.startsWith('0') || (capitals && hashtag)) return 'strong';
  if (serial.length < 3 || looksLikeYear(serial)) return 'weak';
  const isOwnName = written.letters.endsWith(parts.station) || (capitals && stationByExonym(name) !== undefined);
  if (written.blank.includes(' ') && !isOwnName) return 'weak';
  if (capitals) return 'strong';
  return hashtag || written.blank.includes('-') || name !== name.toLowerCase() ? 'strong' : 'weak';
}

type Bounds = ReturnType<typeof boundsOf>;

const maxNameLength = 42;

/**
 * Positions of year, name and serial. A part that is too long is measured one unit longer than allowed. `unbroken`: the name has letters
 * only.
 */
function boundsOf(text: string, nameStart: number) {
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
