import { markingAt } from './marking.ts';

/** A line that looks like the start of a numbered paragraph. */
export interface Start {
  readonly line: number;
  readonly number: number;
  readonly marking: string | null;
  /** Position of its text in the line. */
  readonly textAt: number;
  /** Position of its number in the line. */
  readonly indent: number;
  readonly form: '1.' | '1)' | '(1)' | '1 (U)';
}

/** The old viewer's paragraph sign before a line: `par5`, `parB`. */
export interface Anchor {
  readonly id: string;
  readonly line: number;
}

/**
 * The viewer put an anchor before each line that matches `^\s*(\d+|[A-Z])\.(?=\s)` without its markup, whatever the line means: verified
 * on 1,553 of its pages. A copy may have kept the paragraph sign (`¶`, or U+FFFD where it was lost in conversion).
 */
export function readLineStarts(lines: readonly string[]): { starts: Start[]; anchors: Anchor[] } {
  const starts: Start[] = [];
  const anchors: Anchor[] = [];
  for (const [line, text] of lines.entries()) {
    const anchor = anchorPattern.exec(text)?.[1];
    if (anchor !== undefined) anchors.push({ id: `par${anchor}`, line });
    const start = startAt(text, line);
    if (start !== undefined) starts.push(start);
  }
  return { starts, anchors };
}

const anchorPattern = /^[\s¶\uFFFD]*(\d+|[A-Z])\.\s/;
/**
 * `(3)`, or a number with one of `. , ) : ; -` (marked paragraphs are certain also after a misprinted dot) or a marking after it. No cable
 * has a thousand paragraphs: longer numbers are years and sums.
 */
const startPattern = /^([\s¶\uFFFD]*)(?:\((\d{1,3})\)|(\d{1,3})\s*(?:([.,):;-])|(?=\()))/;

function startAt(text: string, line: number): Start | undefined {
  const match = startPattern.exec(text);
  if (match === null) return undefined;
  const [written, { length: indent } = '', enclosed, digits, sign] = match;
  const { marking = null, end = written.length } = markingAt(text, written.length) ?? {};
  // Without a marking, only `1.` and `1)` begin a paragraph.
  const isPlain = /\d[.)]$/.test(written) && /^(?:[\sA-Z]|$)/.test(text.slice(written.length));
  if (marking === null && enclosed === undefined && !isPlain) return undefined;
  const form = enclosed !== undefined ? '(1)' : sign === undefined ? '1 (U)' : sign === ')' ? '1)' : '1.';
  return { line, number: Number(enclosed ?? digits), indent, form, marking, textAt: end };
}
