import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';
import type { Cursor } from '../../core/post.ts';
import type { SeenItems } from './new-items.ts';

/** What is known of a feed after a poll. */
export interface FeedState {
  readonly seenItems: SeenItems;
  /** Validators for the next conditional request; null where the server gave none, or where more items wait. */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

const hashLength = 11;
const maxHeaderLength = 500;

const FeedCursor = z.object({
  /** Hash of the feed's address: another feed under the same name starts over. */
  source: z.string(),
  etag: z.string().max(maxHeaderLength).nullable(),
  lastModified: z.string().max(maxHeaderLength).nullable(),
  newest: z.number().nullable(),
  /** Item hashes of 11 characters, concatenated: 2,000 of them are 22 KB. */
  seen: z.string(),
});

/** Undefined: the first poll of this address. */
export function readState(cursor: Cursor | undefined, url: string): FeedState | undefined {
  const parsed = FeedCursor.safeParse(jsonIn(cursor)).data;
  if (parsed?.source !== urlHash(url)) return undefined;
  const { etag, lastModified, newest, seen } = parsed;
  const hashes = Array.from({ length: Math.floor(seen.length / hashLength) }, (_, index) =>
    seen.slice(index * hashLength, (index + 1) * hashLength),
  );
  return { seenItems: { hashes, newest }, etag, lastModified };
}

export function writeState({ seenItems, etag, lastModified }: FeedState, url: string): Cursor {
  const state: z.infer<typeof FeedCursor> = {
    source: urlHash(url),
    etag: unlessTooLong(etag),
    lastModified: unlessTooLong(lastModified),
    newest: seenItems.newest,
    seen: seenItems.hashes.join(''),
  };
  return JSON.stringify(state);
}

function unlessTooLong(header: string | null): string | null {
  return header !== null && header.length <= maxHeaderLength ? header : null;
}

function urlHash(url: string): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 16);
}
