import type { Quotation } from './quotation.ts';
import { wordsOf } from './words.ts';

/**
 * Words that stand in nearly every paragraph of English: three of them together lead nowhere. So the index has each two of them that are
 * neighbours as a term of its own, beside the words themselves (as Lucene's CommonGrams do). To change them is to change the store's form.
 */
const COMMON = new Set(
  `a about after all also an and any are as at be because been but by can could for from had has have he her his i if in into is it its may
  more most no not of on one only or other our out over said she should so some such than that the their them there these they this those
  to two under up was we were what when which while who will with would`.split(/\s+/),
);

/** All that the index has of a text: words and pairs. */
export function termsOf(text: string): Set<string> {
  const words = wordsOf(text);
  return new Set([...words, ...pairsAmong(words)]);
}

/** What leads to where a quotation stands; where something is left out there are no neighbours. */
export function termsIn({ words, gaps }: Quotation): Set<string> {
  return new Set([...words, ...pairsAmong(words, gaps)]);
}

/** Each is a word to the index, too, and one that nobody writes. */
function pairsAmong(words: readonly string[], gaps?: ReadonlySet<number>): string[] {
  const pairs: string[] = [];
  let before = false;
  for (const [at, word] of words.entries()) {
    const common = COMMON.has(word);
    if (before && common && gaps?.has(at) !== true) pairs.push(`${words[at - 1]}0${word}`);
    before = common;
  }
  return pairs;
}
