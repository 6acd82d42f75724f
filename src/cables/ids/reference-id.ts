import type { PublishedId, ReferenceId } from '../../core/cable.ts';
import { lazily, readTable } from '../tsv.ts';
import {
  allStations,
  cutName,
  exonymNames,
  type Station,
  stationByExonym,
  stationNamed,
  stationNames,
} from './stations.ts';

/** The parts of a canonical reference ID: four-digit year, station code, serial without padding. */
export interface ReferenceParts {
  readonly year: number;
  readonly station: string;
  readonly serial: number;
}

/** `{2007, ASTANA, 2244}` is `07ASTANA2244`. */
export function formatReferenceId({ year, station, serial }: ReferenceParts): ReferenceId {
  const id = `${twoDigits[year % 100]}${station}${serial}`;
  return id as ReferenceId;
}

const twoDigits = Array.from({ length: 100 }, (_, year) => String(year).padStart(2, '0'));

/** Brands a text as a reference ID. Throws a TypeError if it does not have the form of one (the station may be unknown). */
export function referenceId(text: string): ReferenceId {
  if (!hasIdForm(text)) throw new TypeError(`not a reference ID: ${text.slice(0, 60)}`);
  return text;
}

/** Brands a text as a published ID. Throws a TypeError if it cannot be one. */
export function publishedId(text: string): PublishedId {
  if (!hasPublishedForm(text)) throw new TypeError(`not a published ID: ${text.slice(0, 60)}`);
  return text;
}

/** The parts of a canonical ID; undefined for any other text. */
export function partsOf(id: ReferenceId): ReferenceParts | undefined {
  const match = /^(\d\d)([A-Z]+)([1-9]\d{0,5})$/.exec(id);
  if (match === null) return undefined;
  const year = fullYear(match[1] ?? '');
  return year === undefined ? undefined : { year, station: match[2] ?? '', serial: Number(match[3]) };
}

/**
 * The canonical ID of a reference as written: `07 Astana 002244`, `#07-ASTANA-2244`, `2007ASTANA2244`, `09EFTOLONDON2884`, `08THEHAGU799`.
 * Undefined for an unknown station, a year without cables (only 1966-2010 have some), or a missing serial.
 */
export function canonicalReferenceId(written: string): ReferenceId | undefined {
  const key = compact(written);
  if (key === undefined) return undefined;
  return corrections().right.get(key) ?? formatPlain(key);
}

/** Like `canonicalReferenceId`, for an ID that is already split: digits, upper-case letters, digits. */
export function idOfParts(yearDigits: string, name: string, serialDigits: string): ReferenceId | undefined {
  const year = fullYear(yearDigits);
  const serial = serialOf(serialDigits);
  const station =
    year && serial && (stationNamed(name, year, serial) ?? stationByExonym(name) ?? stationCut(yearDigits, name));
  // Malformed IDs have no known station.
  if (!station) return canonicalReferenceId(yearDigits + name + serialDigits);
  return formatReferenceId({ year, station: station.code, serial });
}

/** The ID under which the sites have the cable: `08THEHAGU799` for 08THEHAGUE799, of which only the malformed ID is published. */
export function publishedIdOf(id: ReferenceId): PublishedId {
  return corrections().published.get(id) ?? publishedId(id);
}

/** The malformed IDs under which cables are published, with the right one. */
export function malformedIds(): (readonly [PublishedId, ReferenceId])[] {
  return [...corrections().right].map(([wrong, right]) => [publishedId(wrong), right] as const);
}

/** True if a cable is published under this malformed ID. */
export function isMalformed(written: string): boolean {
  return corrections().right.has(written);
}

/** Everything that can follow the year in a written ID: names of stations, prefixes fused with them, the letters of malformed IDs. */
export function namesInIds(): string[] {
  const malformed = [...corrections().right.keys()].map((key) => /[A-Z]+/.exec(key)?.[0] ?? '');
  // 0TTAWA: its zero counts as one of the two digits before it.
  const zeroForO = [...stationNames()].filter((name) => name.startsWith('O')).map((name) => name.slice(1));
  return [...stationNames(), ...exonymNames(), ...zeroForO, ...prefixes, ...malformed];
}

/** `07`, `2007` and the three-digit `007` as a year of four digits; undefined outside 1966-2010. */
export function fullYear(digits: string): number | undefined {
  if (digits.length === 4) return within(Number(digits));
  if (digits.length === 3) return digits.startsWith('0') ? fullYear(digits.slice(1)) : undefined;
  if (digits.length !== 2) return undefined;
  const year = Number(digits);
  return within(year > 10 ? 1900 + year : 2000 + year);
}

