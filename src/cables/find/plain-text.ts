/** Stands for what is code or quoted: nothing there is a citation. Of the private use area: no letter, no blank, no control character. */
export const HIDDEN = '\uE001';

/** Stands for a link that was read already. */
export const LINK = '\uE002';

/** A platform cuts long texts and links here: what stands before it may be the beginning of something longer. */
export const CUT = '…';

/** The text made plain for scanning, unit for unit, so that positions stay those of the original. */
export function plainText(text: string): string {
  return hideQuoted(fold(text));
}

/** Puts `mark` over the stretches, which must be ascending and apart; line breaks stay. */
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

/** Full-width forms, odd blanks, hyphens and apostrophes; all are single UTF-16 units. The engine knows at once that Latin-1 text has none. */
const ODD = /[\u2000-\u200A\u202F\u3000\u2010-\u2013\u02BC\u2018\u2019\uFF01-\uFF5E]/;
const EVERY_ODD = new RegExp(ODD, 'g');
const NO_BREAK_SPACE = '\u00A0';

export function fold(text: string): string {
  const spaced = text.includes(NO_BREAK_SPACE) ? text.replaceAll(NO_BREAK_SPACE, ' ') : text;
  return ODD.test(spaced) ? spaced.replace(EVERY_ODD, plainUnit) : spaced;
}

function plainUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  if (code >= 0xff01) return String.fromCharCode(code - 0xfee0);
  if (code >= 0x2010 && code <= 0x2013) return '-';
  return code === 0x2bc || code === 0x2018 || code === 0x2019 ? "'" : ' ';
}

function hideQuoted(text: string): string {
  let shown = text;
  if (shown.includes('`')) {
    shown = cover(shown, fences(shown), HIDDEN);
    shown = shown.replace(/`+[^`\n]*`+/g, (code) => HIDDEN.repeat(code.length));
  }
  if (shown.includes('>')) shown = shown.replace(/^[ \t]{0,3}>.*$/gm, (line) => HIDDEN.repeat(line.length));
  return shown;
}

/** Between ``` and ```; what is not closed runs to the end. */
function fences(text: string): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  let open = text.indexOf('```');
  while (open !== -1) {
    const close = text.indexOf('```', open + 3);
    const end = close === -1 ? text.length : close + 3;
    found.push([open, end]);
    open = text.indexOf('```', end);
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
