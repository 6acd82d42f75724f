import type { Found } from './found.ts';
import { looksLikeYear, noClues } from './found.ts';
import type { NumberAt } from './numbers.ts';

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
    found.push({
      kind: 'description',
      strength: 'weak',
      span: [index, index + written.length],
      written: null,
      id: null,
      paragraphs: [],
      clues: { ...noClues, index: number },
    });
  }
  return found;
}

/** Shorter numbers are probably serials. */
const minDigits = 5;

const numberedPattern = /\bcable,?\s(?:(?:no|nr)\.?\s|number\s|id\s)?#?(\d{5,6})(?![\w…%]|[.,:]\d)/gi;
