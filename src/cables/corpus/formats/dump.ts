import type { CableCopy } from '../../parse/raw-cable.ts';
import { readCopy } from '../../parse/parse-cable.ts';
import type { CorpusFormat, Portion, ReadCable, Readout, Reject } from './format.ts';
import { rowPosition } from './format.ts';
import { columnCount, RowScanner } from './row-scanner.ts';
import { textOf } from './text.ts';

/**
 * The full-text dump `cables.csv`: number, `8/19/2007 23:55`, ID, origin, classification, references (`07EXAMPLE10|07EXAMPLE11`), header
 * and body, no header row. The first rows may be damaged, so a later one may be the first to begin this way.
 */
export const dump: CorpusFormat = {
  scanner: () => new RowScanner(),
  begins: (head) => /(?:^\uFEFF?|\n)"\d{1,10}","\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d\d","/.test(head),
  read: readRows,
};

/** Reads whole rows, as cut by the record cutter. */
function readRows({ source, bytes, offset, firstRow }: Portion): Readout {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const scanner = new RowScanner();
  const cables: ReadCable[] = [];
  const rejects: Reject[] = [];
  let row = firstRow;
  for (let start = afterLineBreaks(buffer, 0); start < buffer.length;) {
    const end = scanner.end(buffer, start, true);
    const read =
      typeof end === 'number' ? readRow(buffer, start, scanner.fields) : end === 'more' ? 'not whole' : end.damage;
    if (typeof read === 'string') rejects.push({ source, position: rowPosition(row, offset + start), reason: read });
    else cables.push(read);
    const next = typeof end === 'number' ? end : scanner.resync(buffer, start + 1, true).at;
    start = afterLineBreaks(buffer, next);
    row += 1;
  }
  return { cables, rejects };
}

function afterLineBreaks(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x0a || bytes[at] === 0x0d) at += 1;
  return at;
}

function readRow(bytes: Buffer, start: number, ends: Int32Array): ReadCable | string {
  const fields: string[] = [];
  for (let field = 0; field < columnCount; field += 1) {
    const decoded = textOf(bytes.subarray(start + (ends[2 * field] ?? 0), start + (ends[2 * field + 1] ?? 0)));
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
