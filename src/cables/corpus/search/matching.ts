import type { ReferenceId } from '../../../core/cable.ts';
import type { Passage } from '../corpus.ts';
import { matchQuotation, type Quotation } from './find-quotation.ts';
import { placesOf, wordsOf } from './words.ts';

/** A text that words may stand in. */
export interface Place {
  /** Null: outside of the numbered paragraphs. */
  readonly paragraph: number | null;
  readonly text: string;
}

/** What has fewer of the words is no find. */
const minScore = 0.6;

/** Undefined: the place does not have the words. */
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

/** The best first; of equals the earlier cable and paragraph. */
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

/** All of a short text; of a longer one the words with what stands around them. */
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
