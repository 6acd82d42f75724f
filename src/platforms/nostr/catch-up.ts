import type { Filter } from 'nostr-tools/filter';
import type { NostrFeed } from './config.ts';
import type { Place, Progress } from './cursor.ts';
import { aheadSeconds, claimsOf } from './event.ts';
import type { Interest } from './interest.ts';
import type { Relay } from './relay.ts';
import { type Span, paginate } from './paginate.ts';

/** Something that a relay sent, not verified yet. */
export interface Received {
  readonly event: unknown;
  /** URL. */
  readonly relay: string;
}

/** What all relays had in a span of time, and how far each has been read with it. */
export interface CatchUp {
  readonly received: readonly Received[];
  readonly relays: ReadonlyMap<string, Progress>;
}

export interface Look {
  readonly relays: readonly Relay[];
  readonly interest: Interest;
  readonly config: Pick<NostrFeed, 'overlap' | 'firstRun' | 'firstRunItems'>;
  readonly place: Place;
  /** Milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** How many events a relay gives at a time. */
  limitOf(relay: Relay): Promise<number>;
  /** A second of this relay could not be read in full. */
  onFlood(relay: Relay): void;
}

const longestSeconds = 6 * 3600;
/** As much as is held in memory at a time. */
const maxEvents = 2000;
/** Values in a filter: relays allow no more. */
const maxValues = 200;

/**
 * Rounds in the order of time, each a span for all relays that are behind it, so that a relay that was away catches up before the others go
 * on. A relay that fails takes no further part and keeps its place: it stands in `faults`.
 */
export async function* rounds(look: Look, faults: Map<Relay, unknown>): AsyncGenerator<CatchUp> {
  const { place, config, relays } = look;
  const now = Math.floor(look.now / 1000);
  const reached = new Map(place.relays);
  const starts = new Map(
    relays.flatMap((relay) => {
      const progress = reached.get(relay.url);
      return progress ? [[relay, startOf(progress, config.overlap)] as const] : [];
    }),
  );
  let seconds = longestSeconds;
  for (let begin = Math.min(...starts.values()); begin <= now;) {
    const left = [...starts].filter(([relay]) => !faults.has(relay));
    // Where only one that failed is behind, the others go on from where they are.
    const start = Math.max(begin, Math.min(...left.map(([, from]) => from)));
    if (start > now) break;
    const end = Math.min(start + seconds - 1, now);
    const behind = left.filter(([, from]) => from <= end);
    // Who is a little ahead is read now; who looks at that time again finds it known.
    const until = end === now ? now + aheadSeconds : end;
    const found = await fromEach(look, behind, faults, (relay, from) =>
      allWithin(look, relay, { since: Math.max(start, from), until }, seconds === 1),
    );
    if (found.some(({ complete }) => !complete) && seconds > 1) {
      seconds = Math.ceil(seconds / 4);
      continue;
    }
    for (const { relay } of found) reached.set(relay.url, { readTo: end, floor: reached.get(relay.url)?.floor ?? 0 });
    yield { received: found.flatMap(({ events }) => events), relays: new Map(reached) };
    begin = end + 1;
    seconds = Math.min(seconds * 2, longestSeconds);
  }
  const unread = relays.filter(({ url }) => !place.relays.has(url));
  if (unread.length > 0) yield await firstCatchUp(look, unread, { now, reached, faults });
}

function startOf({ readTo, floor }: Progress, overlapMs: number): number {
  return Math.max(floor, readTo - Math.ceil(overlapMs / 1000));
}

interface Answer {
  readonly relay: Relay;
  readonly events: readonly Received[];
  readonly complete: boolean;
}

/** Of those that answer; the others go to `faults`. */
async function fromEach(
  { signal }: Look,
  relays: readonly (readonly [Relay, number])[],
  faults: Map<Relay, unknown>,
  read: (relay: Relay, from: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = await Promise.allSettled(relays.map(([relay, from]) => read(relay, from)));
  signal.throwIfAborted();
  return answers.flatMap((answer, index) => {
    if (answer.status === 'fulfilled') return [answer.value];
    const [relay] = relays[index] ?? [];
    if (relay) faults.set(relay, answer.reason);
    return [];
  });
}

async function allWithin(look: Look, relay: Relay, span: Span, isShortest: boolean): Promise<Answer> {
  const limit = await look.limitOf(relay);
  const ask = (filter: Filter) => relay.query({ ...filter, limit }, look.signal);
  const events: Received[] = [];
  for (const filter of [...look.interest.filters, ...deletionFilters(look.place)]) {
    const found = await paginate(ask, filter, span, { most: maxEvents, gives: limit });
    if (!found.complete && !isShortest) return { relay, events: [], complete: false };
    if (!found.complete || found.cut) look.onFlood(relay);
    events.push(...found.events.map((event) => ({ event, relay: relay.url })));
  }
  return { relay, events, complete: true };
}

/** Deletions of what was delivered (NIP-09). */
function deletionFilters({ delivered }: Place): Filter[] {
  const chunks = Math.ceil(delivered.length / maxValues);
  return Array.from({ length: chunks }, (_, index) => ({
    kinds: [5],
    '#e': delivered.slice(index * maxValues, (index + 1) * maxValues).map(({ id }) => id),
  }));
}

interface Beginning {
  /** Seconds. */
  readonly now: number;
  readonly reached: ReadonlyMap<string, Progress>;
  readonly faults: Map<Relay, unknown>;
}

/** Of relays that were never read: the latest posts, so that a busy hashtag does not flood. All that is older counts as seen. */
async function firstCatchUp(
  look: Look,
  relays: readonly Relay[],
  { now, reached, faults }: Beginning,
): Promise<CatchUp> {
  const { firstRun, firstRunItems } = look.config;
  const since = now - Math.ceil(firstRun / 1000);
  const begun = relays.map((relay) => [relay, since] as const);
  const found = await fromEach(look, begun, faults, async (relay) => {
    const limit = await look.limitOf(relay);
    const events: Received[] = [];
    for (const filter of look.interest.filters) {
      const answer = await relay.query({ ...filter, since, until: now + aheadSeconds, limit }, look.signal);
      events.push(...answer.map((event) => ({ event, relay: relay.url })));
    }
    return { relay, events, complete: true };
  });
  const { received, oldest } = latest(
    found.flatMap(({ events }) => events),
    look.interest,
    { since, firstRunItems },
  );
  const floor = firstRunItems === 0 ? now : oldest;
  const begunNow = found.map(({ relay }) => [relay.url, { readTo: now, floor }] as const);
  return { received, relays: new Map([...reached, ...begunNow]) };
}

function latest(
  events: readonly Received[],
  { takes }: Interest,
  { since, firstRunItems }: { readonly since: number; readonly firstRunItems: number },
): { received: Received[]; oldest: number } {
  const timed = events
    .filter(({ event }) => takes(event))
    .map((received) => ({ received, ...claimsOf(received.event) }))
    .filter(({ created_at }) => created_at >= since)
    .toSorted((a, b) => b.created_at - a.created_at);
  const ids = new Set<string>();
  const taken = timed.filter(({ id }) => ids.size < firstRunItems && ids.add(id));
  const left = timed.length > taken.length ? taken.at(-1)?.created_at : undefined;
  return { received: taken.map(({ received }) => received), oldest: left ?? since };
}
