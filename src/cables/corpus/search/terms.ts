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

/** Letters that fit into a code, at five bits each. */
const lettersInCode = 6;
const letterBits = 0x1f;
/** Code of what has a digit: negative, as it stays when up to five letters follow. */
const notOnlyLetters = -1;
const commonCodes = new Set([...commonWords].filter(({ length }) => length <= lettersInCode).map(codeOf));
const longestCommon = Math.max(...[...commonWords].map(({ length }) => length));

const blank = 0x20;
const [zero, nine, a, z] = [0x30, 0x39, 0x61, 0x7a];
/** Makes a letter lower case, and leaves a digit as it is. */
const lowerBit = 0x20;

let scratch = Buffer.alloc(0);

/**
 * The terms of a text as FTS5 reads them, with blanks between; a term may occur again. The same as `termsOf`, without a string for each word:
 * an import has hundreds of millions.
 */
export function termBytes(text: string): Buffer {
  if (!asciiPattern.test(text)) return Buffer.from([...termsOf(text)].join(' '));
  // A common word is in two pairs at most.
  if (scratch.length < 2 * text.length + 2) scratch = Buffer.alloc(4 * text.length + 2);
  let end = 0;
  const write = (from: number, to: number, mark: number): void => {
    for (let at = from; at < to; at += 1) scratch[end++] = text.charCodeAt(at) | lowerBit;
    scratch[end++] = mark;
  };
  // The common word before, if there is one.
  let before = -1;
  let beforeEnd = -1;
  for (let at = 0; at < text.length; at += 1) {
    const start = at;
    let code = 0;
    for (; at < text.length; at += 1) {
      const byte = text.charCodeAt(at);
      const letter = byte | lowerBit;
      if (letter >= a && letter <= z) code = withLetter(code, letter);
      else if (byte >= zero && byte <= nine) code = notOnlyLetters;
      else break;
    }
    if (at === start) continue;
    if (!isCommon(code, text, start, at)) {
      write(start, at, blank);
      before = -1;
      continue;
    }
    if (before !== -1) {
      write(before, beforeEnd, zero);
      write(start, at, blank);
    }
    before = start;
    beforeEnd = at;
  }
  return Buffer.from(scratch.subarray(0, end));
}

/** Of a word of this text; exact for a short one by its code alone. */
function isCommon(code: number, text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length <= lettersInCode) return commonCodes.has(code);
  return length <= longestCommon && commonWords.has(text.slice(start, end).toLowerCase());
}

function codeOf(word: string): number {
  return Buffer.from(word).reduce(withLetter, 0);
}

function withLetter(code: number, letter: number): number {
  return (code << 5) | (letter & letterBits);
}
