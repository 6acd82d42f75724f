import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';
import type { Cursor } from '../../core/post.ts';

/** A delivered post whose deletion is still watched for. `author`: fingerprint of the author, who alone may delete it. */
interface Delivered {
  readonly id: string;
  readonly author: string;
}

/** How far a relay has been read, in seconds since the Unix epoch. */
export interface Progress {
  readonly readTo: number;
  /** Older events count as seen: they were there at the first poll. */
  readonly floor: number;
}

/** Recent events, the oldest first. */
export interface Memory {
  /** Fingerprints. */
  readonly seen: readonly string[];
  readonly delivered: readonly Delivered[];
}

/** A decoded cursor. */
export interface Position extends Memory {
  /** By URL; a missing relay has never been read. */
  readonly relays: ReadonlyMap<string, Progress>;
}

/** More than the overlap holds, usually; an event that is forgotten is delivered again, which is harmless. */
const maxSeen = 2000;
const fingerprints = /.{11}/g;
const maxDelivered = 400;

const NostrCursor = z.object({
  relays: z.record(z.string(), z.object({ readTo: z.int().min(0), floor: z.int().min(0) })),
  seen: z.string(),
  delivered: z.array(z.tuple([z.string(), z.string()])),
});

export function decodeCursor(cursor: Cursor | undefined): Position {
  const parsed = NostrCursor.safeParse(jsonIn(cursor)).data;
  if (parsed === undefined) return { relays: new Map(), seen: [], delivered: [] };
  const { relays, seen, delivered } = parsed;
  return {
    relays: new Map(Object.entries(relays)),
    seen: seen.match(fingerprints) ?? [],
    delivered: delivered.map(([id, author]) => ({ id: Buffer.from(id, 'base64url').toString('hex'), author })),
  };
}

export function encodeCursor({ relays, seen, delivered }: Position): Cursor {
  const written: z.infer<typeof NostrCursor> = {
    relays: Object.fromEntries(relays),
    seen: seen.slice(-maxSeen).join(''),
    delivered: delivered
      .slice(-maxDelivered)
      .map(({ id, author }) => [Buffer.from(id, 'hex').toString('base64url'), author]),
  };
  return JSON.stringify(written);
}
