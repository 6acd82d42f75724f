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
