import type { ReferenceId } from '../../core/cable.ts';
import type { Clues } from '../../core/citation.ts';
import { inferredMonth } from '../ids/months.ts';
import { formatReferenceId, partsOf, publishedIdOf } from '../ids/reference-id.ts';
import { stationNamed } from '../ids/stations.ts';
import { renamesOf } from './aliases.ts';
import { isKnown, type Known, type LikelyCandidate, yearsWith } from './candidate.ts';

/**
 * Cables of a station and serial, narrowed by the year and month that the post gives. Without a catalogue, all years with that many cables
 * of the station count.
 */
export async function candidatesWithoutYear(
  known: Known,
  { station, serial, year, month }: Clues,
): Promise<LikelyCandidate[]> {
  if (station === null || serial === null) return [];
  const ids: ReferenceId[] = [];
  for (const code of [station, ...renamesOf(station)]) {
    const sender = stationNamed(code);
    if (sender === undefined) continue;
    const possible = yearsWith(known, sender, serial);
    for (const each of sender.years) {
      const id = formatReferenceId({ year: each, station: sender.code, serial });
      if ((year ?? each) !== each) continue;
      if (possible.includes(each) || (await known.corpus.cable(id)) !== undefined) ids.push(id);
    }
  }
  const inMonth = month === null ? ids : await sentIn(known, ids, month);
  if (inMonth.length > 0) return await Promise.all(inMonth.map((id) => candidateOf(known, id, year !== null)));
  const others = await Promise.all(ids.map((id) => candidateOf(known, id, year !== null)));
  return others.map((candidate) => ({ ...candidate, sure: false }));
}

async function sentIn(
  { corpus, catalogue }: Known,
  ids: readonly ReferenceId[],
  month: number,
): Promise<ReferenceId[]> {
  const found: ReferenceId[] = [];
  for (const id of ids) {
    const created = (await corpus.cable(id))?.created?.slice(5, 7);
    const parts = partsOf(id);
    const sent =
      created === undefined
        ? (catalogue?.month(publishedIdOf(id)) ?? (parts && inferredMonth(parts)))
        : Number(created);
    if (sent === month) found.push(id);
  }
  return found;
}

/** A year that is not in the post is a guess, unless such a cable is known. */
async function candidateOf(known: Known, id: ReferenceId, isYearWritten: boolean): Promise<LikelyCandidate> {
  const hasText = (await known.corpus.cable(id)) !== undefined;
  const why =
    known.catalogue === undefined ? 'the station sent that many cables in that year' : 'it is in the catalogue';
  return {
    referenceId: id,
    distance: 0,
    reason: `the year may be ${partsOf(id)?.year}: ${hasText ? 'its text is available' : why}`,
    sure: isYearWritten || (await isKnown(known, id)),
  };
}
