import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { StatusError } from '../shared/answers.ts';
import { openPageSize } from '../shared/page-size.ts';
import { faultIn } from '../shared/parse-json.ts';
import type { ListState, Position } from './cursor.ts';
import type { Server } from './server.ts';
import { List, Listed, Status } from './wire.ts';

/** An entry of a list. */
export interface Entry {
  /** Id of the entry; undefined if not even that can be read. */
  readonly id: string | undefined;
  readonly statusId: string;
  readonly globalId: string;
  /** When it was written, never in the future; the time of reading if it does not say. */
  readonly at: number;
  readonly edited: number;
  /** True if the entry is in the list because it mentions the token's account. */
  readonly mentioned: boolean;
  readonly content: Status | Pick<Reject, 'reason' | 'excerpt'>;
}

/** Between which ids, as the API takes it. */
interface Range {
  readonly since_id?: string;
  readonly max_id?: string;
}

/** Fetches a page of a list, newest first. `isShort`: the server sent fewer entries than requested. */
type FetchPage = (range: Range) => Promise<{ readonly entries: readonly Entry[]; readonly isShort: boolean }>;

export const pageSize = 40;
export const mentionsKey = '@';

/**
 * The keys of the lists to read: known lists without hashtags that are no longer wanted, and new lists for new hashtags. A hashtag stays in its
 * list, because the list's position is meaningless for another.
 */
export function planLists(
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

/** Fetches pages of a list. A response that is too large becomes an unreadable entry, and hides what is older. Errors: those of the call. */
export function listFetcher(key: string, server: Server, clock: Clock, signal: AbortSignal): FetchPage {
  const withPageSize = openPageSize(pageSize);
  const ofMentions = key === mentionsKey;
  return async (range) => {
    const sized = await withPageSize((limit) => readPage(key, server, { ...range, limit }, signal));
    const now = clock.now();
    if (sized === undefined) return { entries: [tooLarge(range, now)], isShort: true };
    const entries = sized.answer.map((raw) => entryOf(raw, ofMentions, now));
    return { entries, isShort: entries.length < sized.limit };
  };
}

/** A page of the mentions of the token's account, or of the posts with any of the list's hashtags. Errors: those of the call. */
export async function readPage(
  key: string,
  server: Server,
  range: Range & { readonly limit: number },
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  if (key === mentionsKey) {
    const { notificationTypes: types } = await server.info(signal);
    // Filtered ones are from strangers, as most questions are.
    const query = { types, include_filtered: true, ...range };
    return await server.call(List, { path: 'v1/notifications', query }, signal);
  }
  const [first = '', ...any] = key.split(' ');
  const call = { path: `v1/timelines/tag/${encodeURIComponent(first)}`, query: { any, ...range } };
  try {
    return await server.call(List, call, signal);
  } catch (error) {
    // GoToSocial knows no hashtag before its first use. The page of a proxy has no error of the API.
    if (error instanceof StatusError && error.status === 404 && error.error !== undefined) return [];
    throw error;
  }
}

/** The name of a list for people. */
export function nameOf(key: string): string {
  return key === mentionsKey ? 'the mentions' : key.replaceAll(/\S+/g, '#$&');
}

function tooLarge({ max_id: maxId }: Range, now: number): Entry {
  const content = { reason: 'too large to be read', excerpt: '' };
  const globalId = `!too large, ${maxId === undefined ? 'the newest' : `below ${maxId}`}`;
  return { id: undefined, statusId: '', globalId, at: now, edited: 0, mentioned: false, content };
}

/** Reads an item of a timeline, or of the mentions. */
function entryOf(item: unknown, ofMentions: boolean, now: number): Entry {
  const { id, type, status } = Listed.safeParse(item).data ?? {};
  const raw = ofMentions ? status : item;
  const mentioned = ofMentions && type !== 'quote';
  const { data: content, error } = Status.safeParse(raw);
  if (content) {
    const { uri, id: statusId = '', created_at: createdAt, edited_at: editedAt } = content;
    const at = Math.min(createdAt ?? now, now);
    return { id, statusId, globalId: uri, at, edited: editedAt ?? 0, mentioned, content };
  }
  const written = storable(JSON.stringify(raw) ?? '');
  const globalId = `!${id ?? createHash('sha256').update(written).digest('base64url').slice(0, 22)}`;
  const unreadable = { reason: faultIn(error), excerpt: written.slice(0, 200) };
  return { id, statusId: '', globalId, at: now, edited: 0, mentioned, content: unreadable };
}

/** Some servers sort by arrival: a post that was written a little earlier may be above the position. */
const slackMs = 3_600_000;
const maxPages = 250;

/**
 * All entries above the position: from the newest downwards, page by page, until nothing is new. Servers differ in what `min_id` means and in
 * how ids are ordered, but agree on `since_id` and `max_id`; pages of servers that ignore `since_id` are cut here.
 * `known`: id of the oldest entry above the position that was delivered before; nothing below it is new. Gives the oldest entries first;
 * `cutOff`: the list is longer than was read, and the rest is skipped.
 */
export async function paginateDown(
  fetchPage: FetchPage,
  { position, known, atMost }: { position: Position; known: string | undefined; atMost: number },
): Promise<{ readonly entries: readonly Entry[]; readonly cutOff: boolean }> {
  const { id: sinceId, at } = position;
  const floor = sinceId === '' ? at : at - slackMs;
  const found = new Map<string, Entry>();
  let maxId: string | undefined;
  for (let pages = 0; pages < maxPages; pages++) {
    const range = { ...(sinceId !== '' && { since_id: sinceId }), ...(maxId !== undefined && { max_id: maxId }) };
    const { entries: page, isShort } = await fetchPage(range);
    const end = page.findIndex(({ id }) => id === sinceId && sinceId !== '');
    const above = (end === -1 ? page : page.slice(0, end)).filter(({ globalId }) => !found.has(globalId));
    const isPast = above.every((entry) => entry.at < floor && !isAfter(entry.id, sinceId));
    // On a first run older entries are kept: they give the position to start from.
    if (!isPast || sinceId === '') for (const entry of above) found.set(entry.globalId, entry);
    const knownBelow = isShort && known !== undefined && found.has(known);
    const next = page.findLast(({ id }) => id !== undefined)?.id;
    const ended = end !== -1 || isPast || knownBelow || found.size > atMost;
    if (ended || next === undefined || next === maxId)
      return { entries: [...found.values()].toReversed(), cutOff: false };
    maxId = next;
  }
  return { entries: [...found.values()].toReversed(), cutOff: true };
}

/** Compares ids, which grow numerically or alphabetically: lists sorted by arrival have old posts late. */
function isAfter(id: string | undefined, sinceId: string): boolean {
  if (id === undefined || sinceId === '') return false;
  return id.length === sinceId.length ? id > sinceId : id.length > sinceId.length;
}
