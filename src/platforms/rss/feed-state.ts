import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { idLength, recordLength, type SeenItems } from './new-items.ts';

/** What is known of a feed after a poll. */
export interface FeedState {
  /** Undefined: no document has been read yet. */
  readonly seenItems: SeenItems | undefined;
  /** Validators for the next conditional request; null where the server gave none, or where more items wait. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** The latest document, if it takes too long to be read. */
  readonly unreadable: z.infer<typeof Unreadable> | null;
  /** Hash of the latest document, if it is damaged. */
  readonly damaged: string | null;
  /** Time of the latest answer, to the hour, in milliseconds since the Unix epoch. */
  readonly lookedAt: number | null;
}

const Unreadable = z.object({ hash: z.string(), reason: z.string() });

const maxHeaderLength = 500;
/** Before identity was of all fields: hashes of ids alone. */
const oldHashLength = 11;

const FeedCursor = z.object({
  /** Hash of the feed's address: another feed under the same name starts over. */
  source: z.string(),
  etag: z.string().max(maxHeaderLength).nullable(),
  lastModified: z.string().max(maxHeaderLength).nullable(),
  newest: z.number().nullable(),
  /** Records of 25 characters, concatenated: 1,500 of them are 38 KB. */
  items: z.string().nullable().optional(),
  seen: z.string().nullable().optional(),
  unreadable: Unreadable.nullable().default(null),
  damaged: z.string().nullable().default(null),
  lookedAt: z.number().nullable().default(null),
});

/** Undefined: the first poll of this address. */
export function readState(cursor: Cursor | undefined, url: string): FeedState | undefined {
  const parsed = FeedCursor.safeParse(jsonIn(cursor)).data;
  if (parsed?.source !== urlHash(url)) return undefined;
  const { newest, items, seen, etag, lastModified, unreadable, damaged, lookedAt } = parsed;
  const old = pieces(seen, oldHashLength)?.map((hash) => hash.slice(0, idLength).padEnd(recordLength, '.'));
  const records = pieces(items, recordLength) ?? old;
  const seenItems = records && { records, newest };
  return { seenItems, etag, lastModified, unreadable, damaged, lookedAt };
}

function pieces(text: string | null | undefined, length: number): string[] | undefined {
  if (text === null || text === undefined) return undefined;
  return Array.from({ length: Math.floor(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
}

export function writeState({ seenItems, etag, lastModified, ...rest }: FeedState, url: string): Cursor {
  const state: z.infer<typeof FeedCursor> = {
    source: urlHash(url),
    etag: unlessTooLong(etag),
    lastModified: unlessTooLong(lastModified),
    newest: seenItems?.newest ?? null,
    items: seenItems?.records.join('') ?? null,
    ...rest,
  };
  return JSON.stringify(state);
}

function unlessTooLong(header: string | null): string | null {
  return header !== null && header.length <= maxHeaderLength ? header : null;
}

function urlHash(url: string): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 16);
}
