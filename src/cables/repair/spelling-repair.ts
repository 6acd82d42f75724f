import { formatReferenceId, fullYear, type ReferenceParts } from '../ids/reference-id.ts';
import { stationNamed } from '../ids/stations.ts';
import { neighboursOf, renamesOf } from './aliases.ts';
import { type Known, type LikelyCandidate, mayBe, stationsWith, yearsWith } from './candidate.ts';
import { letterDistance, malformedNear, slipInWords, stationsNear } from './letters.ts';
import { type Reading, readingsOf } from './readings.ts';

/** Candidates for a written reference that is no known cable's ID: each reading of it, and IDs that are one slip away. */
export function candidatesFrom(known: Known, written: string): LikelyCandidate[] {
  const readings = readingsOf(written);
  return [...readings.flatMap((reading) => candidatesOf(known, reading)), ...fromMalformed(known, written)];
}

/** Malformed published IDs count too: a text one slip from such an ID means that cable. */
function fromMalformed({ catalogue }: Known, written: string): LikelyCandidate[] {
  return malformedNear(written).flatMap(([wrong, right]) => {
    if (catalogue?.has(wrong) !== true) return [];
    return [{ referenceId: right, distance: 0.25, reason: `it is published as ${wrong}`, sure: false }];
  });
}

function candidatesOf(known: Known, reading: Reading): LikelyCandidate[] {
  const { name, oddity, odds, guessed } = reading;
  const station = stationNamed(name);
  const found =
    station === undefined ? misspelt(known, reading) : [...named(known, reading), ...takenFor(known, reading)];
  const near = known.catalogue === undefined ? found.filter(({ distance }) => distance + odds < tooFar) : found;
  return near.map((candidate) => ({
    ...candidate,
    distance: candidate.distance + odds,
    reason: [oddity, guessed ? 'a letter stands for a digit' : null, candidate.reason].filter(Boolean).join('; '),
    sure: candidate.sure && !guessed,
  }));
}

/** Without a list that has the cable, three slips are no more than chance: RAJA176000 is not 00TIRANA1760. */
const tooFar = 3;

/** Unknown name: stations with a similar name. */
function misspelt(known: Known, { year, name, serial }: Reading): LikelyCandidate[] {
  const number = Number(serial);
  const full = year === null ? undefined : fullYear(year);
  if (year !== null && full === undefined) return [];
  const near =
    full === undefined ? stationsNear(name).slice(0, 5) : stationsNear(name, stationsWith(known, full, number));
  return near.flatMap(({ code, distance }) => {
    const station = stationNamed(code);
    const years = full !== undefined ? [full] : station === undefined ? [] : yearsWith(known, station, number);
    const reason = slipInWords(name, code);
    return years.map((each) =>
      candidateOf({ year: each, station: code, serial: number }, distance, reason, year !== null && distance <= 1),
    );
  });
}

/** Known name: the cable itself or, if there is none, those that differ in one digit. */
function named(known: Known, { year, name, serial }: Reading): LikelyCandidate[] {
  const number = Number(serial);
  const full = year === null ? undefined : fullYear(year);
  const station = stationNamed(name, full, number);
  if (station === undefined) return [];
  const reason = known.catalogue === undefined ? 'the station may have sent it' : 'it is in the catalogue';
  const itself = (each: number): LikelyCandidate[] => {
    const parts = { year: each, station: station.code, serial: number };
    return mayBe(known, parts) ? [candidateOf(parts, 0, reason, year !== null)] : [];
  };
  if (year === null) return yearsWith(known, station, number).flatMap(itself);
  const exact = full === undefined || station.code !== stationNamed(name)?.code ? [] : itself(full);
  return exact.length > 0 || known.catalogue === undefined ? exact : nearMisses(known, { year, name, serial });
}

function nearMisses(
  known: Known,
  { year, name, serial }: { year: string; name: string; serial: string },
): LikelyCandidate[] {
  const station = stationNamed(name)?.code ?? '';
  const full = fullYear(year);
  const otherYears = yearsNear(year).map((each) => ({ year: each, station, serial: Number(serial) }));
  const otherSerials =
    full === undefined ? [] : serialsNear(serial).map((each) => ({ year: full, station, serial: each }));
  return [...otherYears, ...otherSerials]
    .filter((parts) => mayBe(known, parts))
    .map((parts) => candidateOf(parts, 1, `only ${inWords(parts, full)} differs`, false));
}

function inWords({ year, serial }: ReferenceParts, written: number | undefined): string {
  return year === written ? `the serial (${serial})` : `the year (${year})`;
}

/** Known name, but another station has a similar, former or later name, or is often confused with it. */
function takenFor(known: Known, { year, name, serial }: Reading): LikelyCandidate[] {
  const full = year === null ? undefined : fullYear(year);
  if (full === undefined || known.catalogue === undefined) return [];
  const station = stationNamed(name)?.code ?? '';
  const renames = renamesOf(station);
  const neighbours = neighboursOf(station);
  return stationsWith(known, full, Number(serial)).flatMap((code) => {
    const parts = { year: full, station: code, serial: Number(serial) };
    if (code === station) return [];
    if (renames.includes(code)) return [candidateOf(parts, 1, `${station} is ${code} there`, true)];
    if (neighbours.includes(code)) return [candidateOf(parts, 1, `${code} is often confused with ${station}`, false)];
    const distance = letterDistance(name, code, 1);
    return distance === undefined ? [] : [candidateOf(parts, Math.max(1, distance), slipInWords(name, code), false)];
  });
}

function candidateOf(parts: ReferenceParts, distance: number, reason: string, sure: boolean): LikelyCandidate {
  return { referenceId: formatReferenceId(parts), distance, reason, sure };
}

const firstYear = 1966;
const lastYear = 2010;

/** Years (four digits) one slip from the written one (a digit wrong, missing, too many or swapped), and the years before and after. */
function yearsNear(written: string): number[] {
  const year = fullYear(written);
  const slips = oneSlipFrom(written);
  const found: number[] = [];
  for (let each = firstYear; each <= lastYear; each += 1) {
    if (each === year) continue;
    const long = String(each);
    const beside = year !== undefined && Math.abs(each - year) === 1;
    if (beside || slips.has(long.slice(2)) || slips.has(long)) found.push(each);
  }
  return found;
}

/** Serials one slip from the written one. */
function serialsNear(written: string): number[] {
  const found = new Set<number>();
  for (const digits of oneSlipFrom(written)) if (/^0*[1-9]\d{0,5}$/.test(digits)) found.add(Number(digits));
  found.delete(Number(written));
  return [...found];
}

const allDigits = '0123456789'.split('');

function oneSlipFrom(written: string): Set<string> {
  const found = new Set<string>();
  for (let at = 0; at <= written.length; at += 1) {
    const before = written.slice(0, at);
    const [digit = '', next = ''] = written.slice(at, at + 2);
    const behind = written.slice(at + 1);
    for (const other of allDigits) {
      found.add(before + other + digit + behind);
      if (digit !== '') found.add(before + other + behind);
    }
    found.add(before + behind);
    if (next !== '') found.add(before + next + digit + behind.slice(1));
  }
  return found;
}
