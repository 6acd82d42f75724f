import { isDigit, isUpper } from '../characters.ts';

/** One entry of a REF line. */
export interface Entry {
  readonly letter: string | null;
  readonly text: string;
}

/**
 * Parts a REF line at its letters (`A.`, `(B)`, `c)`, `[D]`, `E:`, a bare `F`) and at semicolons. A letter counts only when it is the next
 * one, so that initials stay in their entry; a letter said twice (`A. (A)`, `B. B:`) is one.
 */
export function splitEntries(block: string): Entry[] {
  const marks = lettersOf(block);
  const entries: Entry[] = [];
  const pushParts = (letter: string | null, text: string): void => {
    for (const part of text.split(';')) {
      const trimmed = part.replace(/^[\s,.:]+/, '').replace(/[\s,.]+$/, '');
      if (trimmed !== '') entries.push({ letter, text: trimmed });
    }
  };
  pushParts(null, block.slice(0, marks[0]?.start ?? block.length));
  for (const [index, mark] of marks.entries()) {
    const text = block.slice(mark.end, marks[index + 1]?.start ?? block.length);
    pushParts(mark.letter, withoutDoubling(text, mark.letter));
  }
  return entries;
}

interface Mark {
  readonly letter: string;
  readonly start: number;
  readonly end: number;
}

function lettersOf(block: string): Mark[] {
  const marks: Mark[] = [];
  for (const match of block.matchAll(/(?<![\p{L}\d])(?:[([]([A-Za-z])[.)\]]+|([A-Z])(?:[.):\]]+|(?= ))|([a-z])\))/gu)) {
    const letter = (match[1] ?? match[2] ?? match[3] ?? '').toUpperCase();
    const last = marks.at(-1);
    const expected = last === undefined ? 'A' : String.fromCharCode(last.letter.charCodeAt(0) + 1);
    if (letter !== expected) continue;
    const end = match.index + match[0].length;
    if (/^[A-Z]$/.test(match[0]) && !isBareLetter(block, match.index, end, marks.length === 0)) continue;
    marks.push({ letter, start: match.index, end });
  }
  return marks;
}

/** `A WELLINGTON 721 B WELLINGTON 690`: a bare letter before a name or a year, at the start or after a number. */
function isBareLetter(block: string, start: number, end: number, isFirst: boolean): boolean {
  const next = block.charCodeAt(end + 1);
  if (!isUpper(next) && !isDigit(next)) return false;
  const before = block.slice(0, start).trimEnd();
  return isFirst ? before === '' : /[\d),;]$/.test(before.slice(-1));
}

function withoutDoubling(text: string, letter: string): string {
  const again = new RegExp(`^ ?[(\\[]?${letter}[.):\\]]+ ?`, 'i').exec(text);
  const rest = again === null ? text : text.slice(again[0].length);
  return rest.replace(/^ ?REFS?[:.]? ?/i, '');
}
