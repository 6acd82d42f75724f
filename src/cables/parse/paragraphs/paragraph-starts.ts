import {
  closeParenthesis,
  dot,
  openParenthesis,
  isBlank,
  isDigit,
  isLetter,
  isUpper,
  skipBlanks,
  skipDigits,
} from '../characters.ts';
import { markingAt } from './marking.ts';
import { residueRow } from './residue.ts';

/** A line that looks like the start of a numbered paragraph. */
export interface Start {
  readonly line: number;
  readonly number: number;
  readonly marking: string | null;
  /** Position of its text in the line. */
  readonly textAt: number;
  /** Position of its number in the line. */
  readonly indent: number;
  readonly form: '1.' | '1)' | '(1)' | '1 (U)' | '(U) 1.';
}

/** The old viewer's paragraph sign before a line: `par5`, `parB`. */
export interface Anchor {
  readonly id: string;
  readonly line: number;
}

/**
 * Reads the start of every line once. The viewer put an anchor before each line that matches `^\s*(\d+|[A-Z])\.(?=\s)` without its
 * markup, whatever the line means: verified on 1,553 of its pages.
 */
export function readLineStarts(lines: readonly string[]): { starts: Start[]; anchors: Anchor[] } {
  const starts: Start[] = [];
  const anchors: Anchor[] = [];
  for (let line = 0; line < lines.length; line += 1) {
    const text = lines[line] ?? '';
    const at = numberAt(text);
    const code = text.charCodeAt(at);
    if (isDigit(code) || code === openParenthesis) {
      const end = skipDigits(text, at);
      if (text.charCodeAt(end) === dot && isBlank(text.charCodeAt(end + 1)))
        anchors.push({ id: `par${text.slice(at, end)}`, line });
      const start = startAt(text, at, end, line);
      if (start !== undefined) starts.push(start);
    } else if (isUpper(code) && text.charCodeAt(at + 1) === dot && isBlank(text.charCodeAt(at + 2))) {
      anchors.push({ id: `par${text[at] ?? ''}`, line });
    }
  }
  return { starts, anchors };
}

/** Blanks, and the paragraph sign where a copy kept it: `¶`; `¬` and U+FFFD where it was lost in conversion. */
function numberAt(text: string): number {
  let at = 0;
  for (let code = text.charCodeAt(0); isBlank(code) || isParagraphSign(code); code = text.charCodeAt(at)) at += 1;
  return at;
}

function isParagraphSign(code: number): boolean {
  return code === 0xb6 || code === 0xac || code === 0xfffd;
}

/**
 * The lines with each portion marking whole: one with a list of countries goes on in the next lines. The lines that it took are residue rows,
 * so indexes stay the same.
 */
export function withWholeMarkings(lines: readonly string[]): readonly string[] {
  let whole: string[] | undefined;
  for (let line = 0; line + 1 < lines.length; line += 1) {
    const text = lines[line] ?? '';
    // Nearly every line begins with a letter.
    if (isLetter(text.charCodeAt(0)) || !text.includes('/REL') || !tornMarkingPattern.test(text)) continue;
    let joined = text.trimEnd();
    for (let next = line + 1; next <= line + maxMarkingLines && next < lines.length; next += 1) {
      joined += ` ${(lines[next] ?? '').trim()}`;
      if (!joined.includes(')')) continue;
      if (markingAt(joined, joined.indexOf('(')) === undefined) break;
      whole ??= [...lines];
      whole[line] = joined;
      whole.fill(residueRow, line + 1, next + 1);
      break;
    }
  }
  return whole ?? lines;
}

const tornMarkingPattern =
  /^[\s¶¬\uFFFD]{0,20}(?:\d{1,3}[.,):;-]?\s{0,9})?\((?:S|C|TS|U|SBU|SECRET|CONFIDENTIAL)\s?\/{1,2}[^()]{0,160}$/;
const maxMarkingLines = 2;

/** No cable has a thousand paragraphs: longer numbers are years and sums. */
const maxDigits = 3;

function startAt(text: string, at: number, end: number, line: number): Start | undefined {
  if (text.charCodeAt(at) === openParenthesis) return inParentheses(text, at, line) ?? behindMarking(text, at, line);
  if (end === at || end - at > maxDigits) return undefined;
  const number = Number(text.slice(at, end));
  const separator = skipBlanks(text, end);
  const code = text.charCodeAt(separator);
  const marked = markingAt(text, code === openParenthesis ? separator : skipBlanks(text, separator + 1));
  const found = { line, number, indent: at };
  if (marked !== undefined && code === openParenthesis)
    return { ...found, form: '1 (U)', marking: marked.marking, textAt: marked.end };
  if (!separators.has(code)) return undefined;
  const form = code === closeParenthesis ? '1)' : '1.';
  if (marked !== undefined) return { ...found, form, marking: marked.marking, textAt: marked.end };
  const next = text.charCodeAt(separator + 1);
  if (
    separator !== end ||
    (code !== dot && code !== closeParenthesis) ||
    !(isBlank(next) || isUpper(next) || separator + 1 === text.length)
  ) {
    return undefined;
  }
  return { ...found, form, marking: null, textAt: separator + 1 };
}

/** `. , ) : ; -`: marked paragraphs are certain also after a misprinted dot. */
const separators = new Set([dot, 44, closeParenthesis, 58, 59, 45]);

/** `(3) (U) Text` */
function inParentheses(text: string, at: number, line: number): Start | undefined {
  const end = skipDigits(text, at + 1);
  if (end === at + 1 || end - at - 1 > maxDigits || text.charCodeAt(end) !== closeParenthesis) return undefined;
  const marked = markingAt(text, skipBlanks(text, end + 1));
  const number = Number(text.slice(at + 1, end));
  return { line, number, indent: at, form: '(1)', marking: marked?.marking ?? null, textAt: marked?.end ?? end + 1 };
}

/** `(C) 3. Text`, `(C) 3) Text` */
function behindMarking(text: string, at: number, line: number): Start | undefined {
  const marked = markingAt(text, at);
  if (marked === undefined) return undefined;
  const first = skipBlanks(text, marked.end);
  const end = skipDigits(text, first);
  const separator = text.charCodeAt(end);
  if (end === first || end - first > maxDigits || (separator !== dot && separator !== closeParenthesis))
    return undefined;
  if (!isBlank(text.charCodeAt(end + 1))) return undefined;
  const number = Number(text.slice(first, end));
  return { line, number, indent: at, form: '(U) 1.', marking: marked.marking, textAt: end + 1 };
}
