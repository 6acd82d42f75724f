import type { ReferenceId } from '../../core/cable.ts';
import type { Candidate } from '../../core/citation.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Corpus } from '../corpus/corpus.ts';
import { highestSerial, isPlausible } from '../ids/months.ts';
import { formatReferenceId, publishedIdOf } from '../ids/reference-id.ts';
import type { ReferenceParts } from '../ids/reference-id.ts';
import { allStations } from '../ids/stations.ts';

/** The cables that are known to exist. */
export interface Known {
  readonly corpus: Corpus;
  readonly catalogue: Catalogue | undefined;
}

/** A candidate. `sure`: it may be chosen if nothing else is near, because no digit differs and the post says the year. */
export interface LikelyCandidate extends Candidate {
  readonly sure: boolean;
  /** Only the year is not in the post: words of the cable's subject there make it sure. */
  readonly undated?: boolean;
}

/** True if the cable certainly exists. */
export async function isKnown({ corpus, catalogue }: Known, id: ReferenceId): Promise<boolean> {
  return catalogue?.has(publishedIdOf(id)) === true || (await corpus.cable(id)) !== undefined;
}

/** True if the catalogue has it or, without a catalogue, if it is plausible. */
export function mayBe({ catalogue }: Known, parts: ReferenceParts): boolean {
  if (parts.serial < 1 || parts.serial > 999_999) return false;
  return catalogue === undefined ? isPlausible(parts) : catalogue.has(publishedIdOf(formatReferenceId(parts)));
}

/** Stations that have such a cable or, without a catalogue, may have one. */
export function stationsWith({ catalogue }: Known, year: number, serial: number): string[] {
  if (catalogue !== undefined) return catalogue.stations(year, serial);
  return allStations().flatMap(({ code }) => (isPlausible({ year, station: code, serial }) ? code : []));
}

/** Years in which a station has such a cable or, without a catalogue, may have one. */
export function yearsWith(
  { catalogue }: Known,
  { code, years }: ReturnType<typeof allStations>[number],
  serial: number,
) {
  if (catalogue !== undefined) return catalogue.years(code, serial);
  return years.filter((year) => serial <= (highestSerial(code, year) ?? 0));
}

/** The best candidate for each cable, best first. */
export function ranked(candidates: Iterable<LikelyCandidate>): LikelyCandidate[] {
  const best = new Map<ReferenceId, LikelyCandidate>();
  for (const candidate of candidates) {
    const other = best.get(candidate.referenceId);
    if (other === undefined || candidate.distance < other.distance) best.set(candidate.referenceId, candidate);
  }
  return [...best.values()].toSorted((a, b) => a.distance - b.distance || Number(b.sure) - Number(a.sure));
}
