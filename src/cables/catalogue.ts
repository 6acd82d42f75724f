import { readFileSync } from 'node:fs';
import type { PublishedId } from '../core/cable.ts';
import type { CableIndex } from './cable-index.ts';
import type { IdList, Stretch } from './catalogue/list-file.ts';
import { decodeList, splitPublished } from './catalogue/list-file.ts';
import { listingOfIds } from './catalogue/listing.ts';
import { fullYear, malformedIds, partsOf } from './reference-id.ts';

export { importCatalogue } from './catalogue/import.ts';

/** The list of published IDs: with one, it is certain which cables exist and in which month. */
export interface Catalogue {
  has(id: PublishedId): boolean;
  /** Month of Created, 1-12; undefined when the list does not say. */
  month(id: PublishedId): number | undefined;
  /** Years in which a station sent a cable of that serial, ascending; those under a malformed ID count. */
  years(station: string, serial: number): number[];
  readonly size: number;
}

/** The imported list; undefined when none is there. Errors: the file is damaged, or written by another version. */
export function openCatalogue(file: string): (Catalogue & { readonly index: CableIndex }) | undefined {
  const bytes = readIfThere(file);
  return bytes === undefined ? undefined : new ListedIds(decodeList(bytes, file));
}

class ListedIds implements Catalogue {
  #index: CableIndex | undefined;
  readonly size: number;
  readonly #list: IdList;
  readonly #stretches: ReadonlyMap<string, Stretch[]>;
  readonly #mended: ReadonlyMap<string, number[]>;

  constructor(list: IdList) {
    this.#list = list;
    this.size = list.serials.length + list.odd.size;
    this.#stretches = Map.groupBy(list.stretches, (stretch) => stretch.station);
    this.#mended = mendedYears((id) => this.has(id));
  }

  /** The same in lists; made when it is asked for first, since few commands do. */
  get index(): CableIndex {
    return (this.#index ??= listingOfIds(this.#list));
  }

  has(id: PublishedId): boolean {
    return this.#list.odd.has(id) || this.#placeOf(id) !== undefined;
  }

  month(id: PublishedId): number | undefined {
    const place = this.#placeOf(id);
    const month = place === undefined ? this.#list.odd.get(id) : this.#list.months[place];
    return month === 0 ? undefined : month;
  }

  years(station: string, serial: number): number[] {
    const years = new Set(this.#mended.get(`${station} ${serial}`));
    for (const stretch of this.#stretches.get(station) ?? []) {
      const year = fullYear(stretch.year);
      if (year !== undefined && placeIn(this.#list.serials, stretch, serial) !== undefined) years.add(year);
    }
    return [...years].toSorted((a, b) => a - b);
  }

  #placeOf(id: PublishedId): number | undefined {
    const parts = splitPublished(id);
    const stretch = parts && this.#stretches.get(parts.station)?.find(({ year }) => year === parts.year);
    return stretch && placeIn(this.#list.serials, stretch, parts.serial);
  }
}

/** Years by right station and serial of the malformed IDs that are listed. */
function mendedYears(isListed: (id: PublishedId) => boolean): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [wrong, right] of malformedIds()) {
    const parts = isListed(wrong) ? partsOf(right) : undefined;
    if (parts === undefined) continue;
    const key = `${parts.station} ${parts.serial}`;
    found.set(key, [...(found.get(key) ?? []), parts.year]);
  }
  return found;
}

/** Where a serial stands among those of a stretch, which ascend. */
function placeIn(serials: Uint32Array, { start, end }: Stretch, serial: number): number | undefined {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((serials[middle] ?? 0) < serial) low = middle + 1;
    else high = middle;
  }
  return low < end && serials[low] === serial ? low : undefined;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
