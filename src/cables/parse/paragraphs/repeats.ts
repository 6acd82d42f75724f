import type { Warning } from '../../../core/cable.ts';
import type { Start } from './paragraph-starts.ts';
import { isBlank } from '../characters.ts';
import { rowsWithoutHeading } from '../header/headings.ts';
import { withoutPageBreak } from './page-break.ts';

/** The lines with repeats emptied (indexes stay the same), and warnings about them. */
export interface Once {
  readonly lines: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Some copies print paragraphs again inside a later one (09CAPETOWN204: ¶1-3 after the page break in ¶4). A start that is not `accepted`
 * as a paragraph and begins like an earlier one of its number begins such a repeat. The repeat is removed if it ends with a paragraph.
 */
export function withoutRepeats(lines: readonly string[], starts: readonly Start[], accepted: readonly Start[]): Once {
  const warnings = new Map<string, Warning>();
  const read = new Map<number, number>();
  let once: string[] | undefined;
  let holder = -1;
  let resume = 0;
  let comparisons = 0;
  for (const start of starts) {
    if (accepted[holder + 1] === start) {
      holder += 1;
      read.set(start.number, holder);
      continue;
    }
    const index = start.line < resume ? undefined : read.get(start.number);
    if (index === undefined || !beginsAlike(lines, accepted[index], start)) continue;
    comparisons += 1;
    const run = comparisons > maxComparisons ? undefined : repeatedRun(lines, accepted, index, start);
    const message = sentence(accepted[holder]?.number ?? 0, start.number, run);
    warnings.set(run === undefined ? `kept in ${holder}` : message, {
      code: 'repeated-text',
      paragraph: accepted[holder]?.number ?? null,
      message,
    });
    if (run === undefined) continue;
    once ??= [...lines];
    once.fill('', start.line, run.line);
    if (run.at > 0) once[run.line] = (lines[run.line] ?? '').slice(run.at);
    resume = run.at > 0 ? run.line + 1 : run.line;
  }
  return { lines: once ?? lines, warnings: [...warnings.values()] };
}

/** Each comparison may read the whole cable; real copies have one repeat. */
const maxComparisons = 10;
/** Shorter beginnings are alike by chance: `1. (U) Summary`. */
const minAlikeLetters = 60;

function beginsAlike(lines: readonly string[], earlier: Start | undefined, start: Start): boolean {
  const first = earlier === undefined ? '' : firstLetters(lines, earlier);
  return first.length === minAlikeLetters && first === firstLetters(lines, start);
}

const maxRows = 4;
const maxRowLength = 120;

/** The first letters of a start's text, blanks not counted. */
function firstLetters(lines: readonly string[], { line, textAt }: Start): string {
  let text = (lines[line] ?? '').slice(textAt, textAt + maxRowLength);
  for (let row = line + 1; row < line + maxRows; row += 1) text += (lines[row] ?? '').slice(0, maxRowLength);
  return text.replaceAll(/\s+/g, '').slice(0, minAlikeLetters);
}

function sentence(holder: number, first: number, run: Run | undefined): string {
  if (run === undefined)
    return `paragraph ${holder} repeats the beginning of paragraph ${first}; it is not certain how far, so all is kept`;
  const copied = run.last === first ? `paragraph ${first}` : `paragraphs ${first} to ${run.last}`;
  return `paragraph ${holder} holds a second copy of ${copied}, which is left out`;
}

/** The position where the page continues after a repeat, and the number of the last repeated paragraph. */
interface Run extends Place {
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
function repeatedRun(
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

/** The line after a paragraph's text, before the next heading. */
function endOfText(lines: readonly string[], { line, textAt }: Start, until: number): number {
  const rows = lines.slice(line, until);
  rows[0] = (rows[0] ?? '').slice(textAt);
  return line + rowsWithoutHeading(rows);
}

interface Reading {
  readonly differs: boolean;
  readonly letters: number;
  /** Behind the last letter; of use only if nothing differs. */
  readonly place: Place;
}

/** Compares the text from `from` to `to` with the text at `again`, up to line `until`. */
function readAlike(lines: readonly string[], from: Place, to: Place | number, again: Place, until: number): Reading {
  const end = typeof to === 'number' ? { line: to, at: 0 } : to;
  const earlier = lettersOf(lines, from, end);
  const later = lettersOf(lines, again, { line: until, at: 0 });
  let tried = -1;
  for (let letters = 0; ; letters += 1) {
    if (earlier.line() !== tried) {
      tried = earlier.line();
      const rest = earlier.rest();
      // Letter by letter a line takes long. How many of its characters are letters does not matter if they are many already.
      if (Math.max(letters, rest.length / 2) >= minAlikeLetters && rest === later.rest()) {
        letters += rest.length;
        earlier.skipLine();
        later.skipLine();
      }
    }
    const letter = earlier.next();
    if (Number.isNaN(letter)) return { differs: false, letters, place: later.place() };
    if (later.next() !== letter) return { differs: true, letters, place: later.place() };
  }
}

interface Letters {
  next(): number;
  place(): Place;
  line(): number;
  /** What is left of the line. */
  rest(): string;
  skipLine(): void;
}

/** Reads character codes one by one, without blanks, paragraph signs and page breaks; NaN at the end. */
function lettersOf(lines: readonly string[], from: Place, to: Place): Letters {
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
    line: () => line,
    rest: () => text.slice(at),
    skipLine: () => {
      at = text.length;
    },
  };
}

/** The start of the next line, if only blanks follow in this one. */
function afterBlanks(lines: readonly string[], { line, at }: Place): Place {
  return (lines[line] ?? '').slice(at).trim() === '' ? { line: line + 1, at: 0 } : { line, at };
}
