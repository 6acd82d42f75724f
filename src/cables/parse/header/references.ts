import type { Reference } from '../../../core/cable.ts';
import { formatReferenceId, fullYear } from '../../ids/reference-id.ts';
import { stationNamed } from '../../ids/stations.ts';
import { type Entry, referenceBlock, splitEntries, type Token, tokensOf } from './reference-entries.ts';

/** The citing cable. Its year applies to references without one, its station to a first bare number. */
export interface Referring {
  readonly year: number;
  readonly station: string | undefined;
}

/**
 * The references of a message's REF line in order, with repeats. A bare number continues with the station (and a year before it) of the
 * entry above: `A. MANILA 2969 B. 2962`. An entry that names no cable (`E-MAIL 12/01/09`, a report) has no id.
 */
export function parseReferences(text: string, referring: Referring): Reference[] {
  const block = referenceBlock(text);
  if (block === undefined) return [];
  const references: Reference[] = [];
  let above: Named | undefined =
    referring.station === undefined ? undefined : { station: referring.station, year: undefined };
  for (const entry of splitEntries(block)) {
    const found = cablesOf(entry, above, referring.year);
    references.push(...found.references);
    if (found.references.length > 0) above = found.last;
  }
  return references;
}

/** The meaning of a bare number after it. */
interface Named {
  readonly station: string;
  /** Only a year written before the station applies to the following numbers. */
  readonly year: number | undefined;
}

interface Found {
  readonly references: readonly Reference[];
  readonly last: Named | undefined;
}

function cablesOf(entry: Entry, above: Named | undefined, year: number): Found {
  const tokens = tokensOf(entry.text);
  const references: Reference[] = [];
  let before: Before = { named: above, last: -1 };
  for (let at = 0; at < tokens.length; at += 1) {
    if (tokens[at]?.kind !== 'number' || isYearBefore(tokens, at)) continue;
    const cable = cableAt(tokens, at, before);
    if (cable === undefined) continue;
    const cited = { year: cable.year ?? year, station: cable.station, serial: cable.serial };
    references.push({
      id: formatReferenceId(cited),
      letter: entry.letter,
      asWritten: written(entry.text, tokens, cable),
    });
    before = { named: { station: cable.station, year: cable.yearBefore }, last: cable.last };
    at = cable.last;
  }
  if (references.length > 0) return { references, last: before.named };
  return isRemark(entry.text)
    ? { references, last: above }
    : { references: [{ id: null, letter: entry.letter, asWritten: entry.text }], last: undefined };
}

/** The context of a number in its entry: the cable that a bare number continues, and that cable's last token (-1: in the entry above). */
interface Before {
  readonly named: Named | undefined;
  readonly last: number;
}

/** `AND PREVIOUS`, `NOTAL`: a remark, not an entry. */
function isRemark(text: string): boolean {
  return (
    /^(?:(?:AND|ET|&)?\s?(?:PREVIOUS|SEQ|NOTAL|SEPTEL)?[\s.]?){1,3}$/i.test(text.slice(0, 40)) ||
    !/[A-Za-z0-9]/.test(text)
  );
}

interface CableAt {
  readonly station: string;
  readonly serial: number;
  readonly year: number | undefined;
  readonly yearBefore: number | undefined;
  readonly first: number;
  readonly last: number;
}

/** `06 STATE 1234`: a number that may be a year, before words that lead to another number. */
function isYearBefore(tokens: readonly Token[], at: number): boolean {
  if (fullYear(tokens[at]?.text ?? '') === undefined) return false;
  return wordsAfter(tokens, at) > 0 && stationAfter(tokens, at);
}

function wordsAfter(tokens: readonly Token[], at: number): number {
  let end = at + 1;
  while (tokens[end]?.kind === 'word') end += 1;
  return end - at - 1;
}

function stationAfter(tokens: readonly Token[], at: number): boolean {
  const end = at + wordsAfter(tokens, at) + 1;
  return tokens[end]?.kind === 'number' && stationBefore(tokens, end) !== undefined;
}

