import { stationByExonym } from '../ids/stations.ts';
import { lazily } from '../tsv.ts';

/** A text as it is scanned: what people write in place of ASCII letters, digits, blanks and hyphens is one of them, and IDs hold nothing unseen. */
export interface FoldedText {
  readonly text: string;
  /** The position in the original text of a position in `text`. */
  readonly original: (at: number) => number;
}

/** Platforms cut long texts and links with it: the text before it may be incomplete. */
export const ellipsis = '…';

/**
 * Folds a text by the properties of its characters. Decimal digits of every script and the letters of other styles (full-width, mathematical,
 * with accents) become ASCII. What nobody sees (default-ignorable characters, combining marks) is dropped within an ID. Another number
 * character behind a digit (`22²`) cuts the number, so that it is not read as a shorter one.
 */
export function fold(text: string): FoldedText {
  if (!unusualPattern.test(text) || !oddPattern.test(text)) return { text, original: (at) => at };
  const folded = growing();
  let at = 0;
  for (const { index, 0: odd } of text.matchAll(everyOddPattern)) {
    folded.add(text.slice(at, index));
    at = index + odd.length;
    const by = invisiblePattern.test(odd) ? withoutUnseen(odd, folded.end, text, at) : plain(odd, folded.end);
    folded.add(by, odd.length);
  }
  folded.add(text.slice(at));
  return folded.whole();
}

/** A fast check before `oddPattern`, enough for most texts. */
const unusualPattern = /[^\t-\r -~¶§«»“”…]/;
/** Default-ignorable characters, marks that join, and control characters that are no blanks. */
export const invisibleSource = String.raw`[[\p{Default_Ignorable_Code_Point}\p{M}\p{Cf}\p{Cc}]--[\t-\r]]`;
const oddSource = String.raw`[[\p{N}\p{Zs}\p{Pd}\p{Script=Latin}\u02BC\u2018\u2019\u2212\uFE5F\uFF01-\uFF5E\u{1D400}-\u{1D6A3}]--\p{ASCII}]`;
/** Between year and serial. */
const cyrillicNameSource = String.raw`(?<=\p{Nd}[\p{Zs}\p{Pd}]{0,2})\p{Script=Cyrillic}[\p{Script=Cyrillic}\p{Zs}\p{Pd}]{2,25}(?=\p{Nd})`;
const oddPattern = new RegExp(`${invisibleSource}+|${cyrillicNameSource}|${oddSource}`, 'v');
const everyOddPattern = new RegExp(oddPattern.source, 'gv');
const invisiblePattern = new RegExp(`^${invisibleSource}+$`, 'v');

/** Longer than the year and name of an ID. */
const nearby = 48;

/** A folded text as it grows, and where its length departs from that of the original. */
function growing() {
  const pieces: string[] = [];
  /** Ends of the pieces whose length changed, here and in the original. */
  const ends: (readonly [here: number, there: number])[] = [[0, 0]];
  let [here, there, end] = [0, 0, ''];
  return {
    /** The last units of the text so far. */
    get end() {
      return end;
    },
    /** `length`: of what it replaces. */
    add(piece: string, length = piece.length): void {
      pieces.push(piece);
      here += piece.length;
      there += length;
      end = (piece.length < nearby ? end + piece : piece).slice(-nearby);
      if (piece.length !== length) ends.push([here, there]);
    },
    whole(): FoldedText {
      return {
        text: pieces.join(''),
        original: (at) => {
          const [from, to] = ends[endsUpTo(ends, at) - 1] ?? [0, 0];
          return to + at - from;
        },
      };
    },
  };
}

/** How many of them lie at `at` or before it. */
function endsUpTo(ends: readonly (readonly [here: number, there: number])[], at: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle]?.[0] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What takes the place of a run that nobody sees: nothing within an ID, otherwise blanks where it may part words. */
function withoutUnseen(run: string, before: string, text: string, at: number): string {
  const next = text.slice(at, at + 2).match(/^./sv)?.[0] ?? '';
  const follows = plain(next, '');
  if (isWithinId(before, follows, run, text.slice(at, at + nearby))) return '';
  return run.replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gv, (one) => ' '.repeat(one.length));
}

