import { lazily } from '../tsv.ts';

/** Replaces code and quoted lines, which cannot cite. From the private use area: neither letter, blank nor control character. */
export const hiddenMark = '\uE001';

/** Replaces a link that has been read. */
export const linkMark = '\uE002';

/** Platforms cut long texts and links with it: the text before it may be incomplete. */
export const ellipsis = '…';

/** Normalizes a text for scanning, unit for unit, so that positions are those of the original. */
export function plainText(text: string): string {
  return hideQuoted(fold(text));
}

/** Overwrites the stretches with `mark`, except line breaks. They must be ascending and disjoint. */
export function cover(text: string, stretches: readonly (readonly [number, number])[], mark: string): string {
  let covered = '';
  let at = 0;
  for (const [start, end] of stretches) {
    const hidden = text.slice(start, end);
    covered +=
      text.slice(at, start) + (hidden.includes('\n') ? hidden.replace(/[^\n]/g, mark) : mark.repeat(end - start));
    at = end;
  }
  return covered + text.slice(at);
}

/** Full-width forms, odd blanks, hyphens and apostrophes, letters with accents; all are single UTF-16 units. */
const oddPattern = /[\u00A0\u00AD\u00C0-\u024F\u2000-\u200B\u202F\u3000\u2010-\u2013\u02BC\u2018\u2019\uFF01-\uFF5E]/;
const everyOddPattern = new RegExp(oddPattern, 'g');

/** A fast check before `oddPattern`, enough for most texts. */
const beyondAsciiPattern = /[\u0080-\uFFFF]/;

export function fold(text: string): string {
  if (!beyondAsciiPattern.test(text)) return text;
  const whole = text.replace(brokenNumberPattern, (broken) => ellipsis.repeat(broken.length));
  return oddPattern.test(whole) ? whole.replace(everyOddPattern, plainUnit) : whole;
}

/** What breaks a number: invisible and combining characters before more digits, and digits of another script. A serial must not be read as a shorter one. */
const brokenNumberPattern =
  /(?<=[0-9\uFF10-\uFF19])(?:[\p{Default_Ignorable_Code_Point}\p{M}]+(?=\p{Nd})|(?![0-9\uFF10-\uFF19])\p{Nd})/gu;

function plainUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  if (code >= 0xc0 && code <= 0x24f) return baseLetters()[code - 0xc0] ?? unit;
  if (code >= 0xff01) return String.fromCharCode(code - 0xfee0);
  if (code >= 0x2010 && code <= 0x2013) return '-';
  return code === 0x2bc || code === 0x2018 || code === 0x2019 ? "'" : ' ';
}

/** `São Paulo` as `Sao Paulo`: the ASCII letter of each precomposed one, the unit itself where it has none. */
const baseLetters = lazily(() =>
  Array.from({ length: 0x250 - 0xc0 }, (_, index) => {
    const letter = String.fromCharCode(0xc0 + index);
    const base = letter.normalize('NFD').charAt(0);
    return isLetterUnit(base.charCodeAt(0)) ? base : letter;
  }),
);

/** The unit of a letter without its accent; any other unit as it is. */
export function withoutAccent(unit: number): number {
  return unit >= 0xc0 && unit <= 0x24f ? (baseLetters()[unit - 0xc0] ?? '').charCodeAt(0) : unit;
}

function hideQuoted(text: string): string {
  let shown = text;
  if (shown.includes('~~~')) shown = shown.replace(tildeFencePattern, hide);
  if (shown.includes('`')) {
    shown = shown.replace(fencePattern, hide);
    shown = cover(shown, codeSpans(shown), hiddenMark);
  }
  if (shown.includes('>')) shown = shown.replace(/^[ \t]{0,3}>.*$/gm, hide);
  return shown;
}

/** Between ``` and ```, or lines that begin with ~~~; an unclosed fence runs to the end. */
const fencePattern = /```[^]*?(?:```|$)/g;
const tildeFencePattern = /^[ \t]{0,3}~~~[^]*?(?:^[ \t]{0,3}~~~|(?![^]))/gm;

function hide(part: string): string {
  return part.replace(/[^\n]/g, hiddenMark);
}

/** Between runs of equally many backticks on one line: `…`, ``…``. */
function codeSpans(text: string): (readonly [number, number])[] {
  const runs = [...text.matchAll(/`+|\n/g)];
  // For each run the next of its length, from the last backwards.
  const closing = runs.map(() => -1);
  const next = new Map<number, number>();
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const mark = runs[index]?.[0] ?? '';
    if (mark === '\n') next.clear();
    else {
      closing[index] = next.get(mark.length) ?? -1;
      next.set(mark.length, index);
    }
  }
  const found: (readonly [number, number])[] = [];
  for (let index = 0; index < runs.length; index += 1) {
    const last = closing[index] ?? -1;
    const open = runs[index];
    const close = runs[last];
    if (open === undefined || close === undefined) continue;
    found.push([open.index, close.index + close[0].length]);
    index = last;
  }
  return found;
}

/** A letter, digit or underscore of a script that puts blanks between words: an ID beside it is part of a longer word. */
export function isWordUnit(code: number): boolean {
  if (code < 0x80) {
    return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
  }
  return (code >= 0xc0 && code <= 0x24f) || (code >= 0x370 && code <= 0x52f);
}

export function isDigitUnit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isLetterUnit(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
