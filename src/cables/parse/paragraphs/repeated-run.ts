import { isBlank } from '../characters.ts';
import { rowsWithoutHeading } from '../header/headings.ts';
import { withoutPageBreak } from './page-break.ts';
import type { Start } from './paragraph-starts.ts';

/** The position where the page continues after a repeat, and the number of the last repeated paragraph. */
export interface Run extends Place {
  readonly last: number;
}

interface Place {
  readonly line: number;
  readonly at: number;
}

/**
 * Compares the paragraphs from `accepted[first]` on with the text from the repeat's start on, as far as they are alike. Undefined if
 * they differ inside a paragraph, because then the rest may or may not be a copy.
 */
export function repeatedRun(
  lines: readonly string[],
  accepted: readonly Start[],
  first: number,
  start: Start,
): Run | undefined {
  const until = accepted.find((each) => each.line > start.line)?.line ?? lines.length;
  let run: Run | undefined;
  let again: Place = { line: start.line, at: start.textAt };
  for (let index = first; ; index += 1) {
    const paragraph = accepted[index];
    if (paragraph === undefined || paragraph.line >= start.line) return run;
    const end = endOfText(lines, paragraph, Math.min(accepted[index + 1]?.line ?? lines.length, start.line));
    const whole = readAlike(lines, { line: paragraph.line, at: paragraph.textAt }, end, again, until);
    if (whole.differs) return run !== undefined && whole.letters < minAlikeLetters ? run : undefined;
    run = { ...afterBlanks(lines, whole.place), last: paragraph.number };
    const next = accepted[index + 1];
    if (next === undefined || next.line >= start.line) return run;
    const number = { line: next.line, at: next.textAt };
    const headed = readAlike(lines, { line: end, at: 0 }, number, whole.place, until);
    const bridge = headed.differs ? readAlike(lines, { line: next.line, at: 0 }, number, whole.place, until) : headed;
    if (bridge.differs) return run;
    again = bridge.place;
  }
}

/** Fewer letters than this are alike by chance. */
const minAlikeLetters = 60;

/** The line after a paragraph's text, before the next heading. */
function endOfText(lines: readonly string[], { line, textAt }: Start, until: number): number {
  const rows = lines.slice(line, until);
  rows[0] = (rows[0] ?? '').slice(textAt);
  return line + rowsWithoutHeading(rows);
}

interface Reading {
  readonly differs: boolean;
  readonly letters: number;
  /** Behind the last letter that is alike. */
  readonly place: Place;
}

/** Compares the text from `from` to `to` with the text at `again`, up to line `until`. */
function readAlike(lines: readonly string[], from: Place, to: Place | number, again: Place, until: number): Reading {
  const end = typeof to === 'number' ? { line: to, at: 0 } : to;
  const earlier = lettersOf(lines, from, end);
  const later = lettersOf(lines, again, { line: until, at: 0 });
  let place = again;
  for (let letters = 0; ; letters += 1) {
    const letter = earlier.next();
    if (Number.isNaN(letter)) return { differs: false, letters, place };
    if (later.next() !== letter) return { differs: true, letters, place };
    place = later.place();
  }
}

/** Reads character codes one by one, without blanks, paragraph signs and page breaks; NaN at the end. */
function lettersOf(lines: readonly string[], from: Place, to: Place): { next: () => number; place: () => Place } {
  let { line, at } = from;
  const textOf = (index: number): string => {
    const text = index > to.line || (index === to.line && to.at === 0) ? '' : (lines[index] ?? '');
    const remaining = withoutPageBreak(text) === undefined ? '' : text;
    return index === to.line ? remaining.slice(0, to.at) : remaining;
  };
  let text = textOf(line);
  return {
    next() {
      for (;;) {
        while (at >= text.length) {
          if (line >= to.line) return Number.NaN;
          line += 1;
          at = 0;
          text = textOf(line);
        }
        const code = text.charCodeAt(at);
        at += 1;
        if (!isBlank(code) && code !== 0xb6 && code !== 0xfffd) return code;
      }
    },
    place: () => ({ line, at }),
  };
}

/** The start of the next line, if only blanks follow in this one. */
function afterBlanks(lines: readonly string[], { line, at }: Place): Place {
  return (lines[line] ?? '').slice(at).trim() === '' ? { line: line + 1, at: 0 } : { line, at };
}
