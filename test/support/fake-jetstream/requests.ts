import type { FakeEvent, Wanted } from './log.ts';
import { info } from './log.ts';

/** The response to a request for a stream, as its wire format is documented. */
export type Verdict =
  | { readonly status: 400; readonly error: string; readonly message: string }
  | { readonly wanted: Wanted; readonly replay: readonly FakeEvent[]; readonly first: readonly string[] };

export interface Archive {
  readonly events: readonly FakeEvent[];
  /** The oldest count that can still be replayed. */
  readonly floorSeq: number;
  readonly nextSeq: number;
}

const time = 1e15;

/** The first wire knows times, forgives everything and says nothing. */
export function judgeV1(query: URLSearchParams, archive: Archive): Verdict {
  const known = ['wantedCollections', 'wantedDids', 'maxMessageSizeBytes', 'cursor', 'compress', 'requireHello'];
  const strange = [...query.keys()].find((name) => !known.includes(name));
  if (strange !== undefined) return invalid(`unknown parameter ${strange}`);
  const cursor = query.get('cursor');
  if (cursor !== null && !/^\d+$/.test(cursor)) return invalid('invalid cursor');
  const wanted = {
    collections: listOf(query, 'wantedCollections'),
    dids: setOf(query, 'wantedDids'),
    maxBytes: Number(query.get('maxMessageSizeBytes') ?? 0),
  };
  // A count is a time in 1970 to it: it begins with the oldest that it has. It keeps events by time, in whatever order they came.
  const replay = archive.events.filter(({ timeUs }) => cursor !== null && timeUs >= Number(cursor));
  return { wanted, replay: replay.toSorted((a, b) => a.timeUs - b.timeUs), first: [] };
}

/** The second wire refuses what the first forgives. */
export function judgeV2(query: URLSearchParams, archive: Archive): Verdict {
  const renamed = ['wantedCollections', 'wantedDids'].find((name) => query.has(name));
  if (renamed !== undefined) return invalid(`${renamed} is called ${renamed.slice(6).toLowerCase()} here`);
  const known = ['cursor', 'kinds', 'dids', 'collections', 'maxMessageSizeBytes'];
  const strange = [...query.keys()].find((name) => !known.includes(name));
  if (strange !== undefined) return invalid(`unknown parameter ${strange}`);
  const kinds = setOf(query, 'kinds');
  const allKinds = ['commit', 'identity', 'account', 'sync'];
  if (kinds && [...kinds].some((kind) => !allKinds.includes(kind))) return invalid('unknown kind');
  const collections = listOf(query, 'collections');
  if (collections && kinds && !kinds.has('commit')) return invalid('collections without commits');
  const wanted = {
    kinds,
    collections,
    dids: setOf(query, 'dids'),
    maxBytes: Number(query.get('maxMessageSizeBytes') ?? 0),
  };
  const cursor = query.get('cursor');
  if (cursor === null) return { wanted, replay: [], first: [] };
  if (!/^\d+$/.test(cursor)) return invalid('invalid cursor');
  const place = placeV2(Number(cursor), archive);
  if ('status' in place) return place;
  return { wanted, replay: archive.events.filter(({ seq }) => seq >= place.from), first: place.first };
}

type Place = Extract<Verdict, { status: 400 }> | { readonly from: number; readonly first: readonly string[] };

function placeV2(cursor: number, archive: Archive): Place {
  const { floorSeq, nextSeq } = archive;
  if (cursor >= time) {
    const seq = seqAt(cursor, archive);
    const oldest = archive.events.find((event) => event.seq >= floorSeq);
    const clamped = floorSeq > 1 && (seq < floorSeq || cursor < (oldest?.timeUs ?? 0));
    return {
      from: Math.max(seq, floorSeq),
      first: clamped ? [info('OutdatedCursor', `resumed from ${floorSeq}`)] : [],
    };
  }
  if (cursor < floorSeq) return { status: 400, error: 'CursorTooOld', message: `the floor is ${floorSeq}` };
  if (cursor > nextSeq) return { from: nextSeq, first: [info('FutureCursor', `the next is ${nextSeq}`)] };
  return { from: cursor, first: [] };
}

/** The first count witnessed at or after that instant. */
function seqAt(timeUs: number, { events, nextSeq }: Archive): number {
  return events.find((event) => event.timeUs >= timeUs)?.seq ?? nextSeq;
}

function invalid(message: string): Verdict {
  return { status: 400, error: 'InvalidRequest', message };
}

function listOf(query: URLSearchParams, name: string): readonly string[] | undefined {
  const all = query.getAll(name);
  return all.length > 0 ? all : undefined;
}

function setOf(query: URLSearchParams, name: string): ReadonlySet<string> | undefined {
  const all = listOf(query, name);
  return all && new Set(all);
}
