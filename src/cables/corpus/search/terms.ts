/**
 * The words of a text as compared by search, in order: runs of letters and digits, in lower case and without accents. Split like the index
 * (unicode61 of FTS5), so that both find the same words.
 */
export function wordsOf(text: string): string[] {
  if (asciiPattern.test(text)) return text.toLowerCase().match(asciiWordsPattern) ?? [];
  return (text.match(wordsPattern) ?? []).map(folded);
}

/** Span of each word: UTF-16 units, end exclusive. */
export function placesOf(text: string): (readonly [start: number, end: number])[] {
  return [...text.matchAll(wordsPattern)].map(({ 0: word, index }) => [index, index + word.length] as const);
}

// oxlint-disable-next-line no-control-regex -- all of ASCII is meant
const asciiPattern = /^[\u0000-\u007F]*$/;
const asciiWordsPattern = /[a-z0-9]+/g;
/** Combining accents belong to their letter. */
const wordsPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

function folded(word: string): string {
  return word
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}

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

/** The terms of these words; around an omission (`gaps`) they are not neighbours. */
export function termsAmong(words: readonly string[], gaps?: ReadonlySet<number>): Set<string> {
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
