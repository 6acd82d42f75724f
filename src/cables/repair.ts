import type { Candidate, Clues } from '../core/citation.ts';
import type { ReferenceId } from '../core/cable.ts';
import { partsOf } from './reference-id.ts';
import { isKnown, type Known, type Lead, ranked } from './repair/lead.ts';
import { leadsFrom } from './repair/spelling.ts';
import { toldApart } from './repair/subject.ts';
import { leadsWithoutYear } from './repair/without-year.ts';
import { stationNamed } from './stations.ts';

export { leadsFrom } from './repair/spelling.ts';
export type { Lead } from './repair/lead.ts';

/** What came of several leads. */
export interface Choice {
  /** The only cable that can be meant; undefined: it is not certain. */
  readonly certain: Lead | undefined;
  /** The best first; all of those that are equally near. */
  readonly candidates: readonly Candidate[];
  /** One of the best would be certain, were it not for the others. */
  readonly sure: boolean;
}

/** Another cable so near leaves doubt: two slips are much less likely than one. */
const MARGIN = 1;
/** What is further away is listed only to fill up. */
const MOST = 10;

/** A lead is certain when no other comes near it, its digits stand as written, and the cable is known. `said`: words of the post. */
export async function choose(known: Known, leads: readonly Lead[], said: string): Promise<Choice> {
  const all = ranked(leads);
  const limit = (all[0]?.distance ?? 0) + MARGIN;
  const near = await toldApart(
    known.corpus,
    all.filter(({ distance }) => distance < limit),
    said,
  );
  const [only] = near;
  const sure = near.some((lead) => lead.sure);
  if (only !== undefined && near.length === 1 && (await isCertain(known, only)))
    return { certain: only, candidates: [candidateOf(only)], sure };
  const far = all.filter(({ distance }) => distance >= limit).slice(0, Math.max(0, MOST - near.length));
  return { certain: undefined, candidates: [...near, ...far].map(candidateOf), sure };
}

/** What is read as written need not be known: it is `unverified` then. */
async function isCertain(known: Known, { sure, distance, referenceId }: Lead): Promise<boolean> {
  return sure && (distance === 0 || (await isKnown(known, referenceId)));
}

function candidateOf({ referenceId, distance, reason }: Lead): Candidate {
  return { referenceId, distance, reason };
}

/** What a post may mean that writes no ID. */
export async function leadsOfClues(known: Known, clues: Clues): Promise<Lead[]> {
  const spelt = clues.spelling === undefined ? [] : leadsFrom(known, clues.spelling);
  return [...(await leadsWithoutYear(known, clues)), ...spelt];
}

/**
 * Whether an ID has another station than is written, of which there are cables too: 08TAIPEI2660 is read as AITTAIPEI's, since TAIPEI sent no
 * such cable then, but may be a slip for one of TAIPEI's.
 */
export function isTwin({ catalogue }: Known, written: string, id: ReferenceId): boolean {
  if (catalogue === undefined) return false;
  const name = /[A-Z]{4,}/.exec(written.toUpperCase())?.[0] ?? '';
  return stationNamed(name)?.code === name && partsOf(id)?.station !== name && name.length > 0;
}
