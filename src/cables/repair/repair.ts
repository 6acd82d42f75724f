import type { Candidate, Clues } from '../../core/citation.ts';
import type { ReferenceId } from '../../core/cable.ts';
import type { Corpus } from '../corpus/corpus.ts';
import { inferredMonth } from '../ids/months.ts';
import { formatReferenceId, isMalformed, partsOf, publishedIdOf } from '../ids/reference-id.ts';
import { renamesOf } from './aliases.ts';
import { isKnown, type Known, type LikelyCandidate, ranked, yearsWith } from './candidate.ts';
import { malformedNear } from './letters.ts';
import { candidatesFrom } from './spelling-repair.ts';
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

/**
 * Cables of a station and serial, narrowed by the year and month that the post gives. Without a catalogue, all years with that many cables
 * of the station count.
 */
async function candidatesWithoutYear(
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
  if (inMonth.length > 0) return await Promise.all(inMonth.map((id) => candidateInYear(known, id, year !== null)));
  const others = await Promise.all(ids.map((id) => candidateInYear(known, id, year !== null)));
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
async function candidateInYear(known: Known, id: ReferenceId, isYearWritten: boolean): Promise<LikelyCandidate> {
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

/** Maximum of candidates whose texts are read. */
const maxTexts = 10;

/**
 * Puts candidates first whose subjects share words with the post. Drops the others if it is certain: one shares two words or
 * more, and all others have a text and share none. Candidates with a different digit are only reordered.
 */
async function narrowedBySubject(
  corpus: Corpus,
  candidates: readonly LikelyCandidate[],
  postText: string,
): Promise<readonly LikelyCandidate[]> {
  const words = wordsOf(postText);
  if (candidates.length < 2 || candidates.length > maxTexts || words.size < 2) return candidates;
  const counted = await Promise.all(
    candidates.map(async (candidate) => {
      const subject = (await corpus.cable(candidate.referenceId))?.subject ?? null;
      const shared = subject === null ? [] : [...wordsOf(subject)].filter((word) => words.has(word));
      return { candidate, shared, hasText: subject !== null };
    }),
  );
  const distinctive = counted.filter(({ shared }) => shared.length >= 2);
  const [only] = distinctive;
  if (only === undefined) return candidates;
  const candidate = {
    ...only.candidate,
    reason: `${only.candidate.reason}; its subject has ${only.shared.join(', ').toLowerCase()}`,
  };
  const others = counted.filter((one) => one !== only);
  if (
    distinctive.length === 1 &&
    only.candidate.sure &&
    others.every(({ shared, hasText }) => hasText && shared.length === 0)
  )
    return [candidate];
  return counted.toSorted((a, b) => b.shared.length - a.shared.length).map((one) => one.candidate);
}

/** Words of four letters or more, without names of stations and common words. */
function wordsOf(text: string): Set<string> {
  const found = new Set<string>();
  for (const [word] of text
    .slice(0, 10_000)
    .toUpperCase()
    .matchAll(/[A-Z]{4,}/g))
    if (!commonWords.has(word) && stationNamed(word) === undefined) found.add(word);
  return found;
}

const commonWords = new Set(
  'CABLE CABLES CABLEGATE EMBASSY FROM WITH THAT THIS ABOUT OVER INTO AFTER BEFORE MORE SAYS SAID WIKILEAKS WLFIND WHAT WHEN WILL HAVE HTTPS'.split(
    ' ',
  ),
);
