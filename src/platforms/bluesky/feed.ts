import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor, Page, Post, Reject } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { openPageSize } from '../shared/page-size.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { type Account, lookUpPosts } from './account.ts';
import type { BlueskyFeed } from './config.ts';
import { interestIn } from './hashtags.ts';
import { readRecord, rejectOf, toPost } from './to-post.ts';
import { didOf, parseTime, PostView } from './wire.ts';

const perPage = 50;
/** Streams can replay this much; search is for longer absences. */
const replayMs = 36 * 60 * 60_000;
/** How often to write the time of the poll into the cursor when there is nothing new. */
const writeTimeMs = 60 * 60_000;

/** Mentions, replies and quotes from the account's notifications, and seldom a search. Without an account there are none. */
export function openMentionFeed(config: BlueskyFeed, account: Account | undefined, context: DriverContext): Feed {
  const { clock, notices } = context;
  const interest = interestIn(config.hashtags);
  const mayCite = ({ raw }: Entry) => {
    const record = readRecord(PostView.safeParse(raw).data?.record);
    return typeof record !== 'string' && interest.accepts(record);
  };
  return {
    async *pages(after, signal) {
      signal.throwIfAborted();
      if (account === undefined) return;
      const did = await account.did(signal);
      const now = clock.now();
      const state = readState(after, did);
      const since = state?.floor ?? now - config.firstRun;
      const seen = openSeen(did, state, since, now);
      const { entries, complete } = await readBack(account, mentions, since, signal);
      if (!complete) notices.warn('more mentions than can be read at once: skipping the oldest');
      const wasAway = state === undefined || now - state.polledAt > replayMs;
      for (const tag of config.search && wasAway ? config.hashtags : [])
        entries.push(...(await readBack(account, postsWith(tag, since), since, signal)).entries.filter(mayCite));
      const fresh = inOrder(entries).filter((entry) => !seen.has(entry));
      for (let at = 0; at < fresh.length; at += perPage) {
        signal.throwIfAborted();
        const some = fresh.slice(at, at + perPage);
        const content = await contentOf(some, account, did, signal);
        for (const entry of some) seen.add(entry);
        yield { ...content, cursor: seen.cursor() };
      }
      if (state === undefined || now - state.polledAt > writeTimeMs) {
        yield { posts: [], rejects: [], cursor: seen.cursor() };
      }
    },
  };
}

/** Oldest first, each once: a post that both mentions the bot and replies to it has two notifications. */
function inOrder(entries: readonly Entry[]): Entry[] {
  const uris = new Set<string>();
  const unique = entries.filter(({ uri }) => uri === '' || (!uris.has(uri) && uris.add(uri)));
  // Entries of the same time come newest first, so reverse them before the stable sort.
  return unique.toReversed().toSorted((one, other) => one.at - other.at);
}

async function contentOf(
  entries: readonly Entry[],
  account: Account,
  self: string,
  signal: AbortSignal,
): Promise<Pick<Page, 'posts' | 'rejects'>> {
  const uris = entries.flatMap(({ raw }) => PostView.safeParse(raw).data?.uri ?? []);
  const views = await lookUpPosts(account, uris, signal);
  const items = entries.map((entry) => itemOf(entry, self, views)).filter((item) => item !== undefined);
  return {
    posts: items.filter((item): item is Post => 'key' in item),
    rejects: items.filter((item): item is Reject => 'reason' in item),
  };
}

/** Undefined: the bot's own post. */
function itemOf(
  { raw, uri, at }: Entry,
  self: string,
  views: ReadonlyMap<string, PostView>,
): Post | Reject | undefined {
  const { data: post } = PostView.safeParse(raw);
  if (post === undefined) return rejectOf(uri || 'an entry without a URI', 'not a post as the network shows it', raw);
  if (didOf(post.uri) === self) return undefined;
  const record = readRecord(post.record);
  if (typeof record === 'string') return rejectOf(uri, record, post.record);
  const view = views.get(post.uri);
  const found = { uri: post.uri, cid: post.cid ?? view?.cid, record, seenAt: parseTime(post.indexedAt) ?? at };
  return toPost(found, self, { author: view?.author ?? post.author, replyDisabled: view?.viewer?.replyDisabled });
}

/** A notification or search result, as received. */
interface Entry {
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

const perRequest = 100;

/** A list of the network, newest first. */
interface Listing {
  readonly method: string;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
  readonly maxPages: number;
}

const mentions: Listing = {
  method: 'app.bsky.notification.listNotifications',
  params: { reasons: ['mention', 'reply', 'quote'] },
  maxPages: 100,
};

function postsWith(tag: string, since: number): Listing {
  const params = { q: `#${tag}`, sort: 'latest', since: new Date(since).toISOString() };
  return { method: 'app.bsky.feed.searchPosts', params, maxPages: 3 };
}

/** Reads back to a time. `complete`: nothing was left out. */
async function readBack(
  account: Account,
  { method, params, maxPages }: Listing,
  since: number,
  signal: AbortSignal,
): Promise<{ entries: Entry[]; complete: boolean }> {
  const entries: Entry[] = [];
  const withPageSize = openPageSize(perRequest);
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
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
function readState(cursor: Cursor | undefined, did: string): State | undefined {
  const { data: state } = State.safeParse(jsonIn(cursor));
  return state?.did === did ? state : undefined;
}

/** Remembers the delivered entries, and where the next poll starts. */
function openSeen(did: string, state: State | undefined, floor: number, polledAt: number) {
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
