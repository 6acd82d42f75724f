import { readFileSync } from 'node:fs';
import type { PublishedId } from '../../core/cable.ts';
import { isNoSuchFile } from '../../core/errors.ts';
import type { CableIndex } from '../corpus/cable-index.ts';
import { decodeList, firstPlace, type IdList, splitPublished, type Stretch } from './list-file.ts';
import { listingOfIds } from './catalogue-list.ts';
import { fullYear, malformedIds, partsOf, type ReferenceParts } from '../ids/reference-id.ts';

export { type Imported, importCatalogue } from './import-catalogue.ts';

/** All published IDs. With a catalogue it is certain which cables exist, and in which month. */
export interface Catalogue {
  has(id: PublishedId): boolean;
  /** Month of Created, 1-12; undefined if not listed. */
  month(id: PublishedId): number | undefined;
  /** Years in which a station sent a cable of that serial, ascending; includes malformed IDs. */
  years(station: string, serial: number): number[];
  /** Stations that sent a cable of that serial in a year; includes malformed IDs. */
  stations(year: number, serial: number): string[];
  /** Share of a station's serials that are listed, 0 to 1: of those up to its highest listed one of each year. */
  share(station: string): number;
  readonly size: number;
}

/** Opens the imported catalogue; undefined if there is none. Errors: the file is damaged, or written by another version. */
export function openCatalogue(file: string): (Catalogue & { readonly index: CableIndex }) | undefined {
  const bytes = readIfThere(file);
  return bytes === undefined ? undefined : new ListedIds(decodeList(bytes, file));
}

class ListedIds implements Catalogue {
  #index: CableIndex | undefined;
  readonly size: number;
  readonly #list: IdList;
  readonly #stretches: ReadonlyMap<string, Stretch[]>;
  readonly #ofYear: ReadonlyMap<string, Stretch[]>;
  readonly #corrected: readonly ReferenceParts[];

  constructor(list: IdList) {
    this.#list = list;
    this.size = list.serials.length + list.odd.size;
    this.#stretches = Map.groupBy(list.stretches, (stretch) => stretch.station);
    this.#ofYear = Map.groupBy(list.stretches, (stretch) => stretch.year);
    this.#corrected = corrected((id) => this.has(id));
  }

  /** The same as lists; built on first use, because few commands need it. */
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
    const years = new Set<number>();
    for (const each of this.#corrected) if (each.station === station && each.serial === serial) years.add(each.year);
    for (const stretch of this.#stretches.get(station) ?? []) {
      const year = fullYear(stretch.year);
      if (year !== undefined && placeIn(this.#list.serials, stretch, serial) !== undefined) years.add(year);
    }
    return [...years].toSorted((a, b) => a - b);
  }

  stations(year: number, serial: number): string[] {
    const found = new Set<string>();
    for (const each of this.#corrected) if (each.year === year && each.serial === serial) found.add(each.station);
    for (const stretch of this.#ofYear.get(String(year).slice(2)) ?? [])
      if (placeIn(this.#list.serials, stretch, serial) !== undefined) found.add(stretch.station);
    return [...found];
  }

  share(station: string): number {
    let [listed, sent] = [0, 0];
    for (const { start, end } of this.#stretches.get(station) ?? []) {
      listed += end - start;
      sent += this.#list.serials[end - 1] ?? 0;
    }
    return sent === 0 ? 0 : listed / sent;
  }

  #placeOf(id: PublishedId): number | undefined {
    const parts = splitPublished(id);
    const stretch = parts && this.#stretches.get(parts.station)?.find(({ year }) => year === parts.year);
    return stretch && placeIn(this.#list.serials, stretch, parts.serial);
  }
}

/** The corrected IDs of the malformed ones in the catalogue. */
function corrected(isListed: (id: PublishedId) => boolean): ReferenceParts[] {
  return malformedIds().flatMap(([wrong, right]) => (isListed(wrong) ? (partsOf(right) ?? []) : []));
}

/** The place of a serial in a stretch, whose serials ascend. */
function placeIn(serials: Uint32Array, { start, end }: Stretch, serial: number): number | undefined {
  const place = firstPlace(start, end, (at) => (serials[at] ?? 0) >= serial);
  return place < end && serials[place] === serial ? place : undefined;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isNoSuchFile(error)) return undefined;
    throw error;
  }
}
