import type { ReferenceId } from '../../../core/cable.ts';
import type { Passage } from '../corpus.ts';
import { matchQuotation, type Quotation } from './find-quotation.ts';
import { placesOf, wordsOf } from './words.ts';

/** A searchable text. */
export interface Place {
  /** Null outside the numbered paragraphs. */
  readonly paragraph: number | null;
  readonly text: string;
}

/** Places with a lower score are no results. */
const minScore = 0.6;

/** Undefined if the place does not have the words. */
export function passageAt(place: Place, quotation: Quotation, referenceId: ReferenceId): Passage | undefined {
  const match = matchQuotation(quotation, wordsOf(place.text));
  if (match.score < minScore) return undefined;
  return {
    referenceId,
    paragraph: place.paragraph,
    score: match.score,
    exact: match.exact,
    text: excerpt(place.text, match.from, match.to),
  };
}

/** Best first; equal scores by earlier cable and paragraph. */
export function bestFirst(passages: readonly Passage[]): Passage[] {
  return passages.toSorted(
    (a, b) =>
      Number(b.exact) - Number(a.exact) ||
      b.score - a.score ||
      (a.referenceId < b.referenceId ? -1 : a.referenceId > b.referenceId ? 1 : 0) ||
      (a.paragraph ?? 0) - (b.paragraph ?? 0),
  );
}

const maxExcerptLength = 1000;

/** A short text as it is; of a longer one, the words with their surroundings. */
function excerpt(text: string, from: number, to: number): string {
  if (text.length <= maxExcerptLength) return text.trim();
  const places = placesOf(text);
  const start = places[from]?.[0] ?? 0;
  const end = places[to]?.[1] ?? start;
  const margin = Math.max(100, (maxExcerptLength - (end - start)) / 2);
  const first = places.find(([at]) => at >= start - margin)?.[0] ?? start;
  const last = places.findLast(([, at]) => at <= end + margin)?.[1] ?? end;
  return `${first > 0 ? '… ' : ''}${text.slice(first, last).trim()}${last < text.trimEnd().length ? ' …' : ''}`;
}
