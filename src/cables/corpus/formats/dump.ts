import type { CableCopy } from '../../parse/raw-cable.ts';
import { readCopy } from '../../parse/parse-cable.ts';
import { type CorpusFormat, type ReadCable, readRows, rejected } from './format.ts';
import { columnCount, RowScanner } from './row-scanner.ts';
import { textOf } from './text.ts';

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
