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
  const candidates = await Promise.all(
    (inMonth.length > 0 ? inMonth : ids).map((id) => candidateInYear(known, id, year, month)),
  );
  if (inMonth.length === 0) return candidates.map((candidate) => ({ ...candidate, sure: false, undated: false }));
  const [only] = candidates;
  return only !== undefined && candidates.length === 1
    ? [{ ...only, reason: only.reason + shareOf(known, only) }]
    : candidates;
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

/** A year that is not in the post is a guess, even if one such cable alone is known: most cables were never published. */
async function candidateInYear(
  known: Known,
  id: ReferenceId,
  year: number | null,
  month: number | null,
): Promise<LikelyCandidate> {
  const hasText = (await known.corpus.cable(id)) !== undefined;
  const why =
    known.catalogue === undefined ? 'the station sent that many cables in that year' : 'it is in the catalogue';
  const date = month === null ? year : `${year}-${String(month).padStart(2, '0')}`;
  const guess = `the year may be ${partsOf(id)?.year}: ${hasText ? 'its text is available' : why}`;
  const reason = year === null ? guess : `the post dates it ${date}`;
  return { referenceId: id, distance: 0, reason, sure: year !== null, undated: year === null };
}

/** Says of the only candidate how likely it is that the cable meant is another, which was never published. */
function shareOf({ catalogue }: Known, { referenceId, undated }: LikelyCandidate): string {
  const station = partsOf(referenceId)?.station;
  if (catalogue === undefined || station === undefined || undated !== true) return '';
  const percent = Math.round(catalogue.share(station) * 100);
  return `; the catalogue has no other, but only about ${percent} % of the serials of ${station}`;
}

/** Maximum of candidates whose texts are read. */
const maxTexts = 10;

/**
 * Puts candidates first whose subjects share words with the post, then those whose year is in it. Drops the others if it is certain: the
 * post has two words or more of one's subject, and two thirds of them, and all others have a text and share none. Candidates with a different digit are
 * only reordered.
 */
async function narrowedBySubject(
  corpus: Corpus,
  candidates: readonly LikelyCandidate[],
  postText: string,
): Promise<readonly LikelyCandidate[]> {
  const words = wordsOf(postText);
  if (candidates.every(({ sure }) => sure) && candidates.length < 2) return candidates;
  if (candidates.length > maxTexts || words.size < 2) return byYear(candidates, postText);
  const counted = await Promise.all(
    candidates.map(async (candidate) => {
      const subject = wordsOf((await corpus.cable(candidate.referenceId))?.subject ?? '');
      const shared = [...subject].filter((word) => words.has(word));
      return { candidate, shared, size: subject.size };
    }),
  );
  const [only, ...more] = counted.filter(({ shared }) => shared.length >= 2);
  if (only === undefined) return byYear(candidates, postText);
  const { sure, undated } = only.candidate;
  const isMeant =
    more.length === 0 &&
    (sure || undated === true) &&
    only.shared.length * 3 >= only.size * 2 &&
    counted.every((one) => one === only || (one.size > 0 && one.shared.length === 0));
  const reason = `${only.candidate.reason}; its subject has ${only.shared.join(', ').toLowerCase()}`;
  if (isMeant) return [{ ...only.candidate, reason, sure: true }];
  return counted.toSorted((a, b) => b.shared.length - a.shared.length).map((one) => one.candidate);
}

/** A year that may be that of a publication decides nothing. */
function byYear(candidates: readonly LikelyCandidate[], postText: string): readonly LikelyCandidate[] {
  const isNamed = ({ referenceId }: LikelyCandidate) => postText.includes(String(partsOf(referenceId)?.year));
  return candidates.toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
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
  (
    'CABLE CABLES CABLEGATE EMBASSY FROM WITH THAT THIS ABOUT OVER INTO AFTER BEFORE MORE SAYS SAID WIKILEAKS WLFIND WHAT WHEN WILL HAVE HTTPS ' +
    // Of subjects that return every day or week.
    'MEDIA PRESS REACTION REPORT DAILY WEEKLY MONTHLY UPDATE SUMMARY ROUNDUP HIGHLIGHTS REQUEST RESPONSE VISIT MEETING'
  ).split(' '),
);
