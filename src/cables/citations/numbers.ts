import { type Found, foundByClues, looksLikeYear } from './found.ts';
import { isDigitUnit } from './folded-text.ts';

/** A run of digits: [start, end) of the text. */
export interface NumberAt {
  readonly start: number;
  readonly end: number;
}

/**
 * The numbers of a text in order, except those that begin within `taken` (stretches in order). All searches around numbers
 * share this list, so that the text is scanned once.
 */
export function numbersIn(text: string, taken: readonly (readonly [number, number])[]): NumberAt[] {
  const found: NumberAt[] = [];
  let next = 0;
  digitPattern.lastIndex = 0;
  while (digitPattern.test(text)) {
    const start = digitPattern.lastIndex - 1;
    while ((taken[next]?.[1] ?? Infinity) <= start) next += 1;
    const [from, to] = taken[next] ?? noSpan;
    let end = from <= start ? to : start + 1;
    while (isDigitUnit(text.charCodeAt(end))) end += 1;
    if (from > start) found.push({ start, end });
    digitPattern.lastIndex = end;
  }
  return found;
}

/** Sentinel after the last stretch. */
export const noSpan = [Infinity, Infinity] as const;
const digitPattern = /[0-9]/g;

/** Maximum of weak citations read from a post. */
const maxCount = 50;
/** The number of published cables. */
const highestNumber = 251_287;

/** `cable 244972`: the number of a cable in the index that newspapers cite. */
export function findIndexNumbers(text: string, numbers: readonly NumberAt[]): Found[] {
  const found: Found[] = [];
  if (!numbers.some(({ start, end }) => end - start >= minDigits)) return found;
  for (const { index, 0: written, 1: digits = '' } of text.matchAll(numberedPattern)) {
    if (found.length === maxCount) break;
    const number = Number(digits);
    if (number === 0 || number > highestNumber || looksLikeYear(digits)) continue;
    found.push(foundByClues('description', [index, index + written.length], { index: number }));
  }
  return found;
}

/** Shorter numbers are probably serials. */
const minDigits = 5;

const numberedPattern = /\bcable,?\s(?:(?:no|nr)\.?\s|number\s|id\s)?#?(\d{5,6})(?![\w…%]|[.,:]\d)/gi;
