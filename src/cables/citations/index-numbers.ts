import type { Found } from './found.ts';
import { looksLikeYear, NO_CLUES } from './found.ts';
import type { NumberAt } from './numbers.ts';

/** More weak citations than this are not worth looking for. */
const MOST = 50;
/** How many cables there are. */
const HIGHEST = 251_287;

/** `cable 244972`: the number of a cable in the index that newspapers cite. */
export function findIndexNumbers(text: string, numbers: readonly NumberAt[]): Found[] {
  const found: Found[] = [];
  if (!numbers.some(({ start, end }) => end - start >= FEWEST_DIGITS)) return found;
  for (const { index, 0: written, 1: digits = '' } of text.matchAll(NUMBERED)) {
    if (found.length === MOST) break;
    const number = Number(digits);
    if (number === 0 || number > HIGHEST || looksLikeYear(digits)) continue;
    found.push({
      kind: 'description',
      strength: 'weak',
      span: [index, index + written.length],
      written: null,
      id: null,
      paragraphs: [],
      clues: { ...NO_CLUES, index: number },
    });
  }
  return found;
}

/** Shorter numbers are serials rather. */
const FEWEST_DIGITS = 5;

const NUMBERED = /\bcable,?\s(?:(?:no|nr)\.?\s|number\s|id\s)?#?(\d{5,6})(?![\w…%]|[.,:]\d)/gi;
