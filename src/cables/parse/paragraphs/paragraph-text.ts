import {
  closeParenthesis,
  hyphen,
  isBlank,
  isDigit,
  isLetter,
  isLower,
  dot,
  openParenthesis,
  isUpper,
} from '../characters.ts';
import { isRule, withoutRule } from '../header/headings.ts';
import { residueRow } from './residue.ts';
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
 * Joins a paragraph's rows with one blank, without residue and heading rules. `\n` marks breaks of the cable: at list
 * items, table rows, and blank lines after the end of a sentence; other blank lines are damage of the copy.
 */
export function joinRows(rows: readonly string[], count: number, lineJoins: LineJoins): Joined {
  let text = '';
  let before = '';
  let parted = false;
  let inTable = false;
  let list: Item | undefined;
  for (let row = 0; row < count; row += 1) {
    const clean = rows[row] ?? '';
    if (clean === residueRow) {
      // The blank lines around a page break are the page's, not the cable's.
      while (row + 1 < count && isEmpty(rows[row + 1] ?? '')) row += 1;
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
    const indented = isBlank(clean.charCodeAt(0));
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
  if (line.charCodeAt(line.length - 1) !== hyphen) return line;
  return isRule(line) ? '' : withoutRule(line);
}

/** The separator between two rows of one sentence. Reads only the rows: reading the growing text would copy it each time. */
function lineJoinBetween(before: string, line: string, lineJoins: LineJoins): '' | ' ' {
  let at = before.length - 1;
  while (at >= 0 && isBlank(before.charCodeAt(at))) at -= 1;
  const last = before.charCodeAt(at);
  if (last === hyphen) return joinsAtHyphen(before.slice(0, at + 1), line) ? '' : ' ';
  return isLetter(last) && isLetter(line.charCodeAt(0)) && lineJoins.isTornWord(before, line) ? '' : ' ';
}

/** `inter-` + `ministerial`, but not `pre-` + `and post-war` or `message -` + `which`. */
function joinsAtHyphen(end: string, line: string): boolean {
  const code = end.charCodeAt(end.length - 2);
  return (
    (isLetter(code) || isDigit(code)) &&
    (isLetter(line.charCodeAt(0)) || isDigit(line.charCodeAt(0))) &&
    !/^(?:and|or|to) /.test(line)
  );
}

function isEmpty(row: string): boolean {
  return row.trim() === '';
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
  if (item !== undefined && (item.follows || parted || indented || endsSentence(before))) return true;
  if (isLower(line.charCodeAt(0))) return false;
  if (wasTable) return true;
  if (!parted) return false;
  return endsSentence(before) || before.trimEnd().length < shortRowLength;
}

/** True if the last letter is followed by the end of a sentence, title or quotation. */
function endsSentence(before: string): boolean {
  let at = before.length - 1;
  while (at >= 0 && isBlank(before.charCodeAt(at))) at -= 1;
  return '.:;!?)]"”'.includes(before[at] ?? ' ');
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
  const first = row.charCodeAt(0);
  if (isBullet(first)) return bulletOf(row, list);
  if (first !== openParenthesis && !endsMark(row.charCodeAt(1)) && !endsMark(row.charCodeAt(2))) return undefined;
  const sign = /^(\(?)(?:(\d{1,2})|([A-Za-z]))[.)]{1,2}(?=\s)/.exec(row.slice(0, 8));
  if (sign === null) return undefined;
  const [written, open = '', digits, letter = ''] = sign;
  const ordinal = digits === undefined ? letter.toUpperCase().charCodeAt(0) - 64 : Number(digits);
  const shape = digits !== undefined ? '1' : isUpper(letter.charCodeAt(0)) ? 'A' : 'a';
  const kind = `${open}${shape}${written.at(-1) ?? ''}`;
  if (list?.kind === kind && list.ordinal + 1 === ordinal) return { kind, ordinal, follows: true };
  return ordinal === 1 ? { kind, ordinal, follows: false } : undefined;
}

function endsMark(code: number): boolean {
  return code === dot || code === closeParenthesis;
}

function isBullet(code: number): boolean {
  return code === hyphen || code === 42 || code === 0x2022 || code === 0xb7;
}

function bulletOf(row: string, list: Item | undefined): Item | undefined {
  let end = 1;
  while (row.charCodeAt(end) === hyphen) end += 1;
  const dashes = row.charCodeAt(0) === hyphen;
  if (!isBlank(row.charCodeAt(end)) && !(dashes && end === 1 && isUpper(row.charCodeAt(1)))) return undefined;
  const kind = row.slice(0, Math.min(end, 3));
  if (list?.kind === kind || !dashes) return { kind, ordinal: 0, follows: true };
  // A dash may also begin a wrapped row of prose: `- along with the media -`.
  return isLower(row.charCodeAt(end + 1)) ? undefined : { kind, ordinal: 0, follows: false };
}
