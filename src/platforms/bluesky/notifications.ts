import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';
import { openPageSize } from '../shared/page-size.ts';
import type { Account } from './account.ts';
import { momentOf } from './wire.ts';

/** Something that the account was told of, or that a search found, as it came. */
export interface NewMentions {
  readonly raw: unknown;
  readonly uri: string;
  /** By which the network orders it: when it says it was written, unless that is in the future. */
  readonly at: number;
}

const Answer = z.object({
  notifications: z.array(z.unknown()).optional(),
  posts: z.array(z.unknown()).optional(),
  cursor: z.string().max(2000).optional(),
});
const Head = z.object({ uri: z.string().max(2000).catch(''), indexedAt: z.string().optional().catch(undefined) });

const perPage = 100;
const mostPages = 100;
const searchPages = 3;

/**
 * Mentions, replies and quotes since then, newest first. `complete`: nothing between was left out.
 */
export async function readMentions(
  account: Account,
  since: number,
  signal: AbortSignal,
): Promise<{ unread: NewMentions[]; complete: boolean }> {
  const reasons = ['mention', 'reply', 'quote'];
  const params = { reasons };
  return await readBack(
    account,
    'app.bsky.notification.listNotifications',
    params,
    { since, pages: mostPages },
    signal,
  );
}

/** Posts with this hashtag since then: a little of the past, for which nobody else can be asked. */
export async function searchTag(
  account: Account,
  tag: string,
  since: number,
  signal: AbortSignal,
): Promise<NewMentions[]> {
  const params = { q: `#${tag}`, sort: 'latest', since: new Date(since).toISOString() };
  const terms = { since, pages: searchPages };
  return (await readBack(account, 'app.bsky.feed.searchPosts', params, terms, signal)).unread;
}

async function readBack(
  account: Account,
  method: string,
  params: Readonly<Record<string, string | number | readonly string[]>>,
  { since, pages }: { since: number; pages: number },
  signal: AbortSignal,
): Promise<{ unread: NewMentions[]; complete: boolean }> {
  const unread: NewMentions[] = [];
  const fitting = openPageSize(perPage);
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const fit = await fitting((limit) => account.get(method, { ...params, limit, cursor }, Answer, signal));
    if (fit === undefined) break;
    const { answer } = fit;
    const entries = answer.notifications ?? answer.posts ?? [];
    for (const raw of entries) {
      const { data: head } = Head.safeParse(raw);
      // What has no time stands where its neighbour does.
      const at = momentOf(head?.indexedAt) ?? unread.at(-1)?.at ?? since;
      if (at < since) return { unread, complete: true };
      unread.push({ raw, uri: head?.uri ?? '', at });
    }
    if (answer.cursor === undefined || entries.length === 0) return { unread, complete: true };
    cursor = answer.cursor;
  }
  return { unread, complete: false };
}

/** Posts that say they were written earlier than they were sent stand behind newer ones: so far back is looked again. */
const overlapMs = 60 * 60_000;
const mostRemembered = 1500;

const State = z.object({
  v: z.literal(1),
  did: z.string(),
  /** Up to here everything was read, in milliseconds since the epoch. */
  floor: z.number(),
  /** When the source was last asked. */
  lookedAt: z.number(),
  /** What stands at or above the floor and was delivered: a hash, and how long after the floor in seconds. */
  seen: z.array(z.tuple([z.string(), z.number()])),
});
type State = z.infer<typeof State>;

/** Undefined for another account's cursor, or none. */
export function readState(cursor: Cursor | undefined, did: string): State | undefined {
  if (cursor === undefined) return undefined;
  try {
    const state = State.parse(JSON.parse(cursor));
    return state.did === did ? state : undefined;
  } catch {
    return undefined;
  }
}

/** What was delivered so far, and from where on to look the next time. */
export function openMemory(did: string, state: State | undefined, floor: number, lookedAt: number) {
  const remembered = new Map((state?.seen ?? []).map(([hash, after]) => [hash, (state?.floor ?? 0) + after * 1000]));
  let low = floor;
  return {
    has: (unread: NewMentions) => remembered.has(hashOf(unread)),
    add(unread: NewMentions): void {
      remembered.set(hashOf(unread), unread.at);
    },
    cursor(): Cursor {
      const kept = [...remembered].toSorted(([, one], [, other]) => other - one).slice(0, mostRemembered);
      const newest = kept[0]?.[1] ?? low;
      const oldestKept = remembered.size > mostRemembered ? (kept.at(-1)?.[1] ?? low) : low;
      low = Math.max(low, newest - overlapMs, oldestKept);
      const seen = kept
        .filter(([, at]) => at >= low)
        .map(([hash, at]): [string, number] => [hash, Math.floor((at - low) / 1000)]);
      return JSON.stringify({ v: 1, did, floor: low, lookedAt, seen } satisfies State);
    },
  };
}

function hashOf({ uri, raw }: NewMentions): string {
  const what = uri === '' ? (JSON.stringify(raw) ?? '') : uri;
  return createHash('sha256').update(what).digest('base64url').slice(0, 11);
}
