import type { Cable } from '../../../core/cable.ts';
import { messageOf } from '../../../core/errors.ts';
import { readCopy } from '../../parse/cable.ts';
import type { CableCopy, Format } from '../../parse/copy.ts';
import { messageText } from '../../parse/message-text.ts';
import { repostedPage } from '../../parse/reposted-page.ts';
import { viewerPage } from '../../parse/viewer-page.ts';
import type { Item, Reject } from '../sources.ts';

export type FormatName = 'viewer' | 'blog' | 'message' | 'dump';

export const formatNames: readonly FormatName[] = ['viewer', 'blog', 'message', 'dump'];

/** A cable of an item. */
export interface ReadCable {
  readonly cable: Cable;
  readonly body: string;
  /** Its number in the index that newspapers cite. */
  readonly number: number | null;
}

export interface ReadItem {
  readonly cables: readonly ReadCable[];
  readonly rejects: readonly Reject[];
}

export function readItem(item: Item): ReadItem {
  return item.format === 'dump' ? readRows(item) : readDocument(item, documentFormats[item.format]);
}

const documentFormats: Record<Exclude<FormatName, 'dump'>, Format> = {
  viewer: viewerPage,
  blog: repostedPage,
  message: messageText,
};

function readDocument({ source, bytes }: Item, format: Format): ReadItem {
  const text = Buffer.from(bytes).toString('utf8');
  const cut = format(text);
  if (cut === undefined) return { cables: [], rejects: [{ source, position: '', reason: 'no cable in it' }] };
  const rejects = cut.rejects.map(({ reason }): Reject => ({ source, position: '', reason }));
  const cables = cut.copies.flatMap((copy) => readOne(copy, source, '', null, rejects));
  return { cables, rejects };
}

function readOne(
  copy: CableCopy,
  source: string,
  position: string,
  number: number | null,
  rejects: Reject[],
): ReadCable[] {
  try {
    const cable = readCopy(copy, source);
    if (typeof cable !== 'string') return [{ cable, body: copy.body.join('\n'), number }];
    rejects.push({ source, position, reason: cable });
  } catch (error) {
    rejects.push({ source, position, reason: messageOf(error) });
  }
  return [];
}

/** Rows of eight quoted fields: number, time, ID, origin, classification, references, header, body. */
function readRows({ source, bytes, firstRow }: Item): ReadItem {
  const rejects: Reject[] = [];
  const text = Buffer.from(bytes).toString('utf8');
  const rows = [...text.matchAll(/((?:"(?:[^"\\]|\\[^])*",?)+)\n/g)].map(([, row = '']) => fieldsOf(row));
  const cables = rows.flatMap((fields, index) => {
    const position = `row ${firstRow + index}`;
    const [number = '', created = '', writtenId = '', origin = '', classification = '', , header = '', body = ''] =
      fields;
    if (fields.length !== 8) {
      rejects.push({ source, position, reason: `${fields.length} fields, not 8` });
      return [];
    }
    const lines = body.split('\n');
    const copy = {
      writtenId,
      title: null,
      created: isoTime(created),
      released: '2011-08-30 01:44',
      classification,
      origin,
      header,
      body: lines,
      cutShort: false,
    };
    return readOne(copy, source, position, Number(number) || null, rejects);
  });
  return { cables, rejects };
}

function fieldsOf(row: string): string[] {
  return [...row.matchAll(/"((?:[^"\\]|\\[^])*)"/g)].map(([, field = '']) =>
    field.includes('\\') ? field.replaceAll(/\\([^])/g, '$1') : field,
  );
}

/** `8/19/2007 23:55` */
function isoTime(printed: string): string | null {
  const [, month = '', day = '', year = '', hour = '', minute = ''] =
    /^(\d+)\/(\d+)\/(\d{4}) (\d+):(\d\d)$/.exec(printed) ?? [];
  return year === ''
    ? null
    : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')} ${hour.padStart(2, '0')}:${minute}`;
}
