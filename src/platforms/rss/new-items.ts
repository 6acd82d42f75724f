import { createHash } from 'node:crypto';

/** What a feed offered before. */
export interface Memory {
  /** Hashed ids, the latest first. */
  readonly seen: readonly string[];
  /** Publication time of the latest item that was seen; null as long as none said. */
  readonly newest: number | null;
}

export interface Offer {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly published: number | null;
}

export interface NewItemsOptions {
  /** Milliseconds. */
  readonly firstRun: number;
  readonly firstRunItems: number;
  readonly itemsPerPoll: number;
}

export interface News<T extends Offer> {
  /** What to take now, oldest first. */
  readonly items: readonly T[];
  readonly memory: Memory;
  /** How many wait for the next poll. */
  readonly waiting: number;
  /** The feed gave all its old items new ids. */
  readonly renumbered: boolean;
}

const maxOffers = 1000;
/** More than the offers that are looked at, so that none of them is forgotten while it is offered. */
const maxSeen = 2000;

/** What is new in a feed: see docs/platforms/rss.md. Pure. */
export function newItems<T extends Offer>(
  offers: readonly T[],
  memory: Memory | undefined,
  options: NewItemsOptions,
  now: number,
): News<T> {
  const offered = oldestFirst(offers, now);
  const known = new Set(memory?.seen);
  const unseen = offered.filter(({ id }) => !known.has(seenMark(id)));
  const renumbered = memory !== undefined && isRenumbered(offered, unseen, memory);
  const fresh = memory === undefined ? recent(unseen, options, now) : renumbered ? later(unseen, memory) : unseen;
  const items = fresh.slice(0, options.itemsPerPoll);
  const waiting = new Set(fresh.slice(options.itemsPerPoll));
  return {
    items,
    memory: remember(
      offered.filter((offer) => !waiting.has(offer)),
      memory,
    ),
    waiting: waiting.size,
    renumbered,
  };
}

/** 64 bits are enough to tell a few thousand ids apart. */
function seenMark(id: string): string {
  return createHash('sha256').update(id).digest().subarray(0, 8).toString('base64url');
}

/** The latest offers, each once. Feeds stand newest first; what says no time counts as just published. */
function oldestFirst<T extends Offer>(offers: readonly T[], now: number): T[] {
  const byId = new Map(offers.toReversed().map((offer) => [offer.id, offer]));
  return [...byId.values()].toSorted((a, b) => (a.published ?? now) - (b.published ?? now)).slice(-maxOffers);
}

/** For the first look: what says no time may be ancient. */
function recent<T extends Offer>(offers: readonly T[], { firstRun, firstRunItems }: NewItemsOptions, now: number): T[] {
  const young = offers.filter(({ published }) => published !== null && published >= now - firstRun);
  return firstRunItems === 0 ? [] : young.slice(-firstRunItems);
}

/** Nothing is known although most of it is older than what was seen: the ids have changed, not the items. */
function isRenumbered(offered: readonly Offer[], unseen: readonly Offer[], { seen, newest }: Memory): boolean {
  if (newest === null || seen.length === 0 || offered.length < 3 || unseen.length < offered.length) return false;
  const old = offered.filter(({ published }) => published !== null && published <= newest);
  return old.length * 2 > offered.length;
}

function later<T extends Offer>(offers: readonly T[], { newest }: Memory): T[] {
  return offers.filter(({ published }) => published !== null && newest !== null && published > newest);
}

function remember(taken: readonly Offer[], memory: Memory | undefined): Memory {
  const marks = taken.map(({ id }) => seenMark(id)).toReversed();
  const times = taken.map(({ published }) => published).filter((published) => published !== null);
  const newest = times.reduce((a, b) => Math.max(a, b), memory?.newest ?? Number.NEGATIVE_INFINITY);
  return {
    seen: [...new Set([...marks, ...(memory?.seen ?? [])])].slice(0, maxSeen),
    newest: Number.isFinite(newest) ? newest : null,
  };
}
