import { createHash } from 'node:crypto';
import type { WebFeed } from './config.ts';
import type { Traits } from './identity.ts';

/** The items that a feed listed before. */
export interface SeenItems {
  /** Of each item the hashes of its id and traits, latest first: `recordOf`. */
  readonly records: readonly string[];
  /** Publication time of the latest item seen; null while none had a time. */
  readonly newest: number | null;
}

interface Listed {
  readonly ids: readonly string[];
  readonly traits: Traits;
  /** Milliseconds since the Unix epoch. */
  readonly published: number | null;
}

/** An item under the id that names it. */
interface Identified<T extends Listed> {
  readonly item: T;
  readonly id: string;
  readonly published: number | null;
  readonly record: string;
}

interface NewItems<T extends Listed> {
  /** The items to take now, oldest first, with their ids. */
  readonly items: readonly Pick<Identified<T>, 'item' | 'id'>[];
  readonly seenItems: SeenItems;
  /** How many wait for the next poll. */
  readonly waiting: number;
  /** The feed gave all its old items new ids. */
  readonly renumbered: boolean;
}

const maxListed = 1000;
/** More than `maxListed`, so that no item is forgotten while the feed still lists it. */
const maxSeen = 1500;

/** The new items of a feed: see docs/platforms/rss.md. Pure. */
export function newItems<T extends Listed>(
  listed: readonly T[],
  seenItems: SeenItems | undefined,
  options: WebFeed,
  now: number,
): NewItems<T> {
  const memory = recall(seenItems?.records ?? []);
  const candidates = oldestFirst(identified(listed, memory), now);
  const unseen = candidates.filter(({ record }) => !memory.hasId(record) && !memory.hasTwin(record));
  const renumbered = seenItems !== undefined && isRenumbered(candidates, memory);
  const fresh =
    seenItems === undefined
      ? recent(unseen, options, now)
      : renumbered
        ? later(unseen, memory, seenItems.newest)
        : unseen;
  const items = fresh.slice(0, options.itemsPerPoll);
  const waiting = new Set(fresh.slice(options.itemsPerPoll));
  const taken = candidates.filter((item) => !waiting.has(item));
  return { items, seenItems: remember(taken, seenItems), waiting: waiting.size, renumbered };
}

/** Lengths of the parts of a record: of a few thousand items, 48 bits distinguish ids, 36 words; the others only confirm. */
const lengths = { id: 8, title: 4, link: 4, words: 6, date: 3 } as const;
export const idLength = lengths.id;
export const recordLength = 25;

/** Hashes of the id and of what else the item says, each of a fixed length; dots: it does not say. */
function recordOf(id: string, traits: Traits): string {
  const hash = createHash('sha256').update(id).digest('base64url');
  const { title, link, words, date } = traits;
  const parts = [hash, title, link, words, date];
  return Object.values(lengths)
    .map((length, index) => parts[index]?.slice(0, length) ?? '.'.repeat(length))
    .join('');
}

const part = (start: number, end?: number) => (record: string) => record.slice(start, end);
const [idIn, titleIn, linkIn, wordsIn, dateIn] = [part(0, 8), part(8, 12), part(12, 16), part(16, 22), part(22)];
/** Link, words and date. */
const twinIn = part(12);
const isStated = (trait: string) => !trait.startsWith('.');

type Memory = ReturnType<typeof recall>;

function recall(records: readonly string[]) {
  const byId = new Map(records.map((record) => [idIn(record), record]));
  const twins = new Set(records.map(twinIn));
  const titles = new Set(records.map(titleIn).filter(isStated));
  const links = new Set(records.map(linkIn).filter(isStated));
  return {
    hasId: (record: string) => byId.has(idIn(record)),
    /** An item that says all the same, under another id. */
    hasTwin: (record: string) => twins.has(twinIn(record)),
    /** Half of what the items of a feed say comes back when it renumbers them. */
    resembles: (record: string) =>
      twins.has(twinIn(record)) || titles.has(titleIn(record)) || links.has(linkIn(record)),
    /** The id is known of an item that agrees in nothing else: it is none, such as `N/A`. */
    isOfAnother(record: string): boolean {
      const known = byId.get(idIn(record));
      if (known === undefined) return false;
      const stated = [wordsIn, linkIn, dateIn].filter((trait) => isStated(trait(known)) && isStated(trait(record)));
      return stated.length > 1 && stated.every((trait) => trait(known) !== trait(record));
    },
  };
}

/** Gives each item the best of its ids that no other item has, here or before. */
function identified<T extends Listed>(listed: readonly T[], memory: Memory): Identified<T>[] {
  const wordsById = new Map<string, Set<string | null>>();
  const at = (id: string, index: number) => `${index} ${id}`;
  for (const { ids, traits } of listed) {
    for (const [index, id] of ids.entries()) {
      wordsById.set(at(id, index), (wordsById.get(at(id, index)) ?? new Set()).add(traits.words));
    }
  }
  return listed.map((item) => {
    const { ids, traits, published } = item;
    const names = (id: string, index: number) =>
      wordsById.get(at(id, index))?.size === 1 && !memory.isOfAnother(recordOf(id, traits));
    const id = ids.find(names) ?? ids.at(-1) ?? '';
    return { item, id, published, record: recordOf(id, traits) };
  });
}

/** The latest items, each once. Feeds list the newest first; an item without a time counts as just published. */
function oldestFirst<T extends Listed>(items: readonly Identified<T>[], now: number): Identified<T>[] {
  const byId = new Map(items.toReversed().map((item) => [item.id, item]));
  return [...byId.values()].toSorted((a, b) => (a.published ?? now) - (b.published ?? now)).slice(-maxListed);
}

type Dated = Pick<Identified<Listed>, 'published' | 'record'>;

/** For the first poll, where an item without a time may be ancient. */
function recent<T extends Dated>(items: readonly T[], { firstRun, firstRunItems }: WebFeed, now: number): T[] {
  const young = items.filter(({ published }) => published !== null && published >= now - firstRun);
  return firstRunItems === 0 ? [] : young.slice(-firstRunItems);
}

/** True if no id is known although titles or links of most items are: the ids changed, not the items. */
function isRenumbered(candidates: readonly Dated[], memory: Memory): boolean {
  if (candidates.length < 3 || candidates.some(({ record }) => memory.hasId(record))) return false;
  return candidates.filter(({ record }) => memory.resembles(record)).length * 2 > candidates.length;
}

/** A date without a time is a whole day, so the latest time may be that of new items, too. */
function later<T extends Dated>(items: readonly T[], memory: Memory, newest: number | null): T[] {
  return items.filter(
    ({ record, published }) =>
      !memory.resembles(record) && (published === null || newest === null || published >= newest),
  );
}

function remember(taken: readonly Dated[], seenItems: SeenItems | undefined): SeenItems {
  const records = [...taken.map(({ record }) => record).toReversed(), ...(seenItems?.records ?? [])];
  const times = taken.map(({ published }) => published).filter((published) => published !== null);
  const newest = times.reduce((a, b) => Math.max(a, b), seenItems?.newest ?? Number.NEGATIVE_INFINITY);
  const byId = new Map(records.toReversed().map((record) => [idIn(record), record]));
  return {
    records: [...new Set(records.map((record) => byId.get(idIn(record)) ?? record))].slice(0, maxSeen),
    newest: Number.isFinite(newest) ? newest : null,
  };
}
