import { lazily } from '../tsv.ts';
import { type Station, stationNamed, stationNames } from '../ids/stations.ts';
import { dateAfter, dateBefore } from './dates.ts';
import { type Found, foundByClues, looksLikeYear } from './found.ts';
import { type NumberAt, noSpan } from './numbers.ts';
import { endingsSource } from '../../core/text/endings.ts';
import { ellipsis, isDigitUnit, isLetterUnit, isWordUnit } from './folded-text.ts';
import { dateOfHeader, isAddressee } from './transmissions.ts';

/** Maximum of weak citations read from a post, and of numbers whose surroundings are read: each takes many times as long as finding it. */
const maxCount = 50;
const maxRead = 200;

/**
 * Station and serial without a year (`ASTANA 2244`), and descriptions: `Embassy Astana cable 2244 of August 2007`, `cable 2244 from
 * Astana`. In title case a number that is small or may be a year (`Doha 2010`) counts only with the word cable, in lower case any number.
 * `taken` are the stretches of citations found already, in order.
 */
export function findDescriptions(
  text: string,
  numbers: readonly NumberAt[],
  taken: readonly (readonly [number, number])[],
): Found[] {
  const found: Found[] = [];
  let floor = 0;
  let next = 0;
  let read = 0;
  for (const number of numbers) {
    if (found.length === maxCount || read === maxRead) break;
    if (number.start < floor || !isBehindName(text, number.start)) continue;
    while ((taken[next]?.[1] ?? Infinity) <= number.start) next += 1;
    const [from, to] = taken[next] ?? noSpan;
    if (from <= number.start) floor = to;
    else if (isWorthReading(text, floor, number)) {
      read += 1;
      const one = descriptionAt(text, floor, number);
      if (one) found.push(one);
      floor = one?.span?.[1] ?? floor;
    }
  }
  return found;
}

function descriptionAt(text: string, floor: number, number: NumberAt): Found | undefined {
  const words = wordsBefore(text, number.start, floor);
  const core = stationBefore(text, number, words) ?? stationAfter(text, number, words);
  return core === undefined || isAddressee(text, core.start) ? undefined : describe(text, core, number, floor);
}

/** Station and serial, with or without the word "cable". */
interface Core {
  readonly start: number;
  readonly end: number;
  readonly station: Station;
  readonly marked: boolean;
}

/** True if a name, or a word allowed between name and serial, may end at `at`. */
function isBehindName(text: string, at: number): boolean {
  let end = at;
  while (at - end < 3 && isJoining(text, end - 1)) end -= 1;
  if (!isLetterUnit(text.charCodeAt(end - 1))) return false;
  const pattern = nameEnd();
  pattern.lastIndex = end;
  return pattern.test(text);
}

/** The last four letters of a name or of such a word. Checking them first rules out most numbers cheaply. */
const nameEnd = lazily(() => {
  // Sana'a is the only name with an apostrophe near its end.
  const words = "SANA'A CABLE CABLES TELEGRAM TELEGRAMS DISPATCH DISPATCHES NUMBER SERIAL NO NR".split(' ');
  const ends = [...words, ...stationNames()].map((name) => name.slice(-4));
  return new RegExp(`(?<=${endingsSource(ends)})`, 'iy');
});

/** True for a standalone serial. A name in lower case counts only next to a word such as cable or embassy. */
function isWorthReading(text: string, floor: number, { start, end }: NumberAt): boolean {
  if (end - start > 8 || !endsAlone(text, end)) return false;
  const serial = Number(text.slice(start, end));
  if (serial === 0 || serial > 999_999) return false;
  let word = start - 1;
  while (start - word < 4 && isJoining(text, word)) word -= 1;
  while (isOfWord(text, word)) word -= 1;
  return (
    text.charCodeAt(word + 1) < 97 ||
    cableWordPattern.test(text.slice(Math.max(floor, start - lookBehindLength), start))
  );
}

const cableWordPattern = /\bcables?\b|telegram|dispatch|embassy|consul|mission/i;
const lookBehindLength = 70;

/** False within a longer word, for 2.5, 2,500, 10:30 and 12%, and for a number that is cut off. */
function endsAlone(text: string, end: number): boolean {
  const unit = text.charCodeAt(end);
  if (isWordUnit(unit) || unit === 37 || text[end] === ellipsis) return false;
  return !((unit === 44 || unit === 46 || unit === 58) && isDigitUnit(text.charCodeAt(end + 1)));
}

