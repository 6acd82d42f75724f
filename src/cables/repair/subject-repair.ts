import type { Corpus } from '../corpus/corpus.ts';
import { stationNamed } from '../ids/stations.ts';
import type { LikelyCandidate } from './candidate.ts';

/** Texts of no more candidates are looked at. */
const maxCount = 10;

/**
 * Puts those candidates first whose subjects have words of the post, and takes the others away where it is certain: one has two such words or
 * more, and all others, whose texts are at hand too, have none. What differs in a digit is only put in order.
 */
export async function toldApart(
  corpus: Corpus,
  candidates: readonly LikelyCandidate[],
  said: string,
): Promise<readonly LikelyCandidate[]> {
  const words = wordsOf(said);
  if (candidates.length < 2 || candidates.length > maxCount || words.size < 2) return candidates;
  const counted = await Promise.all(
    candidates.map(async (candidate) => {
      const subject = (await corpus.cable(candidate.referenceId))?.subject ?? null;
      const shared = subject === null ? [] : [...wordsOf(subject)].filter((word) => words.has(word));
      return { candidate, shared, isAtHand: subject !== null };
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
    others.every(({ shared, isAtHand }) => isAtHand && shared.length === 0)
  )
    return [candidate];
  return counted.toSorted((a, b) => b.shared.length - a.shared.length).map((one) => one.candidate);
}

/** Words of four letters and more that name no station and are not on every tongue. */
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
