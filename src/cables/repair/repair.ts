import type { Candidate, Clues } from '../../core/citation.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { isMalformed, partsOf } from '../ids/reference-id.ts';
import { isKnown, type Known, type LikelyCandidate, ranked } from './candidate.ts';
import { malformedNear } from './malformed.ts';
import { candidatesFrom } from './spelling-repair.ts';
import { toldApart } from './subject-repair.ts';
import { candidatesWithoutYear } from './without-year.ts';
import { stationNamed } from '../ids/stations.ts';

export { candidatesFrom } from './spelling-repair.ts';
export type { LikelyCandidate } from './candidate.ts';

/** What came of several leads. */
export interface Choice {
  /** The only cable that can be meant; undefined: it is not certain. */
  readonly certain: LikelyCandidate | undefined;
  /** The best first; all of those that are equally near. */
  readonly candidates: readonly Candidate[];
  /** One of the best would be certain, were it not for the others. */
  readonly sure: boolean;
}

/** Another cable so near leaves doubt: two slips are much less likely than one. */
const doubtMargin = 1;
/** What is further away is listed only to fill up. */
const maxCount = 10;

/** A lead is certain when no other comes near it, its digits stand as written, and the cable is known. `said`: words of the post. */
export async function choose(known: Known, candidates: readonly LikelyCandidate[], said: string): Promise<Choice> {
  const all = ranked(candidates);
  const limit = (all[0]?.distance ?? 0) + doubtMargin;
  const near = await toldApart(
    known.corpus,
    all.filter(({ distance }) => distance < limit),
    said,
  );
  const [only] = near;
  const sure = near.some((candidate) => candidate.sure);
  if (only !== undefined && near.length === 1 && (await isCertain(known, only)))
    return { certain: only, candidates: [candidateOf(only)], sure };
  const far = all.filter(({ distance }) => distance >= limit).slice(0, Math.max(0, maxCount - near.length));
  return { certain: undefined, candidates: [...near, ...far].map(candidateOf), sure };
}

/** What is read as written need not be known: it is `unverified` then. */
async function isCertain(known: Known, { sure, distance, referenceId }: LikelyCandidate): Promise<boolean> {
  return sure && (distance === 0 || (await isKnown(known, referenceId)));
}

function candidateOf({ referenceId, distance, reason }: LikelyCandidate): Candidate {
  return { referenceId, distance, reason };
}

/** What a post may mean that writes no ID. */
export async function candidatesOfClues(known: Known, clues: Clues): Promise<LikelyCandidate[]> {
  const spelt = clues.spelling === undefined ? [] : candidatesFrom(known, clues.spelling);
  return [...(await candidatesWithoutYear(known, clues)), ...spelt];
}

/**
 * Whether an ID may be a slip for another, although it is read as a cable's: it has not the name that is written, and that is another
 * station's (08TAIPEI2660 is read as AITTAIPEI's, TAIPEI sent no such cable then) or part of a malformed ID.
 */
export function isDoubtful({ catalogue }: Known, written: string, id: ReferenceId): boolean {
  const key = written.toUpperCase().replace(/[^0-9A-Z]/g, '');
  const name = /[A-Z]{4,}/.exec(key)?.[0];
  if (catalogue === undefined || name === undefined || partsOf(id)?.station === name || isMalformed(key)) return false;
  return stationNamed(name)?.code === name || malformedNear(written).length > 0;
}
