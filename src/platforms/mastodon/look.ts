import type { Change, Post, Reject } from '../../core/post.ts';
import { authorIdOf, keyOf, mayMention, toPost } from './to-post.ts';
import type { MastodonFeed } from './config.ts';
import type { Delivered, FeedState, ListState, Position } from './cursor.ts';
import { askFor, type Entry, pageSize, paginateDown } from './lists.ts';
import type { UriCache } from './uri-cache.ts';
import type { Server } from './server.ts';
import { statusById, type ThreadOf } from './statuses.ts';
import { StatusError } from './transport.ts';
import type { Status } from './wire.ts';

/** What looks at lists share. */
export interface Looking {
  readonly config: Pick<MastodonFeed, 'overlap' | 'firstRun' | 'firstRunItems'>;
  readonly state: FeedState;
  readonly ownAccounts: ReadonlySet<string>;
  /** Servers of the bot that have not said yet who it is there. */
  readonly unknown: ReadonlySet<string>;
  readonly threadOf: ThreadOf;
  readonly uriCache: UriCache;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Some entries of a list, and its state behind them. */
export interface Part {
  readonly posts: Post[];
  readonly changes: Change[];
  readonly rejects: Reject[];
  readonly list: ListState;
}

/** More is not read again at each look: the position moves on. */
const maxAgain = 400;
/** A look asks for so many posts that have vanished from a list. */
const maxMissing = 5;

/** Reads what is new in a list, and again what is young in it. */
export async function* lookAt(
  server: Server,
  key: string,
  before: ListState | undefined,
  looking: Looking,
): AsyncGenerator<Part> {
  const { config, signal, now, warn } = looking;
  const ask = askFor(key, server, now, signal);
  const begin: Position = { id: '', at: now() - config.firstRun };
  const trail = before?.trail ?? [];
  const pages = await paginateDown(ask, {
    position: before?.position ?? begin,
    known: trail[0]?.mark,
    atMost: before === undefined ? config.firstRunItems : Number.POSITIVE_INFINITY,
  });
  if (pages.cutOff)
    warn(`${server.url}: more posts were missed in ${key} than can be read at once; the older ones are given up`);
  const passed = before === undefined ? notTaken(pages.entries, begin.at, config.firstRunItems) : nothing;
  const present = marksOf(pages.entries);
  const missing = trail.filter(({ mark }) => !present.has(mark));
  const lost = await changesOf(missing.slice(0, maxMissing), server, looking);
  const young = now() - config.overlap;
  const settledInAll = settledOf(pages.entries, passed, young, pages.entries.length);
  const waiting = marksOf(pages.entries.slice(settledInAll + 1).filter((entry) => mustWait(entry, looking)));
  let position = before?.position ?? begin;
  const chunks = Math.max(1, Math.ceil(pages.entries.length / pageSize));
  for (let chunk = 0; chunk < chunks; chunk++) {
    const done = pages.entries.slice(0, (chunk + 1) * pageSize);
    const part = await partOf(done.slice(chunk * pageSize), passed.union(waiting), server, looking);
    const settled = settledOf(done, passed, young, pages.entries.length);
    const last = done[settled];
    if (last?.id !== undefined) position = { id: last.id, at: last.at };
    const later = marksOf(pages.entries.slice(done.length));
    const kept = [
      ...missing.slice(maxMissing),
      ...done
        .slice(settled + 1)
        .filter(({ mark }) => !waiting.has(mark))
        .map(deliveredOf),
      ...trail.filter(({ mark }) => later.has(mark)),
    ];
    yield { ...part, changes: [...(chunk === 0 ? lost : []), ...part.changes], list: { position, trail: kept } };
  }
}

const nothing: ReadonlySet<string> = new Set();

/** Of a first look: what is too old, or too much. */
function notTaken(entries: readonly Entry[], floor: number, most: number): ReadonlySet<string> {
  const young = entries.filter(({ at }) => at >= floor);
  const taken = new Set(most === 0 ? [] : young.slice(-most));
  return marksOf(entries.filter((entry) => !taken.has(entry)));
}

function marksOf(entries: readonly Entry[]): Set<string> {
  return new Set(entries.map(({ mark }) => mark));
}

/**
 * While it is young, a post waits that mentions somebody on a server where nobody knows yet who the bot is: it may be summoned, and the
 * first word on that stays.
 */
function mustWait({ content, mentioned }: Entry, { unknown }: Looking): boolean {
  return !mentioned && !('fault' in content) && mayMention(content, unknown);
}

/** Index of the last entry that need not be read again; -1: none. `count`: of all that were walked, of which these are the first. */
function settledOf(entries: readonly Entry[], passed: ReadonlySet<string>, young: number, count: number): number {
  // What cannot be read is as young as ever, each time.
  const firstYoung = entries.findIndex(
    ({ at, mark, content }) => at >= young && !passed.has(mark) && !('fault' in content),
  );
  const old = (firstYoung === -1 ? entries.length : firstYoung) - 1;
  const lastPassed = entries.findLastIndex(({ mark }) => passed.has(mark));
  const settled = Math.max(old, lastPassed, Math.min(count - maxAgain, entries.length) - 1);
  return entries.findLastIndex(({ id }, index) => index <= settled && id !== undefined);
}

function deliveredOf({ id, statusId, mark, edited }: Entry): Delivered {
  return { id: id ?? '', statusId, mark, edited };
}

async function partOf(
  entries: readonly Entry[],
  passed: ReadonlySet<string>,
  server: Server,
  looking: Looking,
): Promise<Omit<Part, 'list'>> {
  const part = { posts: [] as Post[], changes: [] as Change[], rejects: [] as Reject[] };
  const known = editionsIn(looking.state);
  for (const { mark, id, edited, mentioned, content } of entries) {
    if (!('fault' in content)) looking.uriCache.note(server.url, content.id, mark);
    const edition = known.get(mark);
    if (passed.has(mark) || (edition !== undefined && edition >= edited)) continue;
    if ('fault' in content) {
      part.rejects.push({
        position: `${server.url} ${id ?? 'without id'}`,
        reason: content.fault,
        excerpt: content.excerpt,
      });
      continue;
    }
    const post = await postOf(content, server, { ...looking, mentioned });
    if (post === undefined) continue;
    if (edition === undefined) part.posts.push(post);
    else part.changes.push({ kind: 'edit', post });
  }
  return part;
}

/** Of all that was delivered lately, by any list of any server. */
function editionsIn(state: FeedState): Map<string, number> {
  const editions = new Map<string, number>();
  for (const lists of state.values()) {
    for (const { trail } of lists.values()) {
      for (const { mark, edited } of trail) editions.set(mark, Math.max(edited, editions.get(mark) ?? 0));
    }
  }
  return editions;
}

interface Seeing extends Pick<Looking, 'ownAccounts' | 'threadOf' | 'signal'> {
  readonly mentioned?: boolean;
}

/** Undefined: it is the bot's own. */
export async function postOf(
  status: Status,
  server: Server,
  { ownAccounts, threadOf, signal, mentioned = false }: Seeing,
): Promise<Post | undefined> {
  if (ownAccounts.has(authorIdOf(status.account))) return undefined;
  return toPost(status, { server: server.url, ownAccounts, mentioned, thread: await threadOf(server, status, signal) });
}

/** What stood in a list and does not any more was deleted, or edited so that it belongs there no longer. */
async function changesOf(missing: readonly Delivered[], server: Server, looking: Looking): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { statusId, mark, edited } of missing) {
    if (statusId === '') continue;
    const status = await orUnclear(statusById(server, statusId, looking.signal));
    if (status === undefined) changes.push({ kind: 'delete', key: keyOf(mark) });
    if (typeof status !== 'object' || (status.editedAt ?? 0) <= edited || status.uri !== mark) continue;
    const post = await postOf(status, server, looking);
    if (post !== undefined) changes.push({ kind: 'edit', post });
  }
  return changes;
}

/** A refusal says nothing of the post. */
async function orUnclear(status: Promise<Status | undefined>): Promise<Status | undefined | 'unclear'> {
  try {
    return await status;
  } catch (error) {
    if (error instanceof StatusError) return 'unclear';
    throw error;
  }
}
