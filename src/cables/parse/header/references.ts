import type { Reference } from '../../../core/cable.ts';
import { firstYear, formatReferenceId, fullYear, lastYear } from '../../ids/reference-id.ts';
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
    above = found.last;
  }
  return references;
}

/** The meaning of a bare number after it. */
interface Named {
  readonly station: string;
  /** Only a year written before the station applies to the following numbers. */
  readonly year: number | undefined;
}

/** `last`: what a bare number in the next entry means. */
function cablesOf(
  { letter, text }: Entry,
  above: Named | undefined,
  year: number,
): { references: Reference[]; last: Named | undefined } {
  const tokens = tokensOf(text);
  const references: Reference[] = [];
  let before: Before = { named: above, last: -1 };
  for (let at = 0; at < tokens.length; at += 1) {
    if (tokens[at]?.kind !== 'number' || isYearBefore(tokens, at)) continue;
    const cable = cableAt(tokens, at, before);
    if (cable === undefined) continue;
    const id = formatReferenceId({ year: cable.year ?? year, station: cable.station, serial: cable.serial });
    references.push({ id, letter, asWritten: written(text, tokens, cable) });
    before = { named: { station: cable.station, year: cable.yearBefore }, last: cable.last };
    at = cable.last;
  }
  if (references.length > 0 || isRemark(text)) return { references, last: before.named };
  return { references: [{ id: null, letter, asWritten: text }], last: undefined };
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
  return fullYear(tokens[at]?.text ?? '') !== undefined && stationAfter(tokens, at);
}

/** The words after a token name a station, and a number follows them. */
function stationAfter(tokens: readonly Token[], at: number): boolean {
  let end = at + 1;
  while (tokens[end]?.kind === 'word') end += 1;
  return tokens[end]?.kind === 'number' && stationBefore(tokens, end) !== undefined;
}

function cableAt(tokens: readonly Token[], at: number, { named, last }: Before): CableAt | undefined {
  const token = tokens[at];
  const serial = Number(token?.text);
  if (token === undefined || serial === 0 || token.text.length > 8) return undefined;
  const isYear = serial >= firstYear && serial <= lastYear;
  const yearBehind = yearAfter(tokens, at);
  const end = yearBehind === undefined ? at : at + 1;
  const station = stationBefore(tokens, at);
  if (station === undefined) {
    // `and 7743`, `B. 2962`: a number that begins its entry or follows another cable.
    const isNext = tokens.slice(last + 1, at).every(({ text }) => /^(?:AND|&)$/i.test(text));
    if (named === undefined || isYear || !isNext) return undefined;
    const year = named.year ?? yearBehind;
    return { station: named.station, serial, year, yearBefore: named.year, first: at, last: end };
  }
  if (isYear && hasUnknownWord(tokens, station.first)) return undefined;
  const before = tokens[station.first - 1];
  const yearBefore = before?.kind === 'number' ? fullYear(before.text) : undefined;
  const year = yearBefore ?? yearBehind;
  return {
    station: stationNamed(station.name, year, serial)?.code ?? station.code,
    serial,
    year,
    yearBefore,
    first: yearBefore === undefined ? station.first : station.first - 1,
    last: end,
  };
}

/** `INCSR BRAZIL 2008` is a report of that year. */
function hasUnknownWord(tokens: readonly Token[], first: number): boolean {
  const before = tokens[first - 1];
  return before?.kind === 'word' && !/^(?:AND|EMBASSY|AMEMBASSY|AMCONSUL|CONSULATE|USMISSION)$/i.test(before.text);
}

/** `701 (08)`, `00789/08`, `5049-01`: the year after the serial. */
function yearAfter(tokens: readonly Token[], at: number): number | undefined {
  const next = tokens[at + 1];
  const mayBeYear = next?.kind === 'number' && (next.joined || next.inParentheses) && !stationAfter(tokens, at + 1);
  return mayBeYear ? fullYear(next.text) : undefined;
}

const maxWords = 5;

/** The station named by the words before a number; tries the most words first and skips fillers such as `CABLES`. */
function stationBefore(
  tokens: readonly Token[],
  at: number,
): { code: string; name: string; first: number } | undefined {
  const before = tokens.slice(0, at);
  const words = before.slice(before.findLastIndex(({ kind }) => kind !== 'word') + 1);
  const count = words.findLastIndex(({ text }) => !fillerWords.has(text.toUpperCase())) + 1;
  const first = at - words.length;
  for (let from = Math.max(0, count - maxWords); from < count; from += 1) {
    const name = words
      .slice(from, count)
      .map(({ text }) => text)
      .join(' ');
    const station = stationNamed(name);
    if (station !== undefined) return { code: station.code, name, first: first + from };
  }
  return undefined;
}

const fillerWords = new Set('CABLE CABLES TELEGRAM TELEGRAMS TEL MSG MESSAGE NO NOS NUMBER NR'.split(' '));

function written(text: string, tokens: readonly Token[], cable: CableAt): string {
  const [first, last] = [tokens[cable.first], tokens[cable.last]];
  if (first === undefined || last === undefined) return '';
  return text.slice(first.start - Number(first.inParentheses), last.end + Number(last.inParentheses));
}
