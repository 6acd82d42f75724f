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
export function foldedClassification(text: string): string {
  return parted(folded(text))
    .map((part) => (part === 'fouo' ? 'for official use only' : part))
    .join('//');
}

/** `(S//NF)` and `s/nf` are one. */
export function foldedMarking(text: string): string {
  return parted(folded(text).replace(/^\(|\)$/g, '')).join('/');
}

function parted(text: string): string[] {
  return text
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The words of a text, each between blanks: what `phraseTest` looks in. */
export function foldedWords(text: string): string {
  return ` ${folded(text)
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()} `;
}

// Written without blanks between words.
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether a phrase stands among words, both as `foldedWords` gives them: whole words, but in scripts that part none. */
export function phraseTest(phrase: string): (words: string) => boolean {
  const wanted = unspaced.test(phrase) ? phrase.trim() : phrase;
  return (words) => words.includes(wanted);
}
