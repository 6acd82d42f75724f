import { type Found, foundByClues } from './found.ts';
import { hiddenMark } from './plain-text.ts';

/** Shorter quotations are no evidence of a cable. */
const minWords = 8;
const maxLength = 1500;
/** Each is searched in all cables, which takes time. */
const maxCount = 2;

/**
 * The longest two runs of eight or more words in quotation marks, straight or curly, in text order: the longer a quotation, the surer its
 * place. `original` gives the post's own words between two positions of `text`.
 */
export function findQuotations(text: string, original: (start: number, end: number) => string): Found[] {
  const found: Found[] = [];
  if (!text.includes('"') && !curlyPattern.test(text)) return found;
  marksPattern.lastIndex = 0;
  let open: { at: number; closing: string } | undefined;
  for (let mark = marksPattern.exec(text); mark !== null; mark = marksPattern.exec(text)) {
    const at = mark.index;
    if (open !== undefined && at - open.at > maxLength) open = undefined;
    if (open?.closing.includes(mark[0])) {
      const quotation = quotationAt(text, original, open.at, at + 1);
      if (quotation !== undefined) found.push(quotation);
      open = undefined;
    } else if (open === undefined && closingMarks.has(mark[0])) {
      open = { at, closing: closingMarks.get(mark[0]) ?? '' };
    }
  }
  return longestOf(found);
}

function longestOf(found: readonly Found[]): Found[] {
  const lengthOf = ({ span }: Found) => (span === null ? 0 : span[1] - span[0]);
  const longest = new Set(found.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, maxCount));
  return found.filter((one) => longest.has(one));
}

const marksPattern = /["“”„«»]/g;
const curlyPattern = /[“”„«»]/;
const closingMarks = new Map([
  ['"', '"'],
  ['“', '”"'],
  ['„', '“”'],
  ['«', '»'],
  ['»', '«'],
]);

function quotationAt(
  text: string,
  original: (start: number, end: number) => string,
  start: number,
  end: number,
): Found | undefined {
  const inside = text.slice(start + 1, end - 1);
  if (inside.includes(hiddenMark) || /\n[ \t]*\n/.test(inside)) return undefined;
  if ((inside.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'-]*/gu) ?? []).length < minWords) return undefined;
  return foundByClues('quotation', [start, end], { quotation: original(start + 1, end - 1).trim() });
}