function hasIdForm(text: string): text is ReferenceId {
  return /^\d{2,4}[A-Z]+\d+$/.test(text);
}

/** Malformed ones hold anything: `06ASTANA`, `092OF5`. */
function hasPublishedForm(text: string): text is PublishedId {
  return /^\d[0-9A-Z]{3,43}$/.test(text);
}

function within(year: number): number | undefined {
  return year >= 1966 && year <= 2010 ? year : undefined;
}

/** The longest malformed ID has 35 characters; padding and separators need some more. */
const maxLength = 80;

/** Upper case, without `#`, blanks, hyphens and apostrophes, full-width forms made plain. */
function compact(written: string): string | undefined {
  if (written.length > maxLength) return undefined;
  if (/^\d\d[A-Z]+\d+$/.test(written)) return written;
  const plain = written.normalize('NFKD').replace(/\p{M}/gu, '').trim().replace(/^#/, '');
  const key = plain.replace(/[\s\p{Pd}'’‘`´.,_]/gu, '').toUpperCase();
  return /^[0-9A-Z]+$/.test(key) ? key : undefined;
}

function formatPlain(key: string): ReferenceId | undefined {
  const digits = leadingDigits(key);
  const tail = trailingDigits(key);
  if (digits < 2 || digits > 5 || tail === key.length) return undefined;
  // A zero may replace the O at the start or end of a station's name (0TTAWA, CAIR0), so the digits can be split in several ways.
  for (const yearLength of [4, 2, 3]) {
    if (yearLength !== digits && key[digits - 1] !== '0') continue;
    if (yearLength < digits - 1 || yearLength > digits) continue;
    const year = fullYear(key.slice(0, yearLength));
    if (year === undefined) continue;
    for (const start of key[tail] === '0' ? [tail, tail + 1] : [tail]) {
      const serial = serialOf(key.slice(start));
      if (serial === undefined) continue;
      const name = key.slice(yearLength, start);
      const station = stationOf(name, year, serial) ?? stationCut(key.slice(0, yearLength), name)?.code;
      if (station === undefined) continue;
      if (digits === 2 && key[start] !== '0' && key.startsWith(station, 2) && start === 2 + station.length)
        return referenceId(key);
      return formatReferenceId({ year, station, serial });
    }
  }
  return undefined;
}

/** A serial has one to six digits; page-break lines pad it to eight. */
function serialOf(digits: string): number | undefined {
  if (digits.length === 0 || digits.length > 8) return undefined;
  const serial = Number(digits);
  return serial >= 1 && serial <= 999_999 ? serial : undefined;
}

/** In IDs of telegrams of 1973 to 1979: `1973BRUSSE01930`. */
function stationCut(yearDigits: string, name: string): Station | undefined {
  return /^197[3-9]$/.test(yearDigits) ? allStations().find((station) => cutName(station) === name) : undefined;
}

/** Words that get fused with the station's name. */
const prefixes = ['AMEMBASSY', 'AMCONSUL', 'EMBASSY', 'CONSULATE', 'USMISSION', 'EFTO', 'NOFORN'];

function stationOf(name: string, year: number, serial: number): string | undefined {
  const station = stationNamed(name, year, serial);
  if (station !== undefined) return station.code;
  const prefix = prefixes.find((each) => name.startsWith(each));
  const named = prefix === undefined ? stationByExonym(name) : stationNamed(name.slice(prefix.length), year, serial);
  return named?.code;
}

function leadingDigits(key: string): number {
  let end = 0;
  while (end < key.length && isDigit(key, end)) end += 1;
  return end;
}

function trailingDigits(key: string): number {
  let start = key.length;
  while (start > 0 && isDigit(key, start - 1)) start -= 1;
  return start;
}

function isDigit(key: string, at: number): boolean {
  const code = key.charCodeAt(at);
  return code >= 48 && code <= 57;
}

const corrections = lazily(() => {
  const right = new Map<string, ReferenceId>();
  const published = new Map<ReferenceId, PublishedId>();
  for (const [wrong = '', id = '', where = ''] of readTable('corrections.tsv')) {
    right.set(wrong, referenceId(id));
    if (where === 'wrong') published.set(referenceId(id), publishedId(wrong));
  }
  return { right, published };
});
