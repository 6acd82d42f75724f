import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { WebFeed } from './config.ts';

/** The items that a feed listed before. */
interface SeenItems {
  /** Hashes of ids, latest first. */
  readonly hashes: readonly string[];
  /** Publication time of the latest item seen; null while none had a time. */
  readonly newest: number | null;
}

interface Listed {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly published: number | null;
}

interface NewItems<T extends Listed> {
  /** The items to take now, oldest first. */
  readonly items: readonly T[];
  readonly seenItems: SeenItems;
  /** How many wait for the next poll. */
  readonly waiting: number;
  /** The feed gave all its old items new ids. */
  readonly renumbered: boolean;
}

const maxListed = 1000;
/** More than `maxListed`, so that no item is forgotten while the feed still lists it. */
const maxSeen = 2000;

/** The new items of a feed: see docs/platforms/rss.md. Pure. */
export function newItems<T extends Listed>(
  listed: readonly T[],
  seenItems: SeenItems | undefined,
  options: WebFeed,
  now: number,
): NewItems<T> {
  const candidates = oldestFirst(listed, now);
  const known = new Set(seenItems?.hashes);
  const unseen = candidates.filter(({ id }) => !known.has(hashOf(id)));
  const renumbered = seenItems !== undefined && isRenumbered(candidates, unseen, seenItems);
  const fresh = seenItems === undefined ? recent(unseen, options, now) : renumbered ? later(unseen, seenItems) : unseen;
  const items = fresh.slice(0, options.itemsPerPoll);
  const waiting = new Set(fresh.slice(options.itemsPerPoll));
  const taken = candidates.filter((item) => !waiting.has(item));
  return { items, seenItems: remember(taken, seenItems), waiting: waiting.size, renumbered };
}

/** 64 bits are enough to distinguish a few thousand ids. */
function hashOf(id: string): string {
  return createHash('sha256').update(id).digest().subarray(0, 8).toString('base64url');
}

/** The latest items, each once. Feeds list the newest first; an item without a time counts as just published. */
function oldestFirst<T extends Listed>(listed: readonly T[], now: number): T[] {
  const byId = new Map(listed.toReversed().map((item) => [item.id, item]));
  return [...byId.values()].toSorted((a, b) => (a.published ?? now) - (b.published ?? now)).slice(-maxListed);
}

/** For the first poll, where an item without a time may be ancient. */
function recent<T extends Listed>(listed: readonly T[], { firstRun, firstRunItems }: WebFeed, now: number): T[] {
  const young = listed.filter(({ published }) => published !== null && published >= now - firstRun);
  return firstRunItems === 0 ? [] : young.slice(-firstRunItems);
}

/** True if no item is known although most are older than the latest seen: the ids changed, not the items. */
function isRenumbered(candidates: readonly Listed[], unseen: readonly Listed[], seenItems: SeenItems): boolean {
  const { hashes, newest } = seenItems;
  if (newest === null || hashes.length === 0 || candidates.length < 3 || unseen.length < candidates.length)
    return false;
  const old = candidates.filter(({ published }) => published !== null && published <= newest);
  return old.length * 2 > candidates.length;
}

function later<T extends Listed>(listed: readonly T[], { newest }: SeenItems): T[] {
  return listed.filter(({ published }) => published !== null && newest !== null && published > newest);
}

function remember(taken: readonly Listed[], seenItems: SeenItems | undefined): SeenItems {
  const hashes = taken.map(({ id }) => hashOf(id)).toReversed();
  const times = taken.map(({ published }) => published).filter((published) => published !== null);
  const newest = times.reduce((a, b) => Math.max(a, b), seenItems?.newest ?? Number.NEGATIVE_INFINITY);
  return {
    hashes: [...new Set([...hashes, ...(seenItems?.hashes ?? [])])].slice(0, maxSeen),
    newest: Number.isFinite(newest) ? newest : null,
  };
}

/** What is known of a feed after a poll. */
export interface FeedState {
  /** Undefined: no document has been read yet. */
  readonly seenItems: SeenItems | undefined;
  /** Validators for the next conditional request; null where the server gave none, or where more items wait. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** The latest document, if it takes too long to be read. */
  readonly unreadable: z.infer<typeof Unreadable> | null;
}

const Unreadable = z.object({ hash: z.string(), reason: z.string() });

const hashLength = 11;
const maxHeaderLength = 500;

const FeedCursor = z.object({
  /** Hash of the feed's address: another feed under the same name starts over. */
  source: z.string(),
  etag: z.string().max(maxHeaderLength).nullable(),
  lastModified: z.string().max(maxHeaderLength).nullable(),
  newest: z.number().nullable(),
  /** Item hashes of 11 characters, concatenated: 2,000 of them are 22 KB. */
  seen: z.string().nullable(),
  unreadable: Unreadable.nullable().default(null),
});

/** Undefined: the first poll of this address. */
export function readState(cursor: Cursor | undefined, url: string): FeedState | undefined {
  const parsed = FeedCursor.safeParse(jsonIn(cursor)).data;
  if (parsed?.source !== urlHash(url)) return undefined;
  const { etag, lastModified, newest, seen, unreadable } = parsed;
  if (seen === null) return { seenItems: undefined, etag, lastModified, unreadable };
  const hashes = Array.from({ length: Math.floor(seen.length / hashLength) }, (_, index) =>
    seen.slice(index * hashLength, (index + 1) * hashLength),
  );
  return { seenItems: { hashes, newest }, etag, lastModified, unreadable };
}

export function writeState({ seenItems, etag, lastModified, unreadable }: FeedState, url: string): Cursor {
  const state: z.infer<typeof FeedCursor> = {
    source: urlHash(url),
    etag: unlessTooLong(etag),
    lastModified: unlessTooLong(lastModified),
    newest: seenItems?.newest ?? null,
    seen: seenItems?.hashes.join('') ?? null,
    unreadable,
  };
  return JSON.stringify(state);
}

function unlessTooLong(header: string | null): string | null {
  return header !== null && header.length <= maxHeaderLength ? header : null;
}

function urlHash(url: string): string {
  return createHash('sha256').update(url).digest('base64url').slice(0, 16);
}
