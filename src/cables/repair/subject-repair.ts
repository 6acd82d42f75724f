import type { Corpus } from '../corpus/corpus.ts';
import { stationNamed } from '../ids/stations.ts';
import type { LikelyCandidate } from './candidate.ts';

/** Maximum of candidates whose texts are read. */
const maxCount = 10;

/**
 * Puts candidates first whose subjects share words with the post. Drops the others if it is certain: one shares two words or
 * more, and all others have a text and share none. Candidates with a different digit are only reordered.
 */
export async function narrowedBySubject(
  corpus: Corpus,
  candidates: readonly LikelyCandidate[],
  postText: string,
): Promise<readonly LikelyCandidate[]> {
  const words = wordsOf(postText);
  if (candidates.length < 2 || candidates.length > maxCount || words.size < 2) return candidates;
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
