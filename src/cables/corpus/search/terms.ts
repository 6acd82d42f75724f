import type { Quotation } from './find-quotation.ts';
import { wordsOf } from './words.ts';

/**
 * Words in nearly every English paragraph. One alone is no evidence, but a pair of neighbours is. So the index
 * has only such pairs as terms (like Lucene's CommonGrams). A change of this list needs a new form number.
 */
const commonWords = new Set(
  `a about after all also an and any are as at be because been but by can could for from had has have he her his i if in into is it its may
  more most no not of on one only or other our out over said she should so some such than that the their them there these they this those
  to two under up was we were what when which while who will with would`.split(/\s+/),
);

/** The terms of a text in the index. */
export function termsOf(text: string): Set<string> {
  return termsAmong(wordsOf(text));
}

/** The terms of a quotation; words around an omission are not neighbours. */
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
    // One word for the index, and not a real one.
    if (before !== undefined && gaps?.has(at) !== true) terms.add(`${before}0${word}`);
    before = word;
  }
  return terms;
}
