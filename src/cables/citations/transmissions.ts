import { stationNamed } from '../ids/stations.ts';
import { type DateBeside, dateOf, groupSource } from './dates.ts';
import type { NumberAt } from './numbers.ts';

/**
 * The date of a cable's own line, from the date-time group of the header above it: of `UNCLAS SECTION 01 OF 02 ASTANA 002244`, and of
 * `ASTANA 00002244  002 OF 003` between its pages. Undefined for any other place, and without a header of that station.
 */
export function dateOfHeader(
  text: string,
  { station, start, number }: { readonly station: string; readonly start: number; readonly number: NumberAt },
): DateBeside | undefined {
  if (!isOwnLine(text, start, number)) return undefined;
  const above = text.slice(Math.max(0, start - maxHeaderLength), start);
  const group = [...above.matchAll(headerPattern)].at(-1);
  if (group === undefined || !isFrom(station, group.groups?.['from'])) return undefined;
  const date = dateOf(group);
  return date && { ...date, length: 0 };
}

/** True for `INFO RUEHTA/AMEMBASSY ASTANA 0018`: there the number counts the messages to an addressee. */
export function isAddressee(text: string, start: number): boolean {
  return /(?:\bR[A-Z]{4,6}\/|\b(?:INFO|TO)\s{1,3})$/.test(text.slice(Math.max(0, start - 10), start));
}

/** A header with many addressees is about this long. */
const maxHeaderLength = 6000;

/** `O 111111Z SEP 07 ZDK`, and its sender, if that is left. */
const headerPattern = new RegExp(
  String.raw`(?<![A-Z])[ZOPRM](?:\s?[ZOPR])?\s${groupSource}(?:\s{1,3}Z[A-Z]{2}\b[^\n]{0,20}?)?(?:\s{1,3}FM\s(?<from>[A-Z][A-Z' \-]{2,50}))?`,
  'gi',
);

/** Serials are padded to six digits in the first line and to eight between the pages. */
function isOwnLine(text: string, start: number, number: NumberAt): boolean {
  const digits = number.end - number.start;
  if (digits === 8) return /^\s{1,4}\d{3}(?:\.\d)?\sOF\s\d{3}/i.test(text.slice(number.end, number.end + 20));
  return digits === 6 && openingPattern.test(text.slice(Math.max(0, start - 60), start));
}

const openingPattern =
  /(?:UNCLAS|C ?O ?N ?F ?I ?D ?E ?N ?T ?I ?A ?L|S ?E ?C ?R ?E ?T|N ?O ?F ?O ?R ?N|E ?F ?T ?O|\d\sOF\s\d\d)\s{1,3}$/i;

/** True if one to four words behind `FM` name the station; also without them. */
function isFrom(station: string, from: string | undefined): boolean {
  if (from === undefined) return true;
  const words = from.trim().split(/\s+/).slice(0, 6);
  return words.some((_, first) =>
    [1, 2, 3, 4].some((count) => stationNamed(words.slice(first, first + count).join(''))?.code === station),
  );
}
