import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FormatName, type ReadCable, readItem, type Readout } from '../../../src/cables/corpus/formats/index.ts';
import { type Item, type Reject, readSource, type SourceOptions } from '../../../src/cables/corpus/sources.ts';

/** A folder that is gone at the end of the scope. */
export function scratch(): Disposable & {
  path(name: string): string;
  write(name: string, content: string | Uint8Array): string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'pilcrow-sources-'));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** All that a path gives, items and rejects in their order. */
export async function readAll(
  path: string,
  options: Partial<SourceOptions> = {},
): Promise<{ items: Item[]; rejects: Reject[]; order: string[] }> {
  const items: Item[] = [];
  const rejects: Reject[] = [];
  const order: string[] = [];
  for await (const reading of readSource(path, { signal: new AbortController().signal, ...options })) {
    if ('item' in reading) items.push(reading.item);
    else rejects.push(reading.reject);
    order.push('item' in reading ? `item ${reading.item.source}` : `reject ${reading.reject.source}`);
  }
  return { items, rejects, order };
}

/** The cables of one text, and the format it was told to be or is taken for. */
export function readText(text: string | Uint8Array<ArrayBuffer>, format: FormatName, source = 'it.txt'): Readout {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return readItem({ source, format, bytes, offset: 0, firstRow: 1 });
}

/** The first cable of a text, of which nothing is rejected. */
export function readOne(text: string, format: FormatName): ReadCable {
  const { cables, rejects } = readText(text, format);
  const [first] = cables;
  if (first === undefined || rejects.length > 0) throw new Error(`no cable: ${rejects[0]?.reason}`);
  return first;
}

/** A row of the full-text dump as MySQL writes it. */
export function dumpRow(row: Partial<Row> = {}): string {
  const { number, created, id, origin, classification, references, header, body } = { ...sampleRow, ...row };
  const fields = [String(number), created, id, origin, classification, references, header, body];
  return `${fields.map((field) => `"${field.replaceAll(/["'\\]/g, '\\$&')}"`).join(',')}\n`;
}

interface Row {
  readonly number: number;
  readonly created: string;
  readonly id: string;
  readonly origin: string;
  readonly classification: string;
  readonly references: string;
  readonly header: string;
  readonly body: string;
}

export const messageHeader =
  'VZCZCXRO1234\nRR RUEHXX\nDE RUEHTA #2299/01 2331432\nZNR UUUUU ZZH\nR 211432Z AUG 07\nFM AMEMBASSY ASTANA\nTO RUEHC/SECSTATE WASHDC 0001';

export const messageBody = [
  'UNCLAS ASTANA 002299 ',
  ' ',
  'SIPDIS ',
  ' ',
  'E.O. 12958: N/A ',
  'TAGS: PGOV, KZ ',
  'SUBJECT: A MARKET AND ITS BRIDGE ',
  ' ',
  'REF: A. ASTANA 2221 ',
  ' ',
  '1. (U) The market\'s keeper said "closed", but the path C:\\market ',
  'was open. ',
  ' ',
  '2. (SBU) The bridge was closed in May. ',
  'KEEPER',
].join('\n');

const sampleRow: Row = {
  number: 1234,
  created: '8/21/2007 14:32',
  id: '07ASTANA2299',
  origin: 'Embassy Astana',
  classification: 'UNCLASSIFIED',
  references: '07ASTANA2221|06ASTANA17',
  header: messageHeader,
  body: messageBody,
};
