import { markingAt } from './marking.ts';
import type { Start } from './paragraph-starts.ts';

/** A paragraph's lines as printed; number 0 is the text before the first paragraph. */
export interface Rows {
  readonly number: number;
  readonly marking: string | null;
  /** Index of the body's line in which it begins. */
  readonly line: number;
  /** It begins at the start of its line, so the line's anchor is its own. */
  readonly atLineStart: boolean;
  /** The first without number and marking. */
  readonly rows: readonly string[];
}

/** Cuts the body at its starts, then looks for the missing numbers in mid-line, where some copies ran lines together. */
export function cutParagraphs(lines: readonly string[], starts: readonly Start[]): Rows[] {
  const opening = { number: 0, marking: null, line: 0, textAt: 0 };
  return [opening, ...starts].flatMap(({ number, marking, line, textAt }, index) => {
    const next = starts[index];
    const rows = lines.slice(line, next?.line ?? lines.length);
    if (rows[0] !== undefined) rows[0] = rows[0].slice(textAt);
    return withHidden({ number, marking, line, atLineStart: number > 0, rows }, next?.number);
  });
}

function withHidden(paragraph: Rows, next = Infinity): Rows[] {
  const found: Rows[] = [];
  let rest = paragraph;
  while (rest.number + 1 < next) {
    const place = findStart(rest.rows, rest.number + 1);
    if (place === undefined) break;
    const { row, at, marking, textAt } = place;
    const text = rest.rows[row] ?? '';
    found.push({ ...rest, rows: [...rest.rows.slice(0, row), text.slice(0, at)] });
    const rows = [text.slice(textAt), ...rest.rows.slice(row + 1)];
    rest = { number: rest.number + 1, marking, line: rest.line + row, atLineStart: false, rows };
  }
  return [...found, rest];
}

/** In mid-line, only a marked number after the end of a sentence or a heading is certain: not `see para 4. (C)`. */
function findStart(rows: readonly string[], number: number) {
  const written = `${number}\\.`;
  const pattern = new RegExp(`${written}(?<=(?:^|[^\\s¶\\da-z\\u00c0-\\uffff,][\\s¶]+|^[\\s¶]+)${written})`, 'g');
  for (const [row, text] of rows.entries()) {
    for (const { 0: found, index: at } of text.matchAll(pattern)) {
      const marked = markingAt(text, at + found.length);
      if (marked !== undefined) return { row, at, marking: marked.marking, textAt: marked.end };
    }
  }
  return undefined;
}
