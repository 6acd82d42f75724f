import { blog, message, mirror, viewer } from './documents.ts';
import { dump } from './dump.ts';
import { type CorpusFormat, documentText, type Portion, type Readout, rejected } from './format.ts';
import { json, jsonl } from './json.ts';
import { plusd } from './plusd.ts';

export type { Portion, ReadCable, Reject, Readout } from './format.ts';

/** All formats by name, most distinctive first: the first whose `begins` matches is used. */
export const formats = {
  dump,
  jsonl,
  json,
  viewer,
  plusd,
  mirror,
  blog,
  message,
} satisfies Record<string, CorpusFormat>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];

/** The format of a text with this beginning; undefined if it matches none. */
export function formatOf(head: string): FormatName | undefined {
  return formatNames.find((name) => formats[name].begins(head));
}

/** A document takes the format of its beginning. */
const headLength = 256 * 1024;

/** Reads a whole file in any of the formats. `name` gives the ID of a message without one. */
export function readFileBytes(bytes: Uint8Array<ArrayBuffer>, name: string): Readout {
  let end = Math.min(bytes.length, headLength);
  // Not within a character.
  while (end < bytes.length && headLength - end < 4 && (bytes[end] ?? 0) >= 0x80) end -= 1;
  const decoded = documentText(bytes.subarray(0, end));
  const format = 'text' in decoded ? formatOf(decoded.text) : undefined;
  if (format !== undefined) return readItem({ source: name, bytes, offset: 0, firstRow: 1, format });
  const nothing = 'no cable found: neither a page of the cable viewer or of PlusD, nor a message or an export';
  return rejected(name, '', 'reason' in decoded ? decoded.reason : nothing);
}

/** Reads the cables of a portion. Pure. */
export function readItem(item: Portion & { readonly format: FormatName }): Readout {
  return formats[item.format].read(item);
}