function cableAt(tokens: readonly Token[], at: number, from: Before): CableAt | undefined {
  const token = tokens[at];
  const serial = Number(token?.text);
  if (token === undefined || serial === 0 || token.text.length > 8) return undefined;
  if (token.inParentheses && tokens[at + 1]?.kind === 'number') return undefined;
  const after = yearAfter(tokens, at);
  // `STATE (01) 201265`
  const between = tokens[at - 1]?.inParentheses === true ? fullYear(tokens[at - 1]?.text ?? '') : undefined;
  const station = stationBefore(tokens, between === undefined ? at : at - 1);
  if (station === undefined) return bareNumber(tokens, at, serial, after, from);
  if (isYear(serial) && hasUnknownWord(tokens, station.first)) return undefined;
  const before = fullYear(tokens[station.first - 1]?.kind === 'number' ? (tokens[station.first - 1]?.text ?? '') : '');
  const year = before ?? between ?? after.year;
  return {
    station: stationNamed(station.name, year, serial)?.code ?? station.code,
    serial,
    year,
    yearBefore: before,
    first: before === undefined ? station.first : station.first - 1,
    last: after.last,
  };
}

/**
 * `and 7743`, `B. 2962`: a number that begins its entry or follows another cable. An enumerator (`(1)`) is none, nor is the number of
 * something that is not known (`7 FAM 180`).
 */
function bareNumber(
  tokens: readonly Token[],
  at: number,
  serial: number,
  after: After,
  { named, last }: Before,
): CableAt | undefined {
  const between = tokens.slice(last + 1, at);
  const next = tokens[after.last + 1];
  const isUnknown =
    next?.kind === 'word' && !/^(?:AND|ET|PREVIOUS|SEPTEL|NOTAL|DATED|OF|PARAS?|PARAGRAPHS?)$/i.test(next.text);
  if (
    named === undefined ||
    isYear(serial) ||
    isUnknown ||
    tokens[at]?.inParentheses === true ||
    between.some((token) => !/^(?:AND|&)$/i.test(token.text))
  )
    return undefined;
  return {
    station: named.station,
    serial,
    year: named.year ?? after.year,
    yearBefore: named.year,
    first: at,
    last: after.last,
  };
}

function isYear(number: number): boolean {
  return number >= 1966 && number <= 2010;
}

/** `INCSR BRAZIL 2008` is a report of that year. */
function hasUnknownWord(tokens: readonly Token[], first: number): boolean {
  const before = tokens[first - 1];
  return before?.kind === 'word' && !/^(?:AND|EMBASSY|AMEMBASSY|AMCONSUL|CONSULATE|USMISSION)$/i.test(before.text);
}

interface After {
  readonly year: number | undefined;
  readonly last: number;
}

/** `701 (08)`, `00789/08`, `5049-01`: the year after the serial. */
function yearAfter(tokens: readonly Token[], at: number): After {
  const next = tokens[at + 1];
  // `AMMAN 07718 99`: a serial in five digits is whole.
  if (next?.kind === 'number' && /^0\d{4}$/.test(tokens[at]?.text ?? '') && /^[6-9]\d$/.test(next.text))
    return { year: fullYear(next.text), last: at + 1 };
  const mayBeYear = next?.kind === 'number' && (next.joined || next.inParentheses) && !stationAfter(tokens, at + 1);
  const year = mayBeYear ? fullYear(next.text) : undefined;
  return year === undefined ? { year: undefined, last: at } : { year, last: at + 1 };
}

const maxWords = 5;

/** The station named by the words before a number; tries the most words first and skips fillers such as `CABLES`. */
function stationBefore(
  tokens: readonly Token[],
  at: number,
): { code: string; name: string; first: number } | undefined {
  let last = at - 1;
  while (last >= 0 && tokens[last]?.kind === 'word' && fillerWords.has(tokens[last]?.text.toUpperCase() ?? ''))
    last -= 1;
  let first = last;
  while (first >= 0 && last - first < maxWords && tokens[first]?.kind === 'word') first -= 1;
  for (let from = first + 1; from <= last; from += 1) {
    const name = tokens
      .slice(from, last + 1)
      .map((token) => token.text)
      .join(' ');
    const station = stationNamed(name);
    if (station !== undefined) return { code: station.code, name, first: from };
  }
  return undefined;
}

const fillerWords = new Set([
  'CABLE',
  'CABLES',
  'TELEGRAM',
  'TELEGRAMS',
  'TEL',
  'MSG',
  'MESSAGE',
  'NO',
  'NOS',
  'NUMBER',
  'NR',
]);

function written(text: string, tokens: readonly Token[], cable: CableAt): string {
  const [first, last] = [tokens[cable.first], tokens[cable.last]];
  if (first === undefined || last === undefined) return '';
  return text.slice(first.start - Number(first.inParentheses), last.end + Number(last.inParentheses));
}
