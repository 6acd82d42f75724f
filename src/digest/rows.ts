import { onLine } from '../core/text/strangers.ts';
import type { Words } from './words/en.ts';

/** A cell of a table: text, with an optional link. */
export interface Cell {
  readonly text: string;
  readonly url?: string | null;
}

/** A row of a table, or an entry of a list. */
export interface Row {
  readonly cells: readonly Cell[];
  /** Below the cells. */
  readonly lines: readonly string[];
  /** Length of its bar, from 0 to 1: its number as a share of the greatest. Left out: it has no bar. */
  readonly share?: number | undefined;
}

/** A section of a digest as text; each format for people renders it in its own way. */
export interface Section {
  /** The same in all languages. */
  readonly id:
    | 'cables'
    | 'trends'
    | 'reading'
    | 'days'
    | 'hours'
    | 'platforms'
    | 'sites'
    | 'unresolved'
    | 'outcomes'
    | 'coverage'
    | 'corrections';
  readonly title: string;
  /** Of a table; empty: a list. */
  readonly head: readonly string[];
  readonly rows: readonly Row[];
  /** Below the rows. */
  readonly remarks: readonly string[];
}

/** Rows of a table; the others are only counted. */
export const maxRows = 20;
/** UTF-16 units; no line may be longer. */
export const maxCell = 1000;

type Value = string | number | null | Cell;

interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** The column of numbers that have bars. */
  readonly bars?: number;
  /** Rows that are shown. Default: 20. */
  readonly most?: number;
  /** How many there are beside these rows. */
  readonly more?: number;
}

export function section(
  id: Section['id'],
  words: Words,
  { head, rows, bars, most = maxRows, more = 0 }: Table,
): Section {
  const shares = sharesOf(rows.map((row) => (bars === undefined ? undefined : row[bars])));
  const shown = rows
    .slice(0, most)
    .map((row, at) => ({ cells: row.map((value) => cell(value, words)), lines: [], share: shares[at] }));
  return { id, title: words[id], head, rows: shown, remarks: rest(rows.length + more, most) };
}

/** None where bars would all be as long: they say nothing. Nothing has no bar. */
export function sharesOf(values: readonly unknown[]): (number | undefined)[] {
  const numbers = values.filter((value) => typeof value === 'number');
  const most = Math.max(...numbers);
  if (numbers.every((value) => value === most)) return [];
  return values.map((value) => (typeof value === 'number' && value > 0 ? value / most : undefined));
}

/** Reference IDs, which are never broken over two lines. */
const unbroken = /(\b\d\d[A-Z]{3,}\d+\b)/;

/** Parts of a text; every second one is not to be broken. */
export function partsOf(text: string): string[] {
  return text.split(unbroken);
}

export function rest(count: number, shown: number): string[] {
  return count > shown ? [`+ ${count - shown}`] : [];
}

export function cell(value: Value, { locale }: Words): Cell {
  if (typeof value === 'object') return value === null ? { text: '' } : { ...value, text: onLine(value.text, maxCell) };
  return { text: typeof value === 'number' ? value.toLocaleString(locale) : onLine(value, maxCell) };
}