function isWithinId(before: string, next: string, run: string, rest: string): boolean {
  if (!/[0-9A-Za-z]$/.test(before) || !/^[0-9A-Za-z]/.test(next)) return false;
  const [isDigit, isDigitNext] = [/\d$/.test(before), /^\d/.test(next)];
  if (isDigit === isDigitNext) return true;
  // A blank of no width may part a word from the ID behind it, and the ID from the next word, as nothing but a joiner joins them.
  if (isDigitNext) return /\d[A-Za-z' -]{2,}$/.test(before) || !/^\p{Nd}{2,4}[ _\-]{0,2}\p{L}{2}/v.test(rest);
  return /(?<![0-9A-Za-z])\d{2,4}$/.test(before) || /^[\p{M}\u200C\u200D]+$/v.test(run);
}

/** What a character, or a name in Cyrillic, stands for; itself, if it stands for none. Same length in UTF-16 units, but for digits and letters beyond the BMP. */
function plain(character: string, before: string): string {
  if (character <= '\x7F') return character;
  if (character.length > 2) return stationInCyrillic(character, /\d$/.test(before));
  if (/\p{Nd}/v.test(character)) return String(digitValue(character));
  if (/\p{N}/v.test(character)) return /\d$/.test(before) ? ellipsis.repeat(character.length) : character;
  if (/\p{Zs}/v.test(character)) return ' ';
  if (/\p{L}/v.test(character)) return withoutStyle(character);
  if (/[\p{Pd}\u2212]/v.test(character)) return longDashes.includes(character) ? character : '-';
  if (/[\u02BC\u2018\u2019]/.test(character)) return "'";
  if (character === '\uFE5F') return '#';
  // `＆` and `＠` make neither an entity nor an address.
  const isWide = character >= '\uFF01' && character <= '\uFF5E' && character !== '＆' && character !== '＠';
  return isWide ? String.fromCharCode(character.charCodeAt(0) - 0xfee0) : character;
}

/** `МОСКВА ` as `MOSCOW `; the name itself where it is that of no station. Between digits (`joined`) it may be in lower case. */
function stationInCyrillic(name: string, joined: boolean): string {
  const station = stationByExonym(name);
  const joint = /[\p{Zs}\p{Pd}]+$/v.exec(name)?.[0] ?? '';
  const isWord = name === name.toUpperCase() || /^\p{Lu}\p{Ll}+/v.test(name) || (joined && joint === '');
  return station === undefined || !isWord
    ? name
    : station.code + joint.replaceAll(/\p{Zs}/gv, ' ').replaceAll(/\p{Pd}/gv, '-');
}

/** They part sentences, not the parts of an ID. */
const longDashes = '—―⸺⸻〜〰゠';

/** Unicode encodes the decimal digits of a script as a run of ten, from its zero upwards. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/\p{Nd}/v.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}

/** The ASCII letter of `ã`, `Ａ` or `𝗔`; the letter itself where it has none. */
function withoutStyle(letter: string): string {
  const base = letter.normalize('NFKD').replaceAll(/\p{M}/gv, '');
  return /^[A-Za-z]$/.test(base) ? base : letter;
}

/** The unit of a Latin letter without its accent; any other unit as it is. */
export function withoutAccent(unit: number): number {
  return unit >= 0xc0 && unit < latinEnd ? (baseLetters()[unit - 0xc0] ?? unit) : unit;
}

const latinEnd = 0x1f00;

const baseLetters = lazily(() =>
  Uint16Array.from({ length: latinEnd - 0xc0 }, (_, index) =>
    withoutStyle(String.fromCharCode(index + 0xc0)).charCodeAt(0),
  ),
);

/** True where a word ends at `at`, apart from emphasis (`07ASTANA2244_`). */
export function endsWord(text: string, at: number): boolean {
  let end = at;
  while (text[end] === '_') end += 1;
  return !isWordUnit(text.charCodeAt(end));
}

/**
 * True for a digit, an underscore, and a letter of a script with upper and lower case, which puts blanks between words: an ID beside it is
 * part of a longer word.
 */
export function isWordUnit(code: number): boolean {
  if (code < 0x80) return isDigitUnit(code) || isLetterUnit(code) || code === 95;
  return casedPattern.test(String.fromCharCode(code));
}

const casedPattern = /[\p{Cased}&&\p{L}]/v;

export function isDigitUnit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isLetterUnit(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
