import { messageOf } from '../../../core/errors.ts';
import { blog, viewer, message } from './documents.ts';
import { dump } from './dump.ts';
import type { CorpusFormat, Portion, Readout } from './format.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { mirror } from './mirror.ts';
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

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of `formats`
export const formatNames = Object.keys(formats) as FormatName[];

/** The format of a text with this beginning; undefined if it matches none. */
export function formatOf(head: string): FormatName | undefined {
  return formatNames.find((name) => formats[name].begins(head));
}

/** Reads the cables of a portion. Pure; never throws: unreadable input becomes a reject. */
export function readItem(item: Portion & { readonly format: FormatName }): Readout {
  try {
    return formats[item.format].read(item);
  } catch (error) {
    const reason = `cannot be read as ${item.format}: ${messageOf(error)}`;
    return { cables: [], rejects: [{ source: item.source, position: '', reason }] };
  }
}
