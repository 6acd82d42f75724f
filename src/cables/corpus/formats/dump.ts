import type { CableCopy } from '../../parse/raw-cable.ts';
import { readCopy } from '../../parse/parse-cable.ts';
import { type CorpusFormat, type ReadCable, readRows, type RecordScanner, rejected, textOf } from './format.ts';

/** Number, time, ID, origin, classification, references, header, body. */
const columnCount = 8;

const quoteMark = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The full-text dump `cables.csv`: number, `8/19/2007 23:55`, ID, origin, classification, references (`07EXAMPLE10|07EXAMPLE11`), header
 * and body, no header row. The first rows may be damaged, so a later one may be the first to begin this way.
 */
export const dump: CorpusFormat = {
  scanner: () => new RowScanner(),
  begins: (head) => /(?:^\uFEFF?|\n)"\d{1,10}","\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d\d","/.test(head),
  read(portion) {
    const scanner = new RowScanner();
    return readRows(portion, scanner, (bytes, position) => {
      const read = readRow(bytes, scanner.fields);
      return typeof read === 'string' ? rejected(portion.source, position, read) : { cables: [read], rejects: [] };
    });
  },
};

function readRow(bytes: Buffer, ends: Int32Array): ReadCable | string {
  const fields: string[] = [];
  for (let field = 0; field < columnCount; field += 1) {
    const decoded = textOf(bytes.subarray(ends[2 * field] ?? 0, ends[2 * field + 1] ?? 0));
    if ('reason' in decoded) return `field ${field + 1}: ${decoded.reason}`;
    fields.push(unescaped(decoded.text));
  }
  const copy = copyOf(fields);
  const cable = readCopy(copy, undefined);
  if (typeof cable === 'string') return cable;
  return { cable, body: copy.body.join('\n'), number: numberOf(fields[0] ?? '') };
}

/** A backslash before any other character belongs to the text, except before a line break, as in rows of the viewer's export. */
function unescaped(field: string): string {
  return field.includes('\\') ? field.replaceAll(/\\(["'\\])/g, '$1').replaceAll('\\\n', '\n') : field;
}

function copyOf(fields: readonly string[]): CableCopy {
  const [, created, id, origin, classification, references = '', header = '', body = ''] = fields;
  return {
    writtenId: id?.trim() || '',
    title: null,
    created: created?.trim() || null,
    released: null,
    classification: classification?.trim() || null,
    origin: origin?.trim() || null,
    header: header.trim(),
    body: body.trimEnd().split('\n'),
    cutShort: false,
    listed: { references: references.split('|'), tags: [] },
  };
}

function numberOf(field: string): number | null {
  return /^\d{1,10}$/.test(field) ? Number(field) : null;
}

/**
 * Finds the rows of the full-text dump: eight double-quoted fields separated by commas, a backslash before a quote (or backslash) that
 * belongs to the text, raw line breaks inside. It jumps from quote to quote, so that it is faster than the disk.
 */
export class RowScanner implements RecordScanner {
  /** Start and end of each field of the last row, without quotes, relative to the row's start. */
  readonly fields = new Int32Array(2 * columnCount);
  /** State of an incomplete row: its open field begins at `#from` (or none is open); the search continues at `#at`. */
  #count = 0;
  #from = -1;
  #at = 0;

  end(bytes: Buffer, start: number, isLast: boolean): ReturnType<RecordScanner['end']> {
    for (;;) {
      if (this.#from === -1) {
        const first = bytes[start + this.#at];
        if (first === undefined) return isLast ? this.#damaged('the file ends inside it') : 'more';
        if (first !== quoteMark) return this.#damaged(`field ${this.#count + 1} does not begin with a quotation mark`);
        this.#at += 1;
        this.#from = this.#at;
      }
      const quote = closingQuote(bytes, start + this.#at, start + this.#from);
      if (quote === -1) {
        this.#at = bytes.length - start;
        return isLast ? this.#damaged('the file ends inside a quotation') : 'more';
      }
      const after = this.#afterField(bytes, start, quote, isLast);
      if (after !== undefined) return after;
    }
  }

  resync(bytes: Buffer, from: number, isLast: boolean): { at: number; found: boolean } {
    this.#forget();
    for (let at = bytes.indexOf(lineFeed, from); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
      const begins = beginsRow(bytes, at + 1);
      if (begins === true) return { at: at + 1, found: true };
      if (begins === undefined && !isLast) return { at, found: false };
    }
    return { at: bytes.length, found: false };
  }

  /** Undefined if another field follows. */
  #afterField(
    bytes: Buffer,
    start: number,
    quote: number,
    isLast: boolean,
  ): ReturnType<RecordScanner['end']> | undefined {
    const end = lineBreakAfter(bytes, quote + 1, isLast);
    if (end === undefined) {
      this.#at = quote - start;
      return 'more';
    }
    if (end === 0 && bytes[quote + 1] !== comma)
      return this.#damaged(`field ${this.#count + 1} goes on behind its quotation mark`);
    if (end === 0 && this.#count === columnCount - 1) return this.#damaged(`more than ${columnCount} fields`);
    this.fields[2 * this.#count] = this.#from;
    this.fields[2 * this.#count + 1] = quote - start;
    this.#count += 1;
    if (end === 0) {
      this.#from = -1;
      this.#at = quote + 2 - start;
      return undefined;
    }
    if (this.#count < columnCount) return this.#damaged(`${this.#count} fields instead of ${columnCount}`);
    this.#forget();
    return end;
  }

  #damaged(damage: string): { damage: string } {
    this.#forget();
    return { damage };
  }

  #forget(): void {
    this.#count = 0;
    this.#from = -1;
    this.#at = 0;
  }
}

/** The next unescaped quotation mark from `at` on, in the field that begins at `from`; -1 if there is none. */
function closingQuote(bytes: Buffer, at: number, from: number): number {
  let quote = bytes.indexOf(quoteMark, at);
  while (quote !== -1 && backslashesBefore(bytes, quote, from) % 2 === 1) quote = bytes.indexOf(quoteMark, quote + 1);
  return quote;
}

function backslashesBefore(bytes: Buffer, quote: number, from: number): number {
  let first = quote;
  while (first > from && bytes[first - 1] === backslash) first -= 1;
  return quote - first;
}

/** The position after a line break (or the end of the file) at `at`; 0 if there is none; undefined if more bytes are needed. */
function lineBreakAfter(bytes: Buffer, at: number, isLast: boolean): number | undefined {
  const next = bytes[at];
  if (next === undefined) return isLast ? at : undefined;
  if (next === lineFeed) return at + 1;
  if (next !== carriageReturn) return 0;
  if (bytes[at + 1] === lineFeed) return at + 2;
  return bytes[at + 1] !== undefined ? 0 : isLast ? at + 1 : undefined;
}

/** True if `"17","` is at `start`; undefined if more bytes are needed. */
function beginsRow(bytes: Buffer, start: number): boolean | undefined {
  const head = bytes.toString('latin1', start, start + 14);
  if (/^"\d{1,10}","/.test(head)) return true;
  return /^(?:"(?:\d{1,10}(?:",?)?)?)?$/.test(head) ? undefined : false;
}
