import type { ReferenceId } from '../../core/cable.ts';
import type { CableIndex, Group, IndexQuery } from '../cable-index.ts';
import type { CableBrief } from '../corpus.ts';
import { canonicalReferenceId, fullYear } from '../reference-id.ts';
import type { IdList, Stretch } from './list-file.ts';

/** Lists of the IDs alone: by year, month and station. Those whose month is not known stand first in their year. */
export function listingOfIds(list: IdList): CableIndex {
  const odd = [...list.odd];
  const size = list.serials.length + odd.length;
  const stretchAt = stretchesByPlace(list);
  const when = Uint16Array.from({ length: size }, (_, place) => monthAt(place));
  const all = {
    places: sortedByMonth(
      Uint32Array.from({ length: size }, (_, place) => place),
      when,
    ),
    when,
  };

  function monthAt(place: number): number {
    const [id, month] = odd[place - list.serials.length] ?? ['', list.months[place] ?? 0];
    const year = fullYear(stretchAt(place)?.year ?? id.slice(0, 2));
    return ((year ?? firstYear) - firstYear) * 13 + month;
  }

  function briefAt(place: number): CableBrief {
    const stretch = stretchAt(place);
    const id =
      stretch === undefined
        ? odd[place - list.serials.length]![0]
        : `${stretch.year}${stretch.station}${list.serials[place]}`;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a malformed ID leads on to the right one
    const referenceId = canonicalReferenceId(id) ?? (id as ReferenceId);
    return { referenceId, subject: null, created: null, classification: null };
  }

  function placesOf(station: string | undefined): Uint32Array {
    if (station === undefined) return all.places;
    const mine = list.stretches.filter((stretch) => stretch.station === station);
    const places = mine.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at));
    return sortedByMonth(Uint32Array.from(places), when);
  }

  return {
    size,
    list({ of, after, most, ...date }: IndexQuery) {
      const places = placesOf(of?.name);
      const [low, high] = monthsOf(date);
      const start = Math.max(lowerBound(places, when, low), Number(after ?? 0) || 0);
      const end = lowerBound(places, when, high);
      const page = places.subarray(start, Math.min(end, start + most));
      return { cables: [...page].map(briefAt), next: start + most < end ? String(start + most) : undefined };
    },
    groups(by, year) {
      if (by === 'station') return stationsIn(list.stretches);
      return groupsOf(when, by === 'date' ? year : undefined);
    },
  };
}

const firstYear = 1966;
const lastYear = 2010;

/** The months, counted from that before January 1966 on, that a query asks for. */
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

/** By counting: a quarter of a million are in order within some milliseconds. Of one month they stay in their order. */
function sortedByMonth(places: Uint32Array, when: Uint16Array): Uint32Array {
  const starts = new Uint32Array((lastYear - firstYear + 1) * 13 + 1);
  for (const place of places) starts[(when[place] ?? 0) + 1] = (starts[(when[place] ?? 0) + 1] ?? 0) + 1;
  for (let at = 1; at < starts.length; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const sorted = new Uint32Array(places.length);
  for (const place of places) {
    const month = when[place] ?? 0;
    sorted[starts[month] ?? 0] = place;
    starts[month] = (starts[month] ?? 0) + 1;
  }
  return sorted;
}

function lowerBound(places: Uint32Array, when: Uint16Array, month: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((when[places[middle] ?? 0] ?? 0) < month) low = middle + 1;
    else high = middle;
  }
  return low;
}

function stationsIn(stretches: readonly Stretch[]): Group[] {
  const groups = [...Map.groupBy(stretches, ({ station }) => station)].map(([name, mine]) => ({
    name,
    cables: mine.reduce((sum, { start, end }) => sum + end - start, 0),
  }));
  return groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function groupsOf(when: Uint16Array, year: number | undefined): Group[] {
  const counts = new Map<string, number>();
  for (const month of when) {
    const its = firstYear + Math.floor(month / 13);
    if (year !== undefined && (its !== year || month % 13 === 0)) continue;
    const name = year === undefined ? String(its) : String(month % 13).padStart(2, '0');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, cables]) => ({ name, cables })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
