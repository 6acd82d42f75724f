import { lazily, readTable } from '../tsv.ts';
import type { ReferenceParts } from './reference-id.ts';
import { stationNamed } from './stations.ts';

/** Month (1-12) in which a station sent a serial, inferred from its published cables of that year: right for 99.7 % of them. */
export function inferredMonth(parts: ReferenceParts): number | undefined {
  const year = stationYear(parts.station, parts.year);
  if (year === undefined) return undefined;
  let month: number | undefined;
  for (const start of year.starts.split(' ')) {
    const colon = start.indexOf(':');
    if (month !== undefined && Number(start.slice(colon + 1)) > parts.serial) break;
    month = Number(start.slice(0, colon));
  }
  return month;
}

/** Highest published serial of a station in a year; undefined when it has no cables of that year. */
export function highestSerial(station: string, year: number): number | undefined {
  return stationYear(station, year)?.highest;
}

/**
 * True if a station may have sent such a cable: the year is at most one before or after those of its published cables, and the serial at
 * most 150 % plus 100 of the highest serial of that year (or of any year, if that one has none).
 */
export function isPlausible({ station, year, serial }: ReferenceParts): boolean {
  const known = stationNamed(station);
  if (known === undefined || known.firstYear === null || known.lastYear === null) return false;
  if (year < known.firstYear - 1 || year > known.lastYear + 1) return false;
  const highest = highestSerial(known.code, year) ?? known.maxSerial ?? 0;
  return serial <= highest * 1.5 + 100;
}

interface StationYear {
  readonly highest: number;
  /** `1:1 2:210`: months with their first serials; parsed on demand. */
  readonly starts: string;
}

function stationYear(station: string, year: number): StationYear | undefined {
  return table().get(`${station} ${year}`);
}

const table = lazily(() => {
  const years = new Map<string, StationYear>();
  for (const [station = '', year = '', highest = '', starts = ''] of readTable('months.tsv')) {
    years.set(`${station} ${year}`, { highest: Number(highest), starts });
  }
  return years;
});
