import { dot, hyphen, openParenthesis, isBlank, isLower, isUpper } from '../characters.ts';

/** The sign before a list item: a dash or bullet, or a number or letter that begins or continues a list. */
export interface Item {
  /** `-`, `--`, `1.`, `(a)`: items of one list have one kind. */
  readonly kind: string;
  readonly ordinal: number;
  /** Certainly an item: the next of the list above, or a bullet that prose does not have. */
  readonly follows: boolean;
}

/** The item that a row begins, if it does; `list` is the item above it. */
export function itemOf(row: string, list: Item | undefined): Item | undefined {
  const first = row.charCodeAt(0);
  if (isBullet(first)) return bulletOf(row, list);
  if (first !== openParenthesis && !itemMarks.has(row.charCodeAt(1)) && !itemMarks.has(row.charCodeAt(2)))
    return undefined;
  const sign = /^(\(?)(?:(\d{1,2})|([A-Za-z]))[.)]{1,2}(?=\s)/.exec(row.slice(0, 8));
  if (sign === null) return undefined;
  const [written, open = '', digits, letter = ''] = sign;
  const ordinal = digits === undefined ? letter.toUpperCase().charCodeAt(0) - 64 : Number(digits);
  const shape = digits !== undefined ? '1' : isUpper(letter.charCodeAt(0)) ? 'A' : 'a';
  const kind = `${open}${shape}${written.at(-1) ?? ''}`;
  if (list?.kind === kind && list.ordinal + 1 === ordinal) return { kind, ordinal, follows: true };
  return ordinal === 1 ? { kind, ordinal, follows: false } : undefined;
}

const itemMarks = new Set([dot, 41]);

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
