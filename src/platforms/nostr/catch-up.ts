import type { Filter } from 'nostr-tools/filter';
import type { Notices } from '../platform.ts';
import type { NostrFeed } from './config.ts';
import type { Position, Progress } from './cursor.ts';
import { aheadSeconds, claimsOf, fingerprintOf } from './event.ts';
import type { Interest } from './interest.ts';
import type { Relay } from './relay.ts';

/** What a relay sent, not verified yet. */
export interface Received {
  readonly event: unknown;
  /** URL. */
  readonly relay: string;
}

/** What the relays had in a span of time, and how far each relay is read with it. */
interface SpanRead {
  readonly received: readonly Received[];
  readonly relays: ReadonlyMap<string, Progress>;
}

export interface CatchUpOptions {
  readonly relays: readonly Relay[];
  readonly interest: Interest;
  readonly config: Pick<NostrFeed, 'overlap' | 'firstRun' | 'firstRunItems'>;
  readonly position: Position;
  /** Public keys of the authors whose posts are stored. */
  readonly storedAuthors: readonly string[];
  /** Milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** How many events a relay returns for one query. */
  limitOf(relay: Relay, signal: AbortSignal): Promise<number>;
  readonly notices: Notices;
  /** Receives the error of each relay that fails. */
  readonly failures: Map<Relay, unknown>;
}

const maxSpanSeconds = 6 * 3600;
/** Events held in memory at a time. */
const maxEvents = 2000;
/** Relays limit the number of values in a filter. */
const maxValues = 200;

/**
 * Reads the relays in spans of time, the oldest first. A span covers every relay that is behind it, so a relay that was down catches up
 * before the others go on. A relay that fails is skipped from then on and keeps its position.
 */
export async function* catchUp(options: CatchUpOptions): AsyncGenerator<SpanRead> {
  const { position, config, relays, failures } = options;
  const now = Math.floor(options.now / 1000);
  const progressOf = new Map(position.relays);
  const starts = relays.flatMap((relay) => {
    const progress = progressOf.get(relay.url);
    return progress ? [[relay, startOf(progress, config.overlap)] as const] : [];
  });
  let seconds = maxSpanSeconds;
  for (let begin = Math.min(...starts.map(([, from]) => from)); begin <= now;) {
    const healthy = starts.filter(([relay]) => !failures.has(relay));
    // If only failed relays are behind, skip ahead to where the others are.
    const start = Math.max(begin, Math.min(...healthy.map(([, from]) => from)));
    if (start > now) break;
    const end = Math.min(start + seconds - 1, now);
    const behind = healthy.filter(([, from]) => from <= end);
    // Include events of clocks that run ahead; the next poll skips them as seen.
    const until = end === now ? now + aheadSeconds : end;
    const readEach = (filters: readonly Filter[]) => {
      const up = behind.filter(([relay]) => !failures.has(relay));
      return fromEach(options, up, (relay, from) =>
        allWithin(options, relay, { filters, since: Math.max(start, from), until, isShortest: seconds === 1 }),
      );
    };
    const notes = await readEach(options.interest.filters);
    // Notes and their deletions may be in the same span, at different relays.
    const areComplete = notes.every(({ complete }) => complete);
    const deletions = areComplete ? await readEach(deletionFilters(options, notes)) : [];
    const found = [...notes, ...deletions];
    if (found.some(({ complete }) => !complete) && seconds > 1) {
      seconds = Math.ceil(seconds / 4);
      continue;
    }
    for (const { relay } of deletions)
      progressOf.set(relay.url, { readTo: end, floor: progressOf.get(relay.url)?.floor ?? 0 });
    yield { received: found.flatMap(({ events }) => events), relays: new Map(progressOf) };
    begin = end + 1;
    seconds = Math.min(seconds * 2, maxSpanSeconds);
  }
  const unread = relays.filter(({ url }) => !position.relays.has(url));
  if (unread.length > 0) yield await firstRead(options, unread, now, progressOf);
}

function startOf({ readTo, floor }: Progress, overlapMs: number): number {
  return Math.max(floor, readTo - Math.ceil(overlapMs / 1000));
}

interface Answer {
  readonly relay: Relay;
  readonly events: readonly Received[];
  readonly complete: boolean;
}

