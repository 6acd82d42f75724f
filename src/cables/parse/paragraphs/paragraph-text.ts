import { isRule, withoutRule } from '../header/headings.ts';
import { withoutPageBreak } from './page-break.ts';
import type { LineJoins } from './line-joins.ts';

/** A paragraph's text and how it ends. */
export interface Joined {
  readonly text: string;
  /** Its last row as printed, without a page break after it. */
  readonly lastRow: string;
  /** The last row belongs to a list or a table. */
  readonly endsInList: boolean;
}

/**
 * Joins a paragraph's rows with one blank, without page breaks, SIPDIS and heading rules. `\n` marks breaks of the cable: at list
 * items, table rows, and blank lines after the end of a sentence; other blank lines are damage of the copy.
 */
export function joinRows(rows: readonly string[], count: number, lineJoins: LineJoins): Joined {
  let text = '';
  let before = '';
  let parted = false;
  let inTable = false;
  let list: Item | undefined;
  for (let row = 0; row < count; row += 1) {
    const clean = withoutPageBreak(rows[row] ?? '');
    if (clean === undefined) {
      // The blank lines around a page break are the page's, not the cable's.
      while (row + 1 < count && rows[row + 1]?.trim() === '') row += 1;
      parted = false;
      continue;
    }
    const line = rowText(clean);
    if (line === '') {
      parted = true;
      continue;
    }
    const item = itemOf(line, list);
    const wasTable = inTable;
    inTable = isTableRow(line);
    const indented = clean !== clean.trimStart();
    const breaks = text !== '' && (inTable || breaksBefore({ before, line, parted, item, indented, wasTable }));
    if (breaks || text === '') {
      list = item ?? (parted ? undefined : list);
      text += breaks ? `\n${line}` : line;
    } else text += lineJoinBetween(before, line, lineJoins) + line;
    before = clean;
    parted = false;
  }
  return { text, lastRow: before, endsInList: list !== undefined };
}

/** The row without outer blanks and heading rule; empty for a rule alone. */
function rowText(row: string): string {
  const line = row.trim();
  return isRule(line) ? '' : withoutRule(line);
}

const letterSource = String.raw`[A-Za-z\u00c0-\uffff]`;
const lastLetterPattern = new RegExp(`${letterSource}$`);
const firstLetterPattern = new RegExp(`^${letterSource}`);
/** `inter-` + `ministerial`, but not `pre-` + `and post-war` or `message -` + `which`. */
const hyphenatedPattern = new RegExp(String.raw`(?:\d|${letterSource})-\n(?!(?:and|or|to) )(?:\d|${letterSource})`);

/** The separator between two rows of one sentence. Reads only the rows: reading the growing text would copy it each time. */
function lineJoinBetween(before: string, line: string, lineJoins: LineJoins): '' | ' ' {
  const end = before.trimEnd().slice(-2);
  if (end.endsWith('-')) return hyphenatedPattern.test(`${end}\n${line.slice(0, 4)}`) ? '' : ' ';
  const mayBeTorn = lastLetterPattern.test(end) && firstLetterPattern.test(line);
  return mayBeTorn && lineJoins.isTornWord(before, line) ? '' : ' ';
}

interface Joint {
  readonly before: string;
  readonly line: string;
  readonly parted: boolean;
  readonly item: Item | undefined;
  readonly indented: boolean;
  readonly wasTable: boolean;
}

/** Before a blank line, a shorter row is a break of the cable, a longer one damage of the copy. */
const shortRowLength = 50;

function breaksBefore({ before, line, parted, item, indented, wasTable }: Joint): boolean {
  const end = before.trimEnd();
  const ended = /[.:;!?)\]"”]$/.test(end.slice(-1));
  if (item !== undefined && (item.follows || ended || parted || indented)) return true;
  if (/^[a-z]/.test(line)) return false;
  return wasTable || (parted && (ended || end.length < shortRowLength));
}

/** Columns: three blanks inside a row and not after a sentence. */
function isTableRow(line: string): boolean {
  const gap = line.indexOf('   ');
  return gap > 0 && !'.:;!?)"'.includes(line[gap - 1] ?? '');
}

/** The sign before a list item: a dash or bullet, or a number or letter that begins or continues a list. */
interface Item {
  /** `-`, `--`, `1.`, `(a)`: items of one list have one kind. */
  readonly kind: string;
  readonly ordinal: number;
  /** Certainly an item: the next of the list above, or a bullet that prose does not use. */
  readonly follows: boolean;
}

/** The item that begins in a row, if any; `list` is the item above it. */
function itemOf(row: string, list: Item | undefined): Item | undefined {
  const [bullet] = /^[-*•·]-*/.exec(row) ?? [];
  if (bullet !== undefined) return bulletOf(row, bullet, list);
  const sign = /^(\(?)(?:(\d{1,2})|([A-Za-z]))[.)]{1,2}(?=\s)/.exec(row);
  if (sign === null) return undefined;
  const [written, open = '', digits, letter = ''] = sign;
  const ordinal = digits === undefined ? letter.toUpperCase().charCodeAt(0) - 64 : Number(digits);
  const shape = digits !== undefined ? '1' : /[A-Z]/.test(letter) ? 'A' : 'a';
  const kind = `${open}${shape}${written.at(-1) ?? ''}`;
  if (list?.kind === kind && list.ordinal + 1 === ordinal) return { kind, ordinal, follows: true };
  return ordinal === 1 ? { kind, ordinal, follows: false } : undefined;
}

function bulletOf(row: string, bullet: string, list: Item | undefined): Item | undefined {
  const text = row.slice(bullet.length);
  if (!/^\s/.test(text) && !(bullet === '-' && /^[A-Z]/.test(text))) return undefined;
  const kind = bullet.slice(0, 3);
  if (list?.kind === kind || !bullet.startsWith('-')) return { kind, ordinal: 0, follows: true };
  // A dash may also begin a wrapped row of prose: `- along with the media -`.
  return /^[^][a-z]/.test(text) ? undefined : { kind, ordinal: 0, follows: false };
}
