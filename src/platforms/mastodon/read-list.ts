import type { Change, Post, Reject } from '../../core/post.ts';
import type { DriverContext } from '../platform.ts';
import { authorIdOf, keyOf, mayMention, toPost } from './to-post.ts';
import type { MastodonFeed } from './config.ts';
import type { Delivered, FeedState, ListState, Position } from './cursor.ts';
import { listFetcher, nameOf, type Entry, pageSize, paginateDown } from './lists.ts';
import type { FeedCache } from './feed-cache.ts';
import { StatusError } from '../shared/answers.ts';
import type { Server } from './server.ts';
import { statusById } from './statuses.ts';
import type { Status } from './wire.ts';

/** Shared by the reads of all lists of a poll. */
export interface ReadContext extends Pick<DriverContext, 'clock' | 'notices'> {
  readonly config: Pick<MastodonFeed, 'overlap' | 'firstRun' | 'firstRunItems'>;
  readonly state: FeedState;
  readonly ownAccounts: ReadonlySet<string>;
  /** Servers with an account of the bot that is not known yet. */
  readonly unknown: ReadonlySet<string>;
  readonly cache: FeedCache;
  readonly signal: AbortSignal;
}

/** A part of the entries of a list. */
interface Part {
  readonly posts: Post[];
  readonly changes: Change[];
  readonly rejects: Reject[];
}

/** At most this many entries are read again at each poll: the position moves past older ones. */
const maxReread = 400;
/** At most this many posts that are missing from a list are looked up in a poll. */
const maxMissing = 5;

/** Reads the new entries of a list, and the young ones again, part by part, each with the list's state behind it. */
export async function* readList(
  server: Server,
  key: string,
  before: ListState | undefined,
  context: ReadContext,
): AsyncGenerator<Part & { readonly list: ListState }> {
  const { config, signal, clock, notices } = context;
  const begin: Position = { id: '', at: clock.now() - config.firstRun };
  const trail = before?.trail ?? [];
  const { entries, cutOff } = await paginateDown(listFetcher(key, server, clock, signal), {
    position: before?.position ?? begin,
    known: trail[0]?.globalId,
    atMost: before === undefined ? config.firstRunItems : Number.POSITIVE_INFINITY,
  });
  if (cutOff)
    notices.warn(`${server.url}: more new posts in ${nameOf(key)} than can be read at once; skipping the older ones`);
  const passed = before === undefined ? skippedAtFirst(entries, begin.at, config.firstRunItems) : nothing;
  const present = globalIdsOf(entries);
  const missing = trail.filter(({ globalId }) => !present.has(globalId));
  const lost = await changesOf(missing.slice(0, maxMissing), server, context);
  const young = clock.now() - config.overlap;
  const settledOfAll = lastSettled(entries, passed, young, entries.length);
  const waiting = globalIdsOf(entries.slice(settledOfAll + 1).filter((entry) => mustWait(entry, context)));
  let position = before?.position ?? begin;
  for (let start = 0; start === 0 || start < entries.length; start += pageSize) {
    const done = entries.slice(0, start + pageSize);
    const part = await partOf(done.slice(start), passed.union(waiting), server, context);
    const settled = lastSettled(done, passed, young, entries.length);
    const last = done[settled];
    if (last?.id !== undefined) position = { id: last.id, at: last.at };
    const later = globalIdsOf(entries.slice(done.length));
    const delivered = done.slice(settled + 1).filter(({ globalId }) => !waiting.has(globalId));
    const stillToCome = trail.filter(({ globalId }) => later.has(globalId));
    const list = { position, trail: [...missing.slice(maxMissing), ...delivered.map(deliveredOf), ...stillToCome] };
    yield { ...part, changes: [...(start === 0 ? lost : []), ...part.changes], list };
  }
}

const nothing: ReadonlySet<string> = new Set();

/** On a first run: entries that are too old or too many. */
function skippedAtFirst(entries: readonly Entry[], floor: number, most: number): ReadonlySet<string> {
  const young = entries.filter(({ at }) => at >= floor);
  const taken = new Set(most === 0 ? [] : young.slice(-most));
  return globalIdsOf(entries.filter((entry) => !taken.has(entry)));
}