interface Word {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const cableWordsPattern = /^(?:cables?|telegrams?|dispatch|dispatches)$/i;
const numberWordsPattern = /^(?:no|nr|number|serial)$/i;
const postWordsPattern = /^(?:embassy|amembassy|consulate|amconsul|mission|usmission)$/i;

/** `ASTANA 2244`, `Embassy Astana's cable no. 2244` */
function stationBefore(text: string, number: NumberAt, words: readonly Word[]): Core | undefined {
  let last = words.length;
  if (numberWordsPattern.test(words[last - 1]?.text ?? '')) last -= 1;
  const marked = cableWordsPattern.test(words[last - 1]?.text ?? '');
  if (marked) last -= 1;
  if (!marked && last < words.length) return undefined;
  for (let first = Math.max(0, last - 4); first < last; first += 1) {
    const start = words[first]?.start ?? 0;
    const name = text.slice(start, words[last - 1]?.end).replace(/'s$/i, '');
    const station = namedStation(name);
    if (station === undefined) continue;
    const before = words[first - 1]?.text ?? '';
    const isCable = marked || cableWordsPattern.test(before);
    if (!isCable && !postWordsPattern.test(before) && !speaksForItself(name, text.slice(number.start, number.end)))
      continue;
    return { start: startWithPost(words, first), end: number.end, station, marked: isCable };
  }
  return undefined;
}

/** True in capitals; also for `Astana 2244`, unless the number is small or may be a year. */
function speaksForItself(name: string, digits: string): boolean {
  if (name === name.toUpperCase()) return true;
  return /^[A-Z]/.test(name) && digits.length >= 3 && !looksLikeYear(digits);
}

function startWithPost(words: readonly Word[], first: number): number {
  let start = first;
  while (
    start > 0 &&
    /^(?:cable|embassy|amembassy|consulate|amconsul|us|mission|usmission)$/i.test(words[start - 1]?.text ?? '')
  )
    start -= 1;
  return words[start]?.start ?? 0;
}

/** `cable 2244 from Embassy Astana` */
function stationAfter(text: string, number: NumberAt, words: readonly Word[]): Core | undefined {
  const marker = numberWordsPattern.test(words.at(-1)?.text ?? '') ? words.at(-2) : words.at(-1);
  if (marker === undefined || !cableWordsPattern.test(marker.text)) return undefined;
  const rest = text.slice(number.end, number.end + 80);
  const opening =
    /^\s{1,2}(?:of|from|by|sent by)\s{1,2}(?:(?:the|US|U\.S\.|American|Embassy|Consulate|in|at)\s{1,2}){0,5}/i.exec(
      rest,
    )?.[0];
  if (opening === undefined) return undefined;
  const following = [...rest.slice(opening.length).matchAll(/[A-Za-z']+/g)].slice(0, 4);
  for (let count = following.length; count > 0; count -= 1) {
    const last = following[count - 1];
    const length = last === undefined ? 0 : last.index + last[0].length;
    const station = namedStation(rest.slice(opening.length, opening.length + length));
    if (station) return { start: marker.start, end: number.end + opening.length + length, station, marked: true };
  }
  return undefined;
}

/** Up to seven words before a place, at most 70 units back and on one line; the last may touch it (`ASTANA2244`). */
function wordsBefore(text: string, at: number, floor: number): Word[] {
  const words: Word[] = [];
  let next = at;
  while (words.length < 7) {
    let end = next;
    while (end > floor && next - end < 4 && isJoining(text, end - 1)) end -= 1;
    let start = end;
    while (start > floor && at - start < lookBehindLength && isOfWord(text, start - 1)) start -= 1;
    // `07ASTANA` is the start of an ID, not a name.
    if (start === end || isDigitUnit(text.charCodeAt(start - 1))) break;
    words.push({ start, end, text: text.slice(start, end) });
    next = start;
  }
  return words.toReversed();
}

/** Between the words of a name: blanks, hyphens, the dot of an abbreviation, an apostrophe; before its number a `#`. */
function isJoining(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 32 || unit === 45 || unit === 46 || unit === 39 || unit === 35;
}

function isOfWord(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (
    isLetterUnit(unit) ||
    (unit === 39 && isLetterUnit(text.charCodeAt(at - 1)) && isLetterUnit(text.charCodeAt(at + 1)))
  );
}

/** Names of at least four letters that have cables. */
function namedStation(name: string): Station | undefined {
  const letters = name.replace(/[^A-Za-z]+/g, '').toUpperCase();
  const station = letters.length < 4 ? undefined : stationNamed(letters);
  return station?.firstYear === null ? undefined : station;
}

function describe(text: string, core: Core, number: NumberAt, floor: number): Found {
  const after = dateAfter(text, core.end);
  const beside = after ?? dateBefore(text, core.start, floor);
  const span = [
    beside && !after ? core.start - beside.length : core.start,
    after ? core.end + after.length : core.end,
  ] as const;
  const station = core.station.code;
  const date = beside ?? dateOfHeader(text, { station, start: core.start, number });
  const serial = Number(text.slice(number.start, number.end));
  const clues = { station, serial, year: date?.year ?? null, month: date?.month ?? null };
  return foundByClues(core.marked || beside !== undefined ? 'description' : 'no-year', span, clues);
}
