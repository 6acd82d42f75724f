import { lazily, readTable } from '../tsv.ts';

/** A sender of cables. One that occurs only in REF lines has no years and no serials. */
export interface Station {
  /** As in reference IDs: upper case, letters only. */
  readonly code: string;
  /** Origin as the old viewer prints it: `Embassy Astana`. */
  readonly label: string | null;
  readonly country: string | null;
  readonly firstYear: number | null;
  readonly lastYear: number | null;
  /** Years with published cables, ascending. */
  readonly years: readonly number[];
  /** Highest published serial of any year. */
  readonly maxSerial: number | null;
  /** Routing indicators of the DE line: `RUEHTA`. */
  readonly routes: readonly string[];
}

/**
 * The station with a name as people write it: case, accents, blanks, hyphens and apostrophes do not count, a zero may replace an O,
 * misspelt and short names are known. A few aliases (TAIPEI for AITTAIPEI) are stations in their own right: with a year they mean the
 * other station where no cable of that year (and near that serial, if one is given) is published under the alias.
 */
export function stationNamed(name: string, year?: number, serial?: number): Station | undefined {
  const { byName } = index();
  const key = byName.has(name) ? name : stationKey(name);
  const station = byName.get(key);
  const alias = aliases().get(key);
  if (alias === undefined) return station;
  if (station !== undefined && (year === undefined || isPublished(alias, year, serial))) return station;
  return byName.get(alias.station);
}

/**
 * The station with a name in one of the main languages of readers: `LONDRES`, `München`, `Москва`. They count beside a year and a serial
 * only, where nothing else can be meant.
 */
export function stationByExonym(name: string): Station | undefined {
  const code = exonyms().get(letterKey(name));
  return code === undefined ? undefined : index().byName.get(code);
}

/** Names in other languages, as `stationByExonym` compares them: upper case, letters only, without accents. */
export function exonymNames(): Iterable<string> {
  return exonyms().keys();
}

/**
 * The first six characters of the station's name, blanks included, which then go: `NEWDE` of New Delhi, `BRUSSE`. Telegrams of 1973 to 1979
 * have it in their IDs.
 */
export function cutName({ code, label }: Station): string {
  const parts = (label ?? '').toUpperCase().split(' ');
  const first = parts.findIndex((_, at) => parts.slice(at).join('') === code);
  return first === -1 ? code.slice(0, 6) : parts.slice(first).join(' ').slice(0, 6).replaceAll(' ', '');
}

/** The station that sends under a routing indicator: `RUEHTA` is ASTANA. */
export function stationOfRoute(indicator: string): Station | undefined {
  return index().byRoute.get(indicator.trim().toUpperCase());
}

/** Every station, those with the most cables first. */
export function allStations(): readonly Station[] {
  return index().stations;
}

/** Every spelling under which `stationNamed` knows a station, as keys of `stationKey`. */
export function stationNames(): Iterable<string> {
  return new Set([...index().byName.keys(), ...aliases().keys()]);
}

/** `Port-au-Prince` and `0TTAWA` as written in IDs: PORTAUPRINCE, OTTAWA. */
function stationKey(name: string): string {
  if (/^[A-Z]+$/.test(name)) return name;
  if (name.length > 60) return '';
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase();
  const key = plain.replace(/[\s\p{Pd}'’‘`´.,_]/gu, '').replaceAll('0', 'O');
  return /^[A-Z]+$/.test(key) ? key : '';
}

function letterKey(name: string): string {
  if (name.length > 60) return '';
  return name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}]/gu, '')
    .toUpperCase();
}

interface Alias {
  readonly station: string;
  /** Lowest and highest serial by year published under the alias as a station. */
  readonly published: ReadonlyMap<number, readonly [number, number]>;
}

function isPublished(alias: Alias, year: number, serial: number | undefined): boolean {
  const range = alias.published.get(year);
  return range !== undefined && (serial === undefined || (serial >= range[0] && serial <= range[1]));
}

const index = lazily(() => {
  const stations = readTable('stations.tsv').map(stationOfRow);
  const byName = new Map<string, Station>();
  const byRoute = new Map<string, Station>();
  for (const station of stations) {
    byName.set(station.code, station);
    for (const route of station.routes) byRoute.set(route, station);
  }
  // `Embassy Kyiv` is also the label of KIEV: the station with more cables comes first.
  for (const station of stations) {
    const label = stationKey(station.label ?? '');
    if (label !== '' && !byName.has(label)) byName.set(label, station);
  }
  return { stations, byName, byRoute };
});

function stationOfRow(row: readonly string[]): Station {
  const [code = '', label = '', country = '', years = '', maxSerial = '', routes = ''] = row;
  const active = yearsOf(years);
  return {
    code,
    label: label || null,
    country: country || null,
    firstYear: active[0] ?? null,
    lastYear: active.at(-1) ?? null,
    years: active,
    maxSerial: maxSerial === '' ? null : Number(maxSerial),
    routes: words(routes),
  };
}

/** `1985 1988-1990` */
function yearsOf(written: string): number[] {
  return words(written).flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, step) => first + step);
  });
}

const aliases = lazily(() => {
  const found = new Map<string, Alias>();
  for (const [name = '', station = '', published = ''] of readTable('aliases.tsv')) {
    found.set(stationKey(name), { station, published: publishedOf(published) });
  }
  return found;
});

const exonyms = lazily(
  () => new Map(readTable('exonyms.tsv').map(([name = '', station = '']) => [name, station] as const)),
);

/** `2009:872-873` */
function publishedOf(written: string): Map<number, readonly [number, number]> {
  return new Map(
    words(written).map((part) => {
      const [year = 0, lowest = 0, highest = 0] = part.split(/[:-]/).map(Number);
      return [year, [lowest, highest] as const] as const;
    }),
  );
}

function words(written: string): string[] {
  return written === '' ? [] : written.split(' ');
}
