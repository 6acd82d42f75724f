import type { Found } from './found.ts';
import { NO_CLUES } from './found.ts';
import { HIDDEN } from './plain-text.ts';

/** A shorter run of words is no evidence of a cable. */
const FEWEST_WORDS = 8;
const LONGEST = 1500;
const MOST = 10;

/** Runs of eight or more words in quotation marks, straight or curly. `text` is plain text, `original` the post's. */
export function findQuotations(text: string, original: string): Found[] {
  const found: Found[] = [];
  if (!text.includes('"') && !CURLY.test(text)) return found;
  MARKS.lastIndex = 0;
  let open: { at: number; closing: string } | undefined;
  for (let mark = MARKS.exec(text); mark !== null && found.length < MOST; mark = MARKS.exec(text)) {
    const at = mark.index;
    if (open !== undefined && at - open.at > LONGEST) open = undefined;
    if (open?.closing.includes(mark[0])) {
      const quotation = quotationAt(text, original, open.at, at + 1);
      if (quotation !== undefined) found.push(quotation);
      open = undefined;
    } else if (open === undefined && CLOSING.has(mark[0])) {
      open = { at, closing: CLOSING.get(mark[0]) ?? '' };
    }
  }
  return found;
}

const MARKS = /["“”„«»]/g;
const CURLY = /[“”„«»]/;
const CLOSING = new Map([
  ['"', '"'],
  ['“', '”"'],
  ['„', '“”'],
  ['«', '»'],
  ['»', '«'],
]);

function quotationAt(text: string, original: string, start: number, end: number): Found | undefined {
  const inside = text.slice(start + 1, end - 1);
  if (inside.includes(HIDDEN) || /\n[ \t]*\n/.test(inside)) return undefined;
  if ((inside.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'-]*/gu) ?? []).length < FEWEST_WORDS) return undefined;
  return {
    kind: 'quotation',
    strength: 'weak',
    span: [start, end],
    written: null,
    id: null,
    paragraphs: [],
    clues: { ...NO_CLUES, quotation: original.slice(start + 1, end - 1).trim() },
  };
}
