import type { Filter } from 'nostr-tools/filter';
import { claimsOf, markOf } from './event.ts';

/** A span of time in seconds, both ends included. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

interface Found {
  readonly events: readonly unknown[];
  /** False: there was more than `most`. */
  readonly complete: boolean;
  /** A second had as many as the relay gives at a time: there may be more in it that nobody can ask for. */
  readonly cut: boolean;
}

interface Bounds {
  /** Events held in memory. */
  readonly most: number;
  /** As many as the relay says that it gives at a time. */
  readonly gives: number;
}

/**
 * All that a relay has for a filter within a span. A relay answers with the newest, and with as many as it likes, so it is asked for what is
 * older until nothing new comes. The second at the end of an answer is asked for again: there may be more in it. Only where one second holds
 * more than the relay gives at a time, the rest of that second cannot be had.
 */
export async function paginate(
  ask: (filter: Filter) => Promise<readonly unknown[]>,
  filter: Filter,
  { since, until }: Span,
  { most, gives }: Bounds,
): Promise<Found> {
  const found = new Map<string, unknown>();
  let largest = 0;
  let cut = false;
  for (let end = until; end >= since;) {
    const answer = (await ask({ ...filter, since, until: end })).map((event) => ({ event, at: timeOf(event) }));
    const isWithin = (at: number) => at >= since && at <= end;
    const known = found.size;
    // What tells no time is looked at as well: it will be rejected.
    for (const { event, at } of answer) if (at === undefined || isWithin(at)) found.set(markOf(event), event);
    const within = answer.flatMap(({ at }) => (at !== undefined && isWithin(at) ? [at] : []));
    if (found.size > most) return { events: [...found.values()], complete: false, cut };
    const isNew = found.size > known;
    if (within.length === 0 || (!isNew && within.length < largest)) break;
    largest = Math.max(largest, within.length);
    const oldest = Math.min(...within);
    cut ||= oldest === end && within.length >= gives;
    end = isNew && oldest < end ? oldest : oldest - 1;
  }
  return { events: [...found.values()], complete: true, cut };
}

function timeOf(event: unknown): number | undefined {
  const { created_at: at } = claimsOf(event);
  return at < 0 ? undefined : at;
}
