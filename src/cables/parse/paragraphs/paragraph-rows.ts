import { isBlank, isDigit, isLetter, isUpper, skipBlanks } from '../characters.ts';
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
  const opening = {
    number: 0,
    marking: null,
    line: 0,
    atLineStart: false,
    rows: lines.slice(0, starts[0]?.line ?? lines.length),
  };
  const cut: Rows[] = [];
  pushWithHidden(cut, opening, starts[0]?.number);
  for (const [index, start] of starts.entries()) {
    const next = starts[index + 1];
    const rows = lines.slice(start.line, next?.line ?? lines.length);
    rows[0] = (rows[0] ?? '').slice(start.textAt);
    const { number, marking, line } = start;
    pushWithHidden(cut, { number, marking, line, atLineStart: true, rows }, next?.number);
  }
  return cut;
}

function pushWithHidden(cut: Rows[], paragraph: Rows, next = Infinity): void {
  let rest = paragraph;
  while (rest.number + 1 < next) {
    const place = findStart(rest.rows, rest.number + 1);
    if (place === undefined) break;
    const { row, at, marking, textAt } = place;
    const text = rest.rows[row] ?? '';
    cut.push({ ...rest, rows: [...rest.rows.slice(0, row), text.slice(0, at)] });
    const rows = [text.slice(textAt), ...rest.rows.slice(row + 1)];
    rest = { number: rest.number + 1, marking, line: rest.line + row, atLineStart: false, rows };
  }
  cut.push(rest);
}

interface Place {
  readonly row: number;
  readonly at: number;
  readonly marking: string;
  readonly textAt: number;
}

/** In mid-line, only a marked number after the end of a sentence or a heading is certain: not `see para 4. (C)`. */
function findStart(rows: readonly string[], number: number): Place | undefined {
  const written = `${number}.`;
  for (const [row, text] of rows.entries()) {
    for (let at = text.indexOf(written); at !== -1; at = text.indexOf(written, at + 1)) {
      const marked = markingAt(text, skipBlanks(text, at + written.length));
      if (marked !== undefined && endsBefore(text, at)) return { row, at, marking: marked.marking, textAt: marked.end };
    }
  }
  return undefined;
}

function endsBefore(text: string, at: number): boolean {
  let last = at - 1;
  if (last >= 0 && !isBlank(text.charCodeAt(last)) && text[last] !== '¶') return false;
  while (last >= 0 && (isBlank(text.charCodeAt(last)) || text[last] === '¶')) last -= 1;
  if (last < 0) return true;
  const code = text.charCodeAt(last);
  return !isDigit(code) && (!isLetter(code) || isUpper(code)) && text[last] !== ',';
}
