import type { Warning } from '../../../core/cable.ts';
import type { Start } from './paragraph-starts.ts';
import { rowsWithoutHeading } from '../header/headings.ts';
import { withoutPageBreak } from './page-break.ts';

/**
 * Some copies print paragraphs again inside a later one (09CAPETOWN204: ¶1-3 after the page break in ¶4). A start that is not `accepted`
 * as a paragraph and begins like an earlier one of its number begins such a repeat. The repeat is emptied (the indexes of lines stay the
 * same) if it ends with a paragraph.
 */
export function withoutRepeats(
  lines: readonly string[],
  starts: readonly Start[],
  accepted: readonly Start[],
): { lines: readonly string[]; warnings: Warning[] } {
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
    const paragraph = accepted[holder]?.number ?? 0;
    const message = sentence(paragraph, start.number, run);
    warnings.set(run === undefined ? `kept in ${holder}` : message, { code: 'repeated-text', paragraph, message });
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
  const earlier = accepted.slice(first).filter(({ line }) => line < start.line);
  let run: Run | undefined;
  let again = placeOf(start);
  for (const [index, paragraph] of earlier.entries()) {
    const next = earlier[index + 1];
    const end = { line: endOfText(lines, paragraph, next?.line ?? start.line), at: 0 };
    const whole = readAlike(lines, placeOf(paragraph), end, again, until);
    if (whole.differs) return run !== undefined && whole.letters < minAlikeLetters ? run : undefined;
    run = { ...afterBlanks(lines, whole.place), last: paragraph.number };
    if (next === undefined) return run;
    const headed = readAlike(lines, end, placeOf(next), whole.place, until);
    const bridge = headed.differs
      ? readAlike(lines, { line: next.line, at: 0 }, placeOf(next), whole.place, until)
      : headed;
    if (bridge.differs) return run;
    again = bridge.place;
  }
  return run;
}

function placeOf({ line, textAt }: Start): Place {
  return { line, at: textAt };
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
  /** Behind the last letter that is alike. */
  readonly place: Place;
}

/** Compares the text from `from` to `to` with the text at `again`, up to line `until`; line by line, so that a copy costs little. */
function readAlike(lines: readonly string[], from: Place, to: Place, again: Place, until: number): Reading {
  let earlier = '';
  for (let { line, at } = from; line <= to.line; line += 1, at = 0)
    earlier += lettersIn((lines[line] ?? '').slice(0, line === to.line ? to.at : undefined), at);
  let letters = 0;
  let place = again;
  for (let { line, at } = again; line < until && letters < earlier.length; line += 1, at = 0) {
    const later = lettersIn(lines[line] ?? '', at);
    const alike = alikeLength(later, earlier.slice(letters, letters + later.length));
    letters += alike;
    if (alike > 0) place = { line, at: placeBehind(lines[line] ?? '', at, alike) };
    if (alike < later.length) break;
  }
  return { differs: letters < earlier.length, letters, place };
}

const ignoredPattern = /[\s¶\uFFFD]+/g;

/** The text from a place on without blanks, paragraph signs and page breaks. */
function lettersIn(line: string, at: number): string {
  return withoutPageBreak(line) === undefined ? '' : line.slice(at).replaceAll(ignoredPattern, '');
}

function alikeLength(text: string, other: string): number {
  if (text === other) return text.length;
  let length = 0;
  while (length < text.length && text[length] === other[length]) length += 1;
  return length;
}

/** The place in a line behind so many letters from `at` on. */
function placeBehind(line: string, at: number, letters: number): number {
  let [place, left] = [at, letters];
  for (; left > 0; place += 1) if (!/[\s¶\uFFFD]/.test(line[place] ?? '')) left -= 1;
  return place;
}

/** The start of the next line, if only blanks follow in this one. */
function afterBlanks(lines: readonly string[], { line, at }: Place): Place {
  return (lines[line] ?? '').slice(at).trim() === '' ? { line: line + 1, at: 0 } : { line, at };
}