function globalIdsOf(entries: readonly Entry[]): Set<string> {
  return new Set(entries.map(({ globalId }) => globalId));
}

/** Defers young posts that mention somebody on a server where the bot's account is not known yet: `summoned` is never recomputed. */
function mustWait({ content, mentioned }: Entry, { unknown }: ReadContext): boolean {
  return !mentioned && !('reason' in content) && mayMention(content, unknown);
}

/** Index of the last entry that need not be read again; -1: none. `count`: number of all entries, of which these are the first. */
function lastSettled(entries: readonly Entry[], passed: ReadonlySet<string>, young: number, count: number): number {
  const firstYoung = entries.findIndex(
    ({ at, globalId, content }) => at >= young && !passed.has(globalId) && isDated(content),
  );
  const old = (firstYoung === -1 ? entries.length : firstYoung) - 1;
  const lastPassed = entries.findLastIndex(({ globalId }) => passed.has(globalId));
  const settled = Math.max(old, lastPassed, Math.min(count - maxReread, entries.length) - 1);
  return entries.findLastIndex(({ id }, index) => index <= settled && id !== undefined);
}

/** Entries without a time of their own count as old: they would be read again at every poll. */
function isDated(content: Entry['content']): boolean {
  return !('reason' in content) && content.created_at !== undefined;
}

function deliveredOf({ id, statusId, globalId, edited }: Entry): Delivered {
  return { id: id ?? '', statusId, globalId, edited };
}

async function partOf(
  entries: readonly Entry[],
  passed: ReadonlySet<string>,
  server: Server,
  context: ReadContext,
): Promise<Part> {
  const part: Part = { posts: [], changes: [], rejects: [] };
  const known = editTimesIn(context.state);
  for (const { globalId, id, edited, mentioned, content } of entries) {
    if (!('reason' in content)) context.cache.note(server.url, content.id, globalId);
    const lastEdit = known.get(globalId);
    if (passed.has(globalId) || (lastEdit !== undefined && lastEdit >= edited)) continue;
    if ('reason' in content) {
      part.rejects.push({ position: `${server.url} ${id ?? 'without id'}`, ...content });
      continue;
    }
    const post = await postOf(content, server, { ...context, mentioned });
    if (post === undefined) continue;
    if (lastEdit === undefined) part.posts.push(post);
    else part.changes.push({ kind: 'edit', post });
  }
  return part;
}

/** Times of the last edit of all recently delivered posts, from any list of any server. */
function editTimesIn(state: FeedState): Map<string, number> {
  const editTimes = new Map<string, number>();
  const trails = [...state.values()].flatMap((lists) => [...lists.values()].flatMap(({ trail }) => trail));
  for (const { globalId, edited } of trails) editTimes.set(globalId, Math.max(edited, editTimes.get(globalId) ?? 0));
  return editTimes;
}

interface StatusReading extends Pick<ReadContext, 'ownAccounts' | 'cache' | 'clock' | 'signal'> {
  readonly mentioned?: boolean;
}

/** Undefined: the bot's own post. */
export async function postOf(
  status: Status,
  server: Server,
  { ownAccounts, cache, clock, signal, mentioned = false }: StatusReading,
): Promise<Post | undefined> {
  if (ownAccounts.has(authorIdOf(status.account))) return undefined;
  return toPost(status, {
    server: server.url,
    ownAccounts,
    mentioned,
    thread: await cache.threadOf(server, status, signal),
    readAt: clock.now(),
  });
}

/** Finds out about delivered posts that are no longer in their list: they were deleted, or edited so that they no longer belong there. */
async function changesOf(missing: readonly Delivered[], server: Server, context: ReadContext): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { statusId, globalId, edited } of missing) {
    if (statusId === '') continue;
    const status = await statusById(server, statusId, context.signal).catch((error: unknown) => {
      // A refused request says nothing about the post.
      if (error instanceof StatusError) return 'unclear';
      throw error;
    });
    if (status === undefined) changes.push({ kind: 'delete', key: keyOf(globalId) });
    if (typeof status !== 'object' || (status.edited_at ?? 0) <= edited || status.uri !== globalId) continue;
    const post = await postOf(status, server, context);
    if (post !== undefined) changes.push({ kind: 'edit', post });
  }
  return changes;
}
