import { isBlank, isLetter, isLower } from '../characters.ts';

/** Line breaks inside a word, in damaged copies. */
export interface LineJoins {
  /** True if the row's last word and the next row's first are certainly one word. */
  isTornWord(before: string, after: string): boolean;
  /** Words that lost letters at a row's end since the last call: sentences for a warning. */
  takeLost(): readonly string[];
}

/**
 * Rows end with a blank, or where the next word would not fit. Any other row may be torn. Its halves are one word if that word occurs
 * elsewhere in the cable and the second half never does. A half that cannot be completed that way (`the N` / `Otan` where `Nur Otan`
 * occurs) lost letters: it stays as it is, with a warning.
 */
export function lineJoinsOf(lines: readonly string[]): LineJoins {
  const shape = shapeOf(lines);
  let words: ReadonlyMap<string, number> | undefined;
  let comparisons = 0;
  let lost: string[] = [];
  return {
    isTornWord(before, after) {
      if (!isSuspicious(before, after, shape) || comparisons >= maxComparisons) return false;
      comparisons += 1;
      words ??= countWords(lines);
      const [half, rest] = [lastWord(before), firstWord(after)];
      if (isLower(rest.charCodeAt(0))) return isWord(half, rest, words);
      const whole = words.get(half) === 1 ? wholeWord(half, rest, lines) : undefined;
      if (whole !== undefined)
        lost.push(`"${half}" before "${rest}" may have been "${whole}": letters are lost at a line's end`);
      return false;
    },
    takeLost() {
      const taken = lost;
      if (taken.length > 0) lost = [];
      return taken;
    },
  };
}

/** Each comparison may read the whole cable; real copies need few. */
const maxComparisons = 50;

interface Shape {
  readonly endsWithBlank: boolean;
  readonly width: number;
}

const sampledLines = 60;
const maxWidth = 80;

function shapeOf(lines: readonly string[]): Shape {
  let full = 0;
  let blank = 0;
  let width = 0;
  for (let row = 0; row < lines.length && full < sampledLines; row += 1) {
    const line = lines[row] ?? '';
    if (line.length < 20) continue;
    full += 1;
    if (isBlank(line.charCodeAt(line.length - 1))) blank += 1;
    if (line.length <= maxWidth && line.length > width) width = line.length;
  }
  return { endsWithBlank: full >= 5 && blank >= full * 0.8, width };
}

/** Amount by which a drafter's line may be shorter than the width. */
const widthSlack = 8;

function isSuspicious(before: string, after: string, shape: Shape): boolean {
  if (shape.endsWithBlank) return !isBlank(before.charCodeAt(before.length - 1));
  const blank = after.indexOf(' ');
  return before.trimEnd().length + (blank === -1 ? after.length : blank) + widthSlack < shape.width;
}

/** Endings that are words of their own (`can` + `not`, `with` + `out`), even where a short cable does not use them alone. */
const secondWords = new Set(
  'able about all ally any as at away back be being body by day down else ever fall far for fore form from full game go half ever hand head here hold house how in into is it just land last less life like line ly made man mark men more most much never new no non not now of off on one only or other out over own part place point port right room self selves set ship side so some son stand step such take ten than that the them then there they thing things this time times to town under up upon us use way ways well what when where while who will wise with within word work works'.split(
    ' ',
  ),
);

function isWord(half: string, rest: string, words: ReadonlyMap<string, number>): boolean {
  if (half.length < 2 || rest.length < 2 || secondWords.has(rest) || (words.get(rest) ?? 0) > 1) return false;
  return words.has(half + rest);
}

/** `Nur` for the half `N` before `Otan`, if `Nur Otan` occurs elsewhere. */
function wholeWord(half: string, rest: string, lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const at = line.indexOf(` ${rest}`);
    const word = at === -1 ? '' : lastWord(line.slice(Math.max(0, at - 40), at));
    if (word.length > half.length && word.startsWith(half)) return word;
  }
  return undefined;
}

function countWords(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    for (const written of line.split(' ')) {
      const word = bare(written);
      if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

const maxWordLength = 40;

function lastWord(row: string): string {
  const end = row.trimEnd().slice(-maxWordLength);
  return bare(end.slice(end.lastIndexOf(' ') + 1));
}

function firstWord(row: string): string {
  const start = row.slice(0, maxWordLength);
  const blank = start.indexOf(' ');
  return bare(blank === -1 ? start : start.slice(0, blank));
}

/** Without quotation marks, parentheses, stops and a genitive's ending. */
function bare(written: string): string {
  if (written.length > maxWordLength) return '';
  // Most words have none of them.
  if (isLetter(written.charCodeAt(0)) && isLetter(written.charCodeAt(written.length - 1))) return written;
  return written.replace(/^["'(“‘[]+/, '').replace(/["'”’)\].,;:!?]+$/, '');
}