/** Reads the relays side by side, each from a time on. */
async function fromEach(
  { signal, failures }: CatchUpOptions,
  relays: readonly (readonly [Relay, number])[],
  read: (relay: Relay, from: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = relays.map(async ([relay, from]) => {
    return await read(relay, from).catch((error: unknown) => void failures.set(relay, error));
  });
  const found = await Promise.all(answers);
  signal.throwIfAborted();
  return found.filter((answer) => answer !== undefined);
}

async function allWithin(
  options: CatchUpOptions,
  relay: Relay,
  { filters, isShortest, ...span }: Span & { readonly filters: readonly Filter[]; readonly isShortest: boolean },
): Promise<Answer> {
  const limit = await options.limitOf(relay, options.signal);
  const query = (filter: Filter) => relay.query({ ...filter, limit }, options.signal);
  const events: Received[] = [];
  for (const filter of filters) {
    const found = await paginate(query, filter, span, limit);
    if (!found.complete && !isShortest) return { relay, events: [], complete: false };
    if (!found.complete || found.truncated)
      options.notices.warn(
        `${relay.name} has more events in one second than it returns at a time: some of them may be lost`,
      );
    events.push(...found.events.map((event) => ({ event, relay: relay.url })));
  }
  return { relay, events, complete: true };
}

/** A span of time in seconds, both ends included. */
interface Span {
  readonly since: number;
  readonly until: number;
}

interface Found {
  readonly events: readonly unknown[];
  /** False: there were more than `maxEvents`. */
  readonly complete: boolean;
  /** A single second filled a whole answer: it may hold more events, which cannot be queried. */
  readonly truncated: boolean;
}

/**
 * Reads all events that a relay has for a filter within a span. A relay answers with the newest events, and with as many as it likes, so
 * older ones are queried until nothing new comes. The last second of an answer is queried again, because it may hold more. The rest of a
 * second that holds more than one answer is lost. `pageSize`: how many events the relay returns for one query.
 */
export async function paginate(
  query: (filter: Filter) => Promise<readonly unknown[]>,
  filter: Filter,
  { since, until }: Span,
  pageSize: number,
): Promise<Found> {
  const found = new Map<string, unknown>();
  let largest = 0;
  let truncated = false;
  for (let end = until; end >= since;) {
    const known = found.size;
    const within: number[] = [];
    for (const event of await query({ ...filter, since, until: end })) {
      const { created_at: at } = claimsOf(event);
      const isWithin = at >= since && at <= end;
      if (isWithin) within.push(at);
      // Keep events without a time as well: they are rejected later, with the reason.
      if (isWithin || at < 0) found.set(fingerprintOf(event), event);
    }
    if (found.size > maxEvents) return { events: [...found.values()], complete: false, truncated };
    const isNew = found.size > known;
    if (within.length === 0 || (!isNew && within.length < largest)) break;
    largest = Math.max(largest, within.length);
    const oldest = Math.min(...within);
    truncated ||= oldest === end && within.length >= pageSize;
    end = isNew && oldest < end ? oldest : oldest - 1;
  }
  return { events: [...found.values()], complete: true, truncated };
}

/** Filters for deletions (NIP-09) by the authors of stored posts and of these notes, however many other notes came after theirs. */
function deletionFilters({ storedAuthors }: CatchUpOptions, notes: readonly Answer[]): Filter[] {
  const found = notes.flatMap(({ events }) => events.flatMap(({ event }) => claimsOf(event).pubkey || []));
  const authors = [...new Set([...storedAuthors, ...found])];
  const chunks = Math.ceil(authors.length / maxValues);
  return Array.from({ length: chunks }, (_, index) => ({
    kinds: [5],
    authors: authors.slice(index * maxValues, (index + 1) * maxValues),
  }));
}

/** Reads the latest posts of relays that were never read before, up to `firstRunItems`. Older posts count as seen. `now` in seconds. */
async function firstRead(
  options: CatchUpOptions,
  relays: readonly Relay[],
  now: number,
  progressOf: ReadonlyMap<string, Progress>,
): Promise<SpanRead> {
  const { firstRun, firstRunItems } = options.config;
  const since = now - Math.ceil(firstRun / 1000);
  const starts = relays.map((relay) => [relay, since] as const);
  const found = await fromEach(options, starts, async (relay) => {
    const limit = await options.limitOf(relay, options.signal);
    const events: Received[] = [];
    for (const filter of options.interest.filters) {
      const answer = await relay.query({ ...filter, since, until: now + aheadSeconds, limit }, options.signal);
      events.push(...answer.map((event) => ({ event, relay: relay.url })));
    }
    return { relay, events, complete: true };
  });
  const timed = found
    .flatMap(({ events }) => events)
    .filter(({ event }) => options.interest.matches(event))
    .map((received) => ({ received, ...claimsOf(received.event) }))
    .filter(({ created_at }) => created_at >= since)
    .toSorted((a, b) => b.created_at - a.created_at);
  const ids = new Set<string>();
  const chosen = timed.filter(({ id }) => ids.size < firstRunItems && ids.add(id));
  const oldest = timed.length > chosen.length ? chosen.at(-1)?.created_at : undefined;
  const floor = firstRunItems === 0 ? now : (oldest ?? since);
  const begun = found.map(({ relay }) => [relay.url, { readTo: now, floor }] as const);
  return { received: chosen.map(({ received }) => received), relays: new Map([...progressOf, ...begun]) };
}
