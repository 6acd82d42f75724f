import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';

/** A post that may yet be deleted: by whom, and under which key it is known. */
export interface Delivered {
  readonly id: string;
  /** Mark of the author: see `markOf`. Only the author may delete. */
  readonly author: string;
}

/** How far a relay has been read, in seconds since the Unix epoch. */
export interface Progress {
  readonly readTo: number;
  /** What is older counts as seen since the first look. */
  readonly floor: number;
}

/** How far each relay has been read, and what was seen of late. */
export interface Place {
  /** A relay that is not there has never been read. */
  readonly relays: ReadonlyMap<string, Progress>;
  /** Marks of events, the oldest first. */
  readonly seen: readonly string[];
  /** The oldest first. */
  readonly delivered: readonly Delivered[];
}

/** Fewer than this come within the overlap; more come again, which does no harm. */
const maxSeen = 2000;
const markLength = 11;
const maxDelivered = 400;

const NostrCursor = z.object({
  relays: z.record(z.string(), z.object({ readTo: z.int().min(0), floor: z.int().min(0) })),
  seen: z.string(),
  delivered: z.array(z.tuple([z.string(), z.string()])),
});

export function readPlace(cursor: Cursor | undefined): Place {
  const parsed = NostrCursor.safeParse(jsonOf(cursor)).data;
  if (parsed === undefined) return { relays: new Map(), seen: [], delivered: [] };
  const { relays, seen, delivered } = parsed;
  return {
    relays: new Map(Object.entries(relays)),
    seen: Array.from({ length: Math.floor(seen.length / markLength) }, (_, index) =>
      seen.slice(index * markLength, (index + 1) * markLength),
    ),
    delivered: delivered.map(([id, author]) => ({ id: Buffer.from(id, 'base64url').toString('hex'), author })),
  };
}

export function writePlace({ relays, seen, delivered }: Place): Cursor {
  const written: z.infer<typeof NostrCursor> = {
    relays: Object.fromEntries(relays),
    seen: seen.slice(-maxSeen).join(''),
    delivered: delivered
      .slice(-maxDelivered)
      .map(({ id, author }) => [Buffer.from(id, 'hex').toString('base64url'), author]),
  };
  return JSON.stringify(written);
}

function jsonOf(cursor: Cursor | undefined): unknown {
  try {
    return JSON.parse(cursor ?? '');
  } catch {
    return undefined;
  }
}
