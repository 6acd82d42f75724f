import type { Filter } from 'nostr-tools/filter';
import { claimsOf, fingerprintOf } from './event.ts';

/** A span of time in seconds, both ends included. */
export interface Span {
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

interface Bounds {
  /** Events held in memory. */
  readonly maxEvents: number;
  /** Events that the relay returns for one query. */
  readonly pageSize: number;
}

/**
 * Reads all events that a relay has for a filter within a span. A relay answers with the newest events, and with as many as it likes, so
 * older ones are queried until nothing new comes. The last second of an answer is queried again, because it may hold more. The rest of a
 * second that holds more than one answer is lost.
 */
export async function paginate(
  query: (filter: Filter) => Promise<readonly unknown[]>,
  filter: Filter,
  { since, until }: Span,
  { maxEvents, pageSize }: Bounds,
): Promise<Found> {
  const found = new Map<string, unknown>();
  let largest = 0;
  let truncated = false;
  for (let end = until; end >= since;) {
    const answer = (await query({ ...filter, since, until: end })).map((event) => ({ event, at: timeOf(event) }));
    const isWithin = (at: number) => at >= since && at <= end;
    const known = found.size;
    // Keep events without a time as well: they are rejected later, with the reason.
    for (const { event, at } of answer) if (at === undefined || isWithin(at)) found.set(fingerprintOf(event), event);
    const within = answer.flatMap(({ at }) => (at !== undefined && isWithin(at) ? [at] : []));
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

function timeOf(event: unknown): number | undefined {
  const { created_at: at } = claimsOf(event);
  return at < 0 ? undefined : at;
}
