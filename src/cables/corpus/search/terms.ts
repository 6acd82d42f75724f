import type { Quotation } from './find-quotation.ts';
import { wordsOf } from './words.ts';

/**
 * Words that stand in nearly every paragraph of English: where they stand says nothing, which two of them are neighbours does. So the index
 * has such pairs as terms, and these words no other way (much as Lucene's CommonGrams). To change them is to change the store's form.
 */
const commonWords = new Set(
  `a about after all also an and any are as at be because been but by can could for from had has have he her his i if in into is it its may
  more most no not of on one only or other our out over said she should so some such than that the their them there these they this those
  to two under up was we were what when which while who will with would`.split(/\s+/),
);

/** All that the index has of a text. */
export function termsOf(text: string): Set<string> {
  return termsAmong(wordsOf(text));
}

/** What leads to where a quotation stands; where something is left out there are no neighbours. */
export function termsIn({ words, gaps }: Quotation): Set<string> {
  return termsAmong(words, gaps);
}

function termsAmong(words: readonly string[], gaps?: ReadonlySet<number>): Set<string> {
  const terms = new Set<string>();
  let before: string | undefined;
  for (const [at, word] of words.entries()) {
    if (!commonWords.has(word)) {
      terms.add(word);
      before = undefined;
      continue;
    }
    // A word to the index, and one that nobody writes.
    if (before !== undefined && gaps?.has(at) !== true) terms.add(`${before}0${word}`);
    before = word;
  }
  return terms;
}
