import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';
import type { Cursor } from '../../core/post.ts';

/** How far a relay has been read, in seconds since the Unix epoch. */
export interface Progress {
  readonly readTo: number;
  /** Older events count as seen: they were there at the first poll. */
  readonly floor: number;
}

/** A decoded cursor. */
export interface Position {
  /** Fingerprints of recent events, the oldest first. */
  readonly seen: readonly string[];
  /** By URL; a missing relay has never been read. */
  readonly relays: ReadonlyMap<string, Progress>;
}

/** More than the overlap holds, usually; an event that is forgotten is delivered again, which is harmless. */
const maxSeen = 2000;
const fingerprints = /.{11}/g;

const NostrCursor = z.object({
  relays: z.record(z.string(), z.object({ readTo: z.int().min(0), floor: z.int().min(0) })),
  seen: z.string(),
});

export function decodeCursor(cursor: Cursor | undefined): Position {
  const parsed = NostrCursor.safeParse(jsonIn(cursor)).data;
  if (parsed === undefined) return { relays: new Map(), seen: [] };
  const { relays, seen } = parsed;
  return {
    relays: new Map(Object.entries(relays)),
    seen: seen.match(fingerprints) ?? [],
  };
}

export function encodeCursor({ relays, seen }: Position): Cursor {
  const written: z.infer<typeof NostrCursor> = {
    relays: Object.fromEntries(relays),
    seen: seen.slice(-maxSeen).join(''),
  };
  return JSON.stringify(written);
}
