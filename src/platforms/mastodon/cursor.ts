import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';
import type { Cursor } from '../../core/post.ts';
import type { KnownAccounts } from './feed-cache.ts';

/** Position up to which a list is completely read. */
export interface Position {
  /** Id of the entry there; empty: the list was empty, and everything younger than `at` is new. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A delivered entry of a list, which is read again for a while. */
export interface Delivered {
  /** Id of the entry in the list. */
  readonly id: string;
  /** Id of the post on that server. */
  readonly statusId: string;
  /** The same on every server: the post's URI, or `!` and an id of an unreadable entry. */
  readonly globalId: string;
  /** Time of the last edit, in milliseconds since the Unix epoch; 0: never. */
  readonly edited: number;
}

/** A list of a server: the timeline of some hashtags, or the mentions. */
export interface ListState {
  readonly position: Position;
  /** Delivered entries after the position, oldest first. */
  readonly trail: readonly Delivered[];
}

/** By server and key of the list. */
export type FeedState = Map<string, Map<string, ListState>>;

const maxBytes = 60_000;

const Packed = z.tuple([z.string(), z.string(), z.string(), z.number()]);
const List = z
  .tuple([z.string(), z.number(), z.array(Packed)])
  .transform(([id, at, trail]): ListState => ({ position: { id, at }, trail: trail.map(unpacked) }));
const FeedCursor = z
  .object({ ownAccounts: z.record(z.string(), z.string()).optional().catch(undefined) })
  .catchall(z.record(z.string(), List));

/** An unreadable cursor counts as a first run. */
export function readState(cursor: Cursor | undefined): FeedState {
  const { ownAccounts: _, ...servers } = FeedCursor.safeParse(jsonIn(cursor)).data ?? {};
  return new Map(Object.entries(servers).map(([server, lists]) => [server, new Map(Object.entries(lists))]));
}

export function readOwnAccounts(cursor: Cursor | undefined): KnownAccounts {
  return new Map(Object.entries(FeedCursor.safeParse(jsonIn(cursor)).data?.ownAccounts ?? {}));
}

/** Drops the oldest delivered entries where the cursor would be too long: they may be delivered again, which does no harm. */
export function writeState(state: FeedState, ownAccounts: KnownAccounts = new Map()): Cursor {
  const lengths = [...state.values()].flatMap((lists) => [...lists.values()].map(({ trail }) => trail.length));
  for (let most = Math.max(0, ...lengths); ; most = Math.floor(most / 2)) {
    const servers = [...state].map(([server, lists]) => {
      const packed = [...lists].map(([key, { position, trail }]) => [
        key,
        [position.id, position.at, most === 0 ? [] : trail.slice(-most).map(packedOf)],
      ]);
      return [server, Object.fromEntries(packed) as unknown] as const;
    });
    const known = ownAccounts.size === 0 ? {} : { ownAccounts: Object.fromEntries(ownAccounts) };
    const cursor = JSON.stringify({ ...Object.fromEntries(servers), ...known });
    if (most === 0 || Buffer.byteLength(cursor) <= maxBytes) return cursor;
  }
}

function packedOf({ id, statusId, globalId, edited }: Delivered): z.infer<typeof Packed> {
  return [id, statusId === id ? '' : statusId, globalId, edited];
}

function unpacked([id, statusId, globalId, edited]: z.infer<typeof Packed>): Delivered {
  return { id, statusId: statusId === '' ? id : statusId, globalId, edited };
}
