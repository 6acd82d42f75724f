import type { ReferenceId } from '../../../core/cable.ts';
import { editsBetween } from '../../../core/text/edit-distance.ts';
import { letterBits, lettersBeyond } from '../../repair/letters.ts';
import { placesOf, wordsOf } from './terms.ts';
import type { Passage } from '../corpus.ts';
import { Budget } from './budget.ts';

/** The words of a quotation, which may have omissions. */
export interface Quotation {
  readonly words: readonly string[];
  /** Indexes of words that may follow an omission. */
  readonly gaps: ReadonlySet<number>;
}

/** A match of a quotation in a text. */
export interface Match {
  /** Share of the words that are in the text in their order, 0 to 1; misspelt words count partly. */
  readonly score: number;
  readonly exact: boolean;
  /** Indexes of the text's words where the quotation begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** Text in brackets and dots are by the person who quotes. */
const leftOutPattern = /\.{3,}|…|(?:\. ){2,}\.|\[[^\]]{0,80}\]|[[\]]/g;
/** Maximum of words compared. */
const maxWords = 200;

export function readQuotation(written: string): Quotation {
  const words: string[] = [];
  const gaps = new Set<number>();
  for (const part of written.split(leftOutPattern)) {
    if (words.length > 0) gaps.add(words.length);
    words.push(...wordsOf(part));
  }
  return { words: words.slice(0, maxWords), gaps };
}

/** Finds the best match of the quotation in a text, as far as the budget reaches. */
export function matchQuotation(quotation: Quotation, text: readonly string[], budget = new Budget()): Match {
  return exactMatch(quotation, text, budget) ?? nearMatch(quotation, text, budget) ?? noMatch;
}

const noMatch: Match = { score: 0, exact: false, from: 0, to: 0 };

function exactMatch({ words, gaps }: Quotation, text: readonly string[], budget: Budget): Match | undefined {
  const starts = [0, ...gaps].filter((start) => start < words.length);
  let from = -1;
  let end = 0;
  for (const [index, start] of starts.entries()) {
    const part = words.slice(start, starts[index + 1]);
    const at = placeOf(part, text, { from: end, budget });
    if (at === -1) return undefined;
    if (from === -1) from = at;
    end = at + part.length;
  }
  return { score: 1, exact: true, from, to: end - 1 };
}

/** -1 if the part is not in the text after `from`, or the budget is used up. */
function placeOf(
  part: readonly string[],
  text: readonly string[],
  { from, budget }: { from: number; budget: Budget },
): number {
  for (let at = text.indexOf(part[0] ?? '', from); at !== -1; at = text.indexOf(part[0] ?? '', at + 1)) {
    let length = 1;
    while (length < part.length && text[at + length] === part[length]) length += 1;
    if (length === part.length) return at;
    if (!budget.take(length)) break;
  }
  return -1;
}

/** Cost of an additional word in the text, in words. */
const costPerExtraWord = 0.1;

/**
 * The best alignment: a word of the quotation may be in the text, similar to one, or missing; additional words of the text
 * cost something, but not in an omission. Undefined if less than half of the words are in the text exactly, or the budget does not suffice.
 */
function nearMatch({ words, gaps }: Quotation, text: readonly string[], budget: Budget): Match | undefined {
  const known = new Set(text);
  if (words.filter((word) => known.has(word)).length * 2 < words.length) return undefined;
  if (!budget.take(words.length * text.length)) return undefined;
  const width = text.length + 1;
  const letters = Uint32Array.from(text, letterBits);
  let above = new Float64Array(width);
  let begun = Int32Array.from({ length: width }, (_, at) => at);
  for (const [index, word] of words.entries()) {
    const likeness = likenessTo(word, text, { letters, budget });
    const perStranger = index === 0 || gaps.has(index) ? 0 : costPerExtraWord;
    const row = new Float64Array(width);
    const starts = new Int32Array(width);
    // The best score so far, carried over the additional words that follow.
    let carried = above[0] ?? 0;
    let carriedFrom = begun[0] ?? 0;
    starts[0] = carriedFrom;
    for (let at = 1; at < width; at += 1) {
      const like = likeness[at - 1] ?? 0;
      const taken = like > 0 ? carried + like : -1;
      const skipped = above[at] ?? 0;
      row[at] = Math.max(taken, skipped);
      starts[at] = taken > skipped ? (index === 0 ? at - 1 : carriedFrom) : (begun[at] ?? 0);
      carried -= perStranger;
      if (skipped >= carried) {
        carried = skipped;
        carriedFrom = begun[at] ?? 0;
      }
    }
    above = row;
    begun = starts;
  }
  let best = 0;
  for (let at = 1; at < width; at += 1) if ((above[at] ?? 0) > (above[best] ?? 0)) best = at;
  const score = Math.max(0, (above[best] ?? 0) / Math.max(1, words.length));
  return { score, exact: false, from: Math.min(begun[best] ?? 0, Math.max(0, best - 1)), to: Math.max(0, best - 1) };
}

/** 1 for the same word, less for a similar one, otherwise 0. `letters`: the letter set of each word of the text. */
function likenessTo(
  word: string,
  text: readonly string[],
  { letters, budget }: { letters: Uint32Array; budget: Budget },
): Float64Array {
  const likeness = new Float64Array(text.length);
  const first = text.indexOf(word);
  for (let at = first; at !== -1; at = text.indexOf(word, at + 1)) likeness[at] = 1;
  const most = mostEdits(word);
  if (first !== -1 || most === 0) return likeness;
  const own = letterBits(word);
  for (let at = 0; at < text.length; at += 1) {
    const [other, others] = [text[at] ?? '', letters[at] ?? 0];
    // Each edit removes at most one letter and adds at most one: this check excludes most words.
    if (lettersBeyond(own, others) > most || lettersBeyond(others, own) > most) continue;
    if (Math.abs(other.length - word.length) > most || !budget.take(word.length * other.length)) continue;
    const edits = editsBetween(word, other, most);
    if (edits <= most) likeness[at] = 1 - edits / word.length;
  }
  return likeness;
}

/** In short words, one different letter makes another word. */
function mostEdits(word: string): number {
  return word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
}

/** A searchable text. */
export interface Place {
  /** Null outside the numbered paragraphs. */
  readonly paragraph: number | null;
  readonly text: string;
}

/** Places with a lower score are no results. */
const minScore = 0.6;

/** Undefined if the place does not have the words. */
export function passageAt(
  place: Place,
  quotation: Quotation,
  { referenceId, budget }: { referenceId: ReferenceId; budget: Budget },
): Passage | undefined {
  const match = matchQuotation(quotation, wordsOf(place.text), budget);
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
