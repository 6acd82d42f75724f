/**
 * Line breaks inside a word, in damaged copies. Rows end with a blank, or where the next word would not fit. Any other row may be torn.
 * Its halves are one word if that word occurs elsewhere in the cable and the second half never does. A half that cannot be completed
 * that way (`the N` / `Otan` where `Nur Otan` occurs) lost letters: it stays as it is, with a warning.
 */
export class LineJoins {
  readonly #lines: readonly string[];
  readonly #shape: Shape;
  #words: ReadonlyMap<string, number> | undefined;
  #comparisons = 0;
  #lost: string[] = [];

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#shape = shapeOf(lines);
  }

  /** True if the row's last word and the next row's first are certainly one word. */
  isTornWord(before: string, after: string): boolean {
    if (!isSuspicious(before, after, this.#shape) || this.#comparisons >= maxComparisons) return false;
    this.#comparisons += 1;
    const words = (this.#words ??= countWords(this.#lines));
    const [half, rest] = [lastWord(before), firstWord(after)];
    if (/^[a-z]/.test(rest)) return isWord(half, rest, words);
    const whole = words.get(half) === 1 ? wholeWord(half, rest, this.#lines) : undefined;
    if (whole !== undefined)
      this.#lost.push(`"${half}" before "${rest}" may have been "${whole}": letters are lost at a line's end`);
    return false;
  }

  /** Words that lost letters at a row's end since the last call: sentences for a warning. */
  takeLost(): readonly string[] {
    return this.#lost.splice(0);
  }
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
  const full = lines.filter((line) => line.length >= 20).slice(0, sampledLines);
  const blank = full.filter((line) => /\s$/.test(line.slice(-1))).length;
  const widths = full.flatMap(({ length }) => (length <= maxWidth ? length : []));
  return { endsWithBlank: full.length >= 5 && blank >= full.length * 0.8, width: Math.max(0, ...widths) };
}

/** Amount by which a drafter's line may be shorter than the width. */
const widthSlack = 8;

function isSuspicious(before: string, after: string, { endsWithBlank, width }: Shape): boolean {
  if (endsWithBlank) return !/\s$/.test(before.slice(-1));
  const blank = after.indexOf(' ');
  return before.trimEnd().length + (blank === -1 ? after.length : blank) + widthSlack < width;
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
  for (const word of lines.flatMap((line) => line.split(' ').map(bare)))
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const maxWordLength = 40;

function lastWord(row: string): string {
  const end = row.trimEnd().slice(-maxWordLength);
  return bare(end.slice(end.lastIndexOf(' ') + 1));
}

function firstWord(row: string): string {
  return bare(row.slice(0, maxWordLength).split(' ', 1)[0] ?? '');
}

/** Without quotation marks, parentheses, stops and a genitive's ending. */
function bare(written: string): string {
  if (written.length > maxWordLength) return '';
  return written.replace(/^["'(“‘[]+/, '').replace(/["'”’)\].,;:!?]+$/, '');
}
