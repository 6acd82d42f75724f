import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';
import { TweetId } from './wire.ts';

/** How far X has been read. */
export interface Place {
  /** Everything up to this post was read, by search and mentions alike. */
  readonly since: string;
  /** When kept posts were last looked up, in milliseconds since the Unix epoch. */
  readonly recheckedAt: number;
}

const Written = z.object({ since: TweetId, recheckedAt: z.number() });

/** Undefined: the first look. */
export function readPlace(cursor: Cursor | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    return Written.safeParse(JSON.parse(cursor)).data;
  } catch {
    return undefined;
  }
}

export function writePlace({ since, recheckedAt }: Place): Cursor {
  return JSON.stringify({ since, recheckedAt });
}
