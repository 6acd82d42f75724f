import type { ReferenceId } from '../../core/cable.ts';
import { partsOf } from './reference-id.ts';
import { cutName, stationNamed } from './stations.ts';

/**
 * PlusD's ID of a telegram of 1973 to 1979, which no other site has: year, the cut name of the station, five digits (STATE: six) and
 * the letter of the collection, `1973BRUSSE01930_b`. Undefined for any other year. Source: addresses of stored pages; `_d` for 1978 is inferred.
 */
export function earlierTelegram(id: ReferenceId): string | undefined {
  const parts = partsOf(id);
  const collection = parts && collections.get(parts.year);
  if (parts === undefined || collection === undefined) return undefined;
  const serial = String(parts.serial).padStart(parts.station === 'STATE' ? 6 : 5, '0');
  const station = stationNamed(parts.station);
  return `${parts.year}${station === undefined ? parts.station : cutName(station)}${serial}_${collection}`;
}

/** True where the text names such a telegram: by a year of four digits, with the collection or not. `07…` and `75…` are Cablegate's form. */
export function isWrittenAsEarlier(written: string): boolean {
  return /(?<![\p{L}\p{Nd}])197[3-9][ _-]{0,2}\p{L}{2}/u.test(written);
}

/** Kissinger's of 1973 to 1976, Carter's afterwards. */
const collections: ReadonlyMap<number, string> = new Map([
  [1973, 'b'],
  [1974, 'b'],
  [1975, 'b'],
  [1976, 'b'],
  [1977, 'c'],
  [1978, 'd'],
  [1979, 'e'],
]);
