import type { Candidate, Clues } from '../../core/citation.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { isMalformed, partsOf } from '../ids/reference-id.ts';
import { isKnown, type Known, type LikelyCandidate, ranked } from './candidate.ts';
import { malformedNear } from './malformed.ts';
import { candidatesFrom } from './spelling-repair.ts';
import { narrowedBySubject } from './subject-repair.ts';
import { candidatesWithoutYear } from './without-year.ts';
import { stationNamed } from '../ids/stations.ts';

export { candidatesFrom } from './spelling-repair.ts';
export type { LikelyCandidate } from './candidate.ts';

/** The choice among several candidates. */
export interface Choice {
  /** The only cable that can be meant; undefined if that is not certain. */
  readonly certain: LikelyCandidate | undefined;
  /** Best first; includes all that are equally near. */
  readonly candidates: readonly Candidate[];
  /** One of the best would be certain without the others. */
  readonly sure: boolean;
}

/** A candidate within this distance of the best leaves doubt: two slips are much less likely than one. */
const doubtMargin = 1;
/** Candidates further away only fill the list up to this number. */
const maxCount = 10;

/** Chooses a candidate if no other is near, its digits are as written, and the cable is known. `postText` may decide between several. */
export async function choose(known: Known, candidates: readonly LikelyCandidate[], postText: string): Promise<Choice> {
  const all = ranked(candidates);
  const limit = (all[0]?.distance ?? 0) + doubtMargin;
  const near = await narrowedBySubject(
    known.corpus,
    all.filter(({ distance }) => distance < limit),
    postText,
  );
  const [only] = near;
  const sure = near.some((candidate) => candidate.sure);
  if (only !== undefined && near.length === 1 && (await isCertain(known, only)))
    return { certain: only, candidates: [candidateOf(only)], sure };
  const far = all.filter(({ distance }) => distance >= limit).slice(0, Math.max(0, maxCount - near.length));
  return { certain: undefined, candidates: [...near, ...far].map(candidateOf), sure };
}

/** A candidate at distance 0 need not be known: it will be `unverified`. */
async function isCertain(known: Known, { sure, distance, referenceId }: LikelyCandidate): Promise<boolean> {
  return sure && (distance === 0 || (await isKnown(known, referenceId)));
}

function candidateOf({ referenceId, distance, reason }: LikelyCandidate): Candidate {
  return { referenceId, distance, reason };
}

/** Candidates for a citation without an ID. */
export async function candidatesOfClues(known: Known, clues: Clues): Promise<LikelyCandidate[]> {
  const spelt = clues.spelling === undefined ? [] : candidatesFrom(known, clues.spelling);
  return [...(await candidatesWithoutYear(known, clues)), ...spelt];
}

/**
 * True if an ID that names a cable may still be a slip for another one: the written name is not the ID's own, but that of another
 * station (08TAIPEI2660 resolves to AITTAIPEI, because TAIPEI sent no such cable) or part of a malformed ID.
 */
export function isDoubtful({ catalogue }: Known, written: string, id: ReferenceId): boolean {
  const key = written.toUpperCase().replace(/[^0-9A-Z]/g, '');
  const name = /[A-Z]{4,}/.exec(key)?.[0];
  if (catalogue === undefined || name === undefined || partsOf(id)?.station === name || isMalformed(key)) return false;
  return stationNamed(name)?.code === name || malformedNear(written).length > 0;
}
