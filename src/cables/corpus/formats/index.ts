import { blog, message, mirror, viewer } from './documents.ts';
import { dump } from './dump.ts';
import type { CorpusFormat, Portion, Readout } from './format.ts';
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

/** Reads the cables of a portion. Pure. */
export function readItem(item: Portion & { readonly format: FormatName }): Readout {
  return formats[item.format].read(item);
}
