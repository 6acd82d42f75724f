import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';
import type { Cursor } from '../../core/post.ts';
import { openPageSize } from '../shared/page-size.ts';
import type { Account } from './account.ts';
import { parseTime } from './wire.ts';

/** A notification or search result, as received. */
export interface Entry {
  readonly raw: unknown;
  readonly uri: string;
  /** Sort key of the network, in milliseconds since the epoch: the post's stated time, unless that is in the future. */
  readonly at: number;
}

const Response = z.object({
  notifications: z.array(z.unknown()).optional(),
  posts: z.array(z.unknown()).optional(),
  cursor: z.string().max(2000).optional(),
});
const Head = z.object({ uri: z.string().max(2000).catch(''), indexedAt: z.string().optional().catch(undefined) });

const perPage = 100;
const maxPages = 100;
const searchPages = 3;

/** Mentions, replies and quotes since a time, newest first. `complete`: none was left out. */
export async function readMentions(
  account: Account,
  since: number,
  signal: AbortSignal,
): Promise<{ entries: Entry[]; complete: boolean }> {
  const params = { reasons: ['mention', 'reply', 'quote'] };
  const limits = { since, pages: maxPages };
  return await readBack(account, 'app.bsky.notification.listNotifications', params, limits, signal);
}

/** Posts with a hashtag since a time, from the last few pages of the search. */
export async function searchHashtag(
  account: Account,
  tag: string,
  since: number,
  signal: AbortSignal,
): Promise<Entry[]> {
  const params = { q: `#${tag}`, sort: 'latest', since: new Date(since).toISOString() };
  const limits = { since, pages: searchPages };
  return (await readBack(account, 'app.bsky.feed.searchPosts', params, limits, signal)).entries;
}

async function readBack(
  account: Account,
  method: string,
  params: Readonly<Record<string, string | number | readonly string[]>>,
  { since, pages }: { since: number; pages: number },
  signal: AbortSignal,
): Promise<{ entries: Entry[]; complete: boolean }> {
  const entries: Entry[] = [];
  const withPageSize = openPageSize(perPage);
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const sized = await withPageSize((limit) => account.get(method, { ...params, limit, cursor }, Response, signal));
    if (sized === undefined) break;
    const { answer } = sized;
    const list = answer.notifications ?? answer.posts ?? [];
    for (const raw of list) {
      const { data: head } = Head.safeParse(raw);
      // An entry without a time gets that of its neighbour.
      const at = parseTime(head?.indexedAt) ?? entries.at(-1)?.at ?? since;
      if (at < since) return { entries, complete: true };
      entries.push({ raw, uri: head?.uri ?? '', at });
    }
    if (answer.cursor === undefined || list.length === 0) return { entries, complete: true };
    cursor = answer.cursor;
  }
  return { entries, complete: false };
}

/** Posts with a stated time before the time of sending come after newer ones, so this much is read again. */
const overlapMs = 60 * 60_000;
const maxSeen = 1500;

const State = z.object({
  v: z.literal(1),
  did: z.string(),
  /** Everything before this time was read, in milliseconds since the epoch. */
  floor: z.number(),
  /** The last poll. */
  polledAt: z.number(),
  /** Delivered entries at or after the floor: a hash, and the seconds after the floor. */
  seen: z.array(z.tuple([z.string(), z.number()])),
});
type State = z.infer<typeof State>;

/** Undefined without a cursor, or for that of another account. */
export function readState(cursor: Cursor | undefined, did: string): State | undefined {
  const { data: state } = State.safeParse(jsonIn(cursor));
  return state?.did === did ? state : undefined;
}

/** Remembers the delivered entries, and where the next poll starts. */
export function openSeen(did: string, state: State | undefined, floor: number, polledAt: number) {
  const remembered = new Map((state?.seen ?? []).map(([hash, after]) => [hash, (state?.floor ?? 0) + after * 1000]));
  let low = floor;
  return {
    has: (entry: Entry) => remembered.has(hashOf(entry)),
    add(entry: Entry): void {
      remembered.set(hashOf(entry), entry.at);
    },
    cursor(): Cursor {
      const stored = [...remembered].toSorted(([, one], [, other]) => other - one).slice(0, maxSeen);
      const newest = stored[0]?.[1] ?? low;
      const oldestStored = remembered.size > maxSeen ? (stored.at(-1)?.[1] ?? low) : low;
      low = Math.max(low, newest - overlapMs, oldestStored);
      const seen = stored
        .filter(([, at]) => at >= low)
        .map(([hash, at]): [string, number] => [hash, Math.floor((at - low) / 1000)]);
      return JSON.stringify({ v: 1, did, floor: low, polledAt, seen } satisfies State);
    },
  };
}

function hashOf({ uri, raw }: Entry): string {
  const content = uri === '' ? (JSON.stringify(raw) ?? '') : uri;
  return createHash('sha256').update(content).digest('base64url').slice(0, 11);
}
