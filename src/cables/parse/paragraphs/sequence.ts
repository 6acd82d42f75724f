import { isBlank, isLower, skipBlanks } from '../characters.ts';
import type { Start } from './paragraph-starts.ts';

/** Maximum of lost paragraphs to skip; a larger jump is a year, a sum or a misprint. */
const maxGap = 30;

/**
 * The starts of the cable's own paragraphs. A number counts only if it continues the sequence, and a marked line takes precedence over an
 * unmarked one of the same number, so that lists inside a paragraph and wrapped lines that begin with a number do not start paragraphs.
 */
export function inSequence(starts: readonly Start[], lines: readonly string[]): Start[] {
  const lastMarked = lastMarkedStarts(starts);
  let accepted: Start[] = [];
  let list: Start | undefined;
  for (const [index, start] of starts.entries()) {
    if (repeatsContents(accepted, start, lines)) accepted = [];
    const last = accepted.at(-1)?.number ?? 0;
    const continues =
      start.marking === null
        ? continuesUnmarked(start, last, {
            accepted,
            list,
            lines,
            markedLater: (lastMarked[start.number] ?? -1) > index,
          })
        : continuesMarked(start, last, index, lastMarked);
    if (continues) accepted.push(start);
    list = continues ? undefined : start.number === 1 || start.number === (list?.number ?? NaN) + 1 ? start : list;
  }
  return accepted;
}

/** The index of the last marked start of each number. */
function lastMarkedStarts(starts: readonly Start[]): number[] {
  const last: number[] = [];
  for (const [index, start] of starts.entries()) if (start.marking !== null) last[start.number] = index;
  return last;
}

/** The next number, or a higher one if none of the skipped numbers comes later. */
function continuesMarked(start: Start, last: number, index: number, lastMarked: readonly number[]): boolean {
  if (start.number <= last || start.number - last > maxGap) return false;
  for (let number = last + 1; number < start.number; number += 1) if ((lastMarked[number] ?? -1) > index) return false;
  return true;
}

interface Surroundings {
  readonly accepted: readonly Start[];
  /** The item last seen of a list inside the paragraph. */
  readonly list: Start | undefined;
  readonly lines: readonly string[];
  readonly markedLater: boolean;
}

function continuesUnmarked(start: Start, last: number, { accepted, list, lines, markedLater }: Surroundings): boolean {
  if (start.number !== last + 1 || markedLater) return false;
  if (accepted.length > 0 && accepted[0]?.form !== start.form) return false;
  const line = lines[start.line] ?? '';
  if (isLower(line.charCodeAt(skipBlanks(line, start.textAt)))) return false;
  const isNextItem = list !== undefined && list.number + 1 === start.number && looksAlike(list, start, lines);
  return !isNextItem && isSetOff(start.line, lines);
}

function looksAlike(item: Start, start: Start, lines: readonly string[]): boolean {
  return (
    item.form === start.form &&
    item.indent === start.indent &&
    isAfterBlank(item.line, lines) === isAfterBlank(start.line, lines)
  );
}

function isAfterBlank(line: number, lines: readonly string[]): boolean {
  return (lines[line - 1] ?? '').trim() === '';
}

/** A wrapped line follows a longer one. */
const shortLineLength = 45;

/**
 * True after a short or blank line, a heading's rule or the end of a sentence. A wrapped line that begins with a number follows none of
 * them.
 */
function isSetOff(line: number, lines: readonly string[]): boolean {
  const before = (lines[line - 1] ?? '').trimEnd();
  return (
    before.length < shortLineLength ||
    /[.:;!?)\]"'”’*-]$/.test(before) ||
    !/[a-z,]/.test(before) ||
    isNumberAlone(lines[line] ?? '')
  );
}

function isNumberAlone(line: string): boolean {
  return /^\s{0,20}\d{1,3}\.\s*$/.test(line.slice(0, 40));
}

const maxContents = 40;

/** Press reviews list their sections first: the same `1.` again begins the text itself. */
function repeatsContents(accepted: readonly Start[], start: Start, lines: readonly string[]): boolean {
  const first = accepted[0];
  if (start.number !== 1 || start.marking !== null || first === undefined) return false;
  if (accepted.length < 2 || accepted.length > maxContents || accepted.some((each) => each.marking !== null))
    return false;
  const title = titleOf(start, lines);
  return title !== '' && title === titleOf(first, lines);
}

function titleOf(start: Start, lines: readonly string[]): string {
  const line = lines[start.line] ?? '';
  let from = start.textAt;
  while (isBlank(line.charCodeAt(from))) from += 1;
  return line.slice(from).trimEnd().toLowerCase();
}
