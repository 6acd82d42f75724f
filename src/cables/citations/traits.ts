import type { Cable, ReferenceId } from '../../core/cable.ts';
import type { Citation, Traits } from '../../core/citation.ts';
import { partsOf } from '../ids/reference-id.ts';
import { stationNamed } from '../ids/stations.ts';

/** See `Traits`. `id`: of the cable that is cited; null where that is not known. */
export function traitsOf({ kind, paragraphs }: Citation, id: ReferenceId | null, cable?: Cable): Traits {
  const parts = id === null ? undefined : partsOf(id);
  const cited = cable?.paragraphs.filter(({ number }) => paragraphs.includes(number)) ?? [];
  return {
    kind,
    year: parts?.year ?? null,
    station: parts?.station ?? null,
    country: (parts && stationNamed(parts.station)?.country) ?? null,
    tags: cable?.tags ?? [],
    markings: [...new Set(cited.flatMap(({ marking }) => marking ?? []))],
  };
}
