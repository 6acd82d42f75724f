/** The form in which texts are compared: case and width of letters aside. */
export function folded(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

export function foldedHashtag(text: string): string {
  return folded(text).replace(/^#/, '');
}

export function foldedHandle(text: string): string {
  return folded(text).replace(/^@/, '');
}

/** `SECRET // NOFORN` and `secret/noforn` are one; FOUO is spelt out. */
export const foldedClassification = remembered((text) =>
  parted(folded(text))
    .map((part) => (part === 'fouo' ? 'for official use only' : part))
    .join('//'),
);

/** `(S//NF)` and `s/nf` are one. */
export const foldedMarking = remembered((text) => parted(folded(text).replace(/^\(|\)$/g, '')).join('/'));

const mostRemembered = 1000;

/** For words of which there are few, and which every post asks for again. */
function remembered(fold: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      found = fold(text);
      if (known.size < mostRemembered) known.set(text, found);
    }
    return found;
  };
}

function parted(text: string): string[] {
  return text
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The words of a text, each between blanks. */
export function foldedWords(text: string): string {
  return ` ${folded(text)
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()} `;
}

/** A number for each word of a text: the same for the same word, and seldom the same for another. */
export function wordNumbers(text: string): readonly number[] {
  const numbers: number[] = [];
  let number = seed;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 127) return foldedWords(text).trim().split(' ').map(wordNumber);
    const letter = code | 0x20;
    if ((letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39)) {
      number = Math.imul(number ^ (code > 0x39 ? letter : code), prime);
    } else if (number !== seed) {
      numbers.push(number);
      number = seed;
    }
  }
  if (number !== seed) numbers.push(number);
  return numbers;
}

/** Of one word, folded. */
export function wordNumber(word: string): number {
  let number = seed;
  for (let i = 0; i < word.length; i += 1) number = Math.imul(number ^ word.charCodeAt(i), prime);
  return number;
}

// FNV-1a of 32 bits.
const seed = 0x811c9dc5 | 0;
const prime = 0x01000193;

// Written without blanks between words.
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The longest word of a phrase, which fewest texts have; undefined where words are not parted, so that it may stand within one. */
export function longestWord(phrase: string): string | undefined {
  if (unspaced.test(phrase)) return undefined;
  return phrase
    .trim()
    .split(' ')
    .reduce((longest, word) => (word.length > longest.length ? word : longest));
}

/** A phrase to be looked for in `foldedWords`: whole words, but in scripts that part none. */
export function foldedPhrase(text: string): string {
  const words = foldedWords(text);
  return unspaced.test(words) ? words.trim() : words;
}
