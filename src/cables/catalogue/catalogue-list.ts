import type { ReferenceId } from '../../core/cable.ts';
import type { CableIndex, Group, IndexQuery } from '../corpus/cable-index.ts';
import type { CableBrief } from '../corpus/corpus.ts';
import { canonicalReferenceId, fullYear } from '../ids/reference-id.ts';
import { firstPlace, type IdList, type Stretch } from './list-file.ts';

/** Lists of IDs by year, month and station. IDs of unknown month come first in their year. */
export function listingOfIds(list: IdList): CableIndex {
  const odd = [...list.odd];
  const size = list.serials.length + odd.length;
  const stretchAt = stretchesByPlace(list);
  const when = monthsByPlace(list, odd);
  const all = sortedByMonth(
    Uint32Array.from({ length: size }, (_, place) => place),
    when,
  );

  function briefAt(place: number): CableBrief {
    const stretch = stretchAt(place);
    const id =
      stretch === undefined
        ? odd[place - list.serials.length]![0]
        : `${stretch.year}${stretch.station}${list.serials[place]}`;
    const referenceId = canonicalReferenceId(id) ?? (id as ReferenceId);
    return { referenceId, subject: null, created: null, classification: null };
  }

  function placesOf(station: string | undefined): Uint32Array {
    if (station === undefined) return all;
    const mine = list.stretches.filter((stretch) => stretch.station === station);
    const places = mine.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at));
    return sortedByMonth(Uint32Array.from(places), when);
  }

  return {
    size,
    list({ of, after, most, ...date }: IndexQuery) {
      // IDs have neither classification nor TAGS.
      if (of !== undefined && of.facet !== 'station') return { cables: [], next: undefined };
      const places = placesOf(of?.name);
      const [low, high] = monthsOf(date);
      const start = Math.max(lowerBound(places, when, low), Number(after ?? 0) || 0);
      const end = lowerBound(places, when, high);
      const page = places.subarray(start, Math.min(end, start + most));
      return { cables: [...page].map(briefAt), next: start + most < end ? String(start + most) : undefined };
    },
    groups(by, year) {
      if (by === 'station') return stationsIn(list.stretches);
      const names = by !== 'date' ? [] : year === undefined ? yearNames : monthNames;
      return names.flatMap((name) => {
        const date = year === undefined ? { year: Number(name) } : { year, month: Number(name) };
        const [low, high] = monthsOf(date).map((month) => lowerBound(all, when, month));
        const cables = (high ?? 0) - (low ?? 0);
        return cables === 0 ? [] : [{ name, cables }];
      });
    },
  };
}

const firstYear = 1966;
const lastYear = 2010;
const yearNames = Array.from({ length: lastYear - firstYear + 1 }, (_, at) => String(firstYear + at));
const monthNames = Array.from({ length: 12 }, (_, at) => String(at + 1).padStart(2, '0'));

/** The month of each position, counted as in `monthsOf`; malformed IDs come last. */
function monthsByPlace(
  { stretches, serials, months }: IdList,
  odd: readonly (readonly [string, number])[],
): Uint16Array {
  const when = new Uint16Array(serials.length + odd.length);
  const yearStart = (digits: string) => ((fullYear(digits) ?? firstYear) - firstYear) * 13;
  for (const { year, start, end } of stretches) {
    const base = yearStart(year);
    for (let place = start; place < end; place += 1) when[place] = base + (months[place] ?? 0);
  }
  for (const [at, [id, month]] of odd.entries()) when[serials.length + at] = yearStart(id.slice(0, 2)) + month;
  return when;
}

/** The range of months of a query, counted from the month before January 1966. */
function monthsOf({ year, month }: Pick<IndexQuery, 'year' | 'month'>): [number, number] {
  if (year === undefined) return [0, Number.MAX_SAFE_INTEGER];
  const start = (year - firstYear) * 13;
  return month === undefined ? [start, start + 13] : [start + month, start + month + 1];
}

function stretchesByPlace({ stretches, serials }: IdList): (place: number) => Stretch | undefined {
  const index = new Uint32Array(serials.length);
  for (const [at, { start, end }] of stretches.entries()) index.fill(at, start, end);
  return (place) => (place < serials.length ? stretches[index[place] ?? 0] : undefined);
}

/** Sorted by month, then by place: as plain numbers, which takes some milliseconds for a quarter of a million IDs. */
function sortedByMonth(places: Uint32Array, when: Uint16Array): Uint32Array {
  const keys = Float64Array.from(places, (place) => (when[place] ?? 0) * maxPlaces + place);
  return Uint32Array.from(keys.toSorted(), (key) => key % maxPlaces);
}

const maxPlaces = 2 ** 32;

function lowerBound(places: Uint32Array, when: Uint16Array, month: number): number {
  return firstPlace(0, places.length, (at) => (when[places[at] ?? 0] ?? 0) >= month);
}

function stationsIn(stretches: readonly Stretch[]): Group[] {
  const groups = [...Map.groupBy(stretches, ({ station }) => station)].map(([name, mine]) => ({
    name,
    cables: mine.reduce((sum, { start, end }) => sum + end - start, 0),
  }));
  return groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
