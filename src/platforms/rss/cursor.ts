import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';
import type { Memory } from './new-items.ts';

/** What is known of a feed after a look at it. */
export interface FeedState {
  readonly memory: Memory;
  /** For the next conditional request; null where the server gave none, or where more waits to be taken. */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

const markLength = 11;
const maxHeaderLength = 500;

const FeedCursor = z.object({
  /** Of the feed's address: another feed under the same name begins anew. */
  source: z.string(),
  etag: z.string().max(maxHeaderLength).nullable(),
  lastModified: z.string().max(maxHeaderLength).nullable(),
  newest: z.number().nullable(),
  /** Marks of 11 characters, one after the other: 2,000 of them are 22 KB. */
  seen: z.string(),
});

/** Undefined: the first look at this address. */
export function readState(cursor: Cursor | undefined, url: string): FeedState | undefined {
  if (cursor === undefined) return undefined;
  const parsed = FeedCursor.safeParse(jsonOf(cursor)).data;
  if (parsed?.source !== markOf(url)) return undefined;
  const { etag, lastModified, newest, seen } = parsed;
  const marks = Array.from({ length: Math.floor(seen.length / markLength) }, (_, index) =>
    seen.slice(index * markLength, (index + 1) * markLength),
  );
  return { memory: { seen: marks, newest }, etag, lastModified };
}

export function writeState({ memory, etag, lastModified }: FeedState, url: string): Cursor {
  const state: z.infer<typeof FeedCursor> = {
    source: markOf(url),
    etag: unlessLong(etag),
    lastModified: unlessLong(lastModified),
    newest: memory.newest,
    seen: memory.seen.join(''),
  };
  return JSON.stringify(state);
}

function unlessLong(header: string | null): string | null {
  return header !== null && header.length <= maxHeaderLength ? header : null;
}

function markOf(url: string): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 16);
}

function jsonOf(cursor: Cursor): unknown {
  try {
    return JSON.parse(cursor);
  } catch {
    return undefined;
  }
}
