import { createHash } from 'node:crypto';
import { storable } from '../../core/storable.ts';
import { openPageSize } from '../shared/page-size.ts';
import type { ListState, Position } from './cursor.ts';
import { type Server, within } from './server.ts';
import { faultIn, Listed, Mentioned, Status } from './wire.ts';

/** What stands in a list. */
export interface Entry {
  /** Of the entry; undefined where not even that can be read. */
  readonly id: string | undefined;
  readonly statusId: string;
  readonly mark: string;
  /** When it was written, never in the future; that of reading where it does not say. */
  readonly at: number;
  readonly edited: number;
  /** It is here because it mentions the account of the token. */
  readonly mentioned: boolean;
  readonly content: Status | { readonly fault: string; readonly excerpt: string };
}

export interface Range {
  readonly sinceId?: string;
  readonly maxId?: string;
}

/** Newest first, as the server has them. */
export type Ask = (range: Range) => Promise<Asked>;

export interface Asked {
  readonly entries: readonly Entry[];
  /** Fewer came than were asked for. */
  readonly isShort: boolean;
}

export const pageSize = 40;
const mentionsKey = '@';

/**
 * The keys of the lists to read: those that are read already, less what is no longer wanted, and new ones for new tags. A tag stays
 * in its list, whose position would mean nothing to another.
 */
export function plannedLists(
  known: ReadonlyMap<string, ListState>,
  wanted: { readonly tags: readonly string[]; readonly mentions: boolean },
  tagsPerRequest: number,
): Map<string, ListState | undefined> {
  const tags = new Set(wanted.tags.map((tag) => tag.toLowerCase()));
  const planned = new Map<string, ListState | undefined>();
  if (wanted.mentions) planned.set(mentionsKey, known.get(mentionsKey));
  for (const [key, state] of known) {
    const still = key === mentionsKey ? [] : key.split(' ').filter((tag) => tags.delete(tag));
    for (const part of chunks(still, tagsPerRequest)) planned.set(part.join(' '), state);
  }
  for (const part of chunks([...tags], tagsPerRequest)) planned.set(part.join(' '), undefined);
  return planned;
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** How a list is asked for. What is too large to be read is an entry that says so, and hides what is older. Errors: those of the transport. */
export function askFor(key: string, server: Server, now: () => number, signal: AbortSignal): Ask {
  const fitting = openPageSize(pageSize);
  const { list, read } = key === mentionsKey ? mentionsOf(server, signal) : timelineOf(key, server, signal);
  return async (range) => {
    const fit = await fitting(async (limit) => list({ limit, ...range }));
    if (fit === undefined) return { entries: [tooLarge(range, now())], isShort: true };
    const entries = entriesOf(fit.answer, read, now());
    return { entries, isShort: entries.length < fit.limit };
  };
}

interface Part extends Range {
  readonly limit: number;
}

function mentionsOf(server: Server, signal: AbortSignal) {
  const list = (part: Part): PromiseLike<unknown> => {
    const params = { types: ['mention'] as const, ...part };
    return server.rest.v1.notifications.list(params, within(signal));
  };
  return { list, read: mentionEntry };
}

function timelineOf(key: string, server: Server, signal: AbortSignal) {
  const [first = '', ...any] = key.split(' ');
  const timeline = server.rest.v1.timelines.tag.$select(encodeURIComponent(first));
  const list = (part: Part): PromiseLike<unknown> => {
    const params = { any, ...part };
    return timeline.list(params, within(signal));
  };
  return { list, read: statusEntry };
}

function tooLarge({ maxId }: Range, now: number): Entry {
  const content = { fault: 'too large to be read', excerpt: '' };
  const mark = `!too large, ${maxId === undefined ? 'the newest' : `below ${maxId}`}`;
  return { id: undefined, statusId: '', mark, at: now, edited: 0, mentioned: false, content };
}

function entriesOf(answer: unknown, read: (raw: unknown, now: number) => Entry, now: number): Entry[] {
  if (!Array.isArray(answer)) throw new Error('a list was asked for, and something else came');
  return answer.map((raw: unknown) => read(raw, now));
}

function statusEntry(raw: unknown, now: number): Entry {
  return entryOf(Listed.safeParse(raw).data?.id, raw, { mentioned: false, now });
}

function mentionEntry(raw: unknown, now: number): Entry {
  const mentioned = Mentioned.safeParse(raw).data;
  return entryOf(mentioned?.id, mentioned?.status, { mentioned: true, now });
}

function entryOf(id: string | undefined, raw: unknown, { mentioned, now }: { mentioned: boolean; now: number }): Entry {
  const read = Status.safeParse(raw);
  if (read.success) {
    const { uri, id: statusId, createdAt, editedAt } = read.data;
    const edited = editedAt ?? 0;
    return { id, statusId, mark: uri, at: Math.min(createdAt, now), edited, mentioned, content: read.data };
  }
  const written = storable(JSON.stringify(raw) ?? '');
  const mark = `!${id ?? createHash('sha256').update(written).digest('base64url').slice(0, 22)}`;
  const content = { fault: faultIn(read.error), excerpt: written.slice(0, 200) };
  return { id, statusId: '', mark, at: now, edited: 0, mentioned, content };
}

interface Pages {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** The list is longer than was read: what lies behind is given up. */
  readonly cutOff: boolean;
}

/** Some order by arrival: what was written a little earlier may stand above the position. */
const slackMs = 3_600_000;
const maxPages = 250;

/**
 * All that stands above the position: from the newest downwards, page by page, until nothing is new. Servers differ in what `min_id`
 * means, and in how ids are ordered; `since_id` and `max_id` mean the same to all, and those that ignore `since_id` are cut here.
 * `known`: mark of the oldest entry above the position that was delivered before; below it nothing is new.
 */
export async function paginateDown(
  ask: Ask,
  { position, known, atMost }: { position: Position; known: string | undefined; atMost: number },
): Promise<Pages> {
  const { id: sinceId, at } = position;
  const floor = sinceId === '' ? at : at - slackMs;
  const found = new Map<string, Entry>();
  let maxId: string | undefined;
  for (let pages = 0; pages < maxPages; pages++) {
    const asked = await ask({ ...(sinceId !== '' && { sinceId }), ...(maxId !== undefined && { maxId }) });
    const { entries: page, isShort } = asked;
    const end = page.findIndex(({ id }) => id === sinceId && sinceId !== '');
    const above = (end === -1 ? page : page.slice(0, end)).filter(({ mark }) => !found.has(mark));
    const isPast = above.every((entry) => entry.at < floor && !isAfter(entry.id, sinceId));
    // At a first run what is past is of use: it says where to begin.
    if (!isPast || sinceId === '') for (const entry of above) found.set(entry.mark, entry);
    const knownBelow = isShort && known !== undefined && found.has(known);
    const next = page.findLast(({ id }) => id !== undefined)?.id;
    const ended = end !== -1 || isPast || knownBelow || found.size > atMost;
    if (ended || next === undefined || next === maxId) return { entries: oldestFirst(found), cutOff: false };
    maxId = next;
  }
  return { entries: oldestFirst(found), cutOff: true };
}

/** Lists that are ordered by arrival have late what was written long ago: ids grow, in number or in letters. */
function isAfter(id: string | undefined, sinceId: string): boolean {
  if (id === undefined || sinceId === '') return false;
  return id.length === sinceId.length ? id > sinceId : id.length > sinceId.length;
}

function oldestFirst(found: ReadonlyMap<string, Entry>): Entry[] {
  return [...found.values()].toReversed();
}
