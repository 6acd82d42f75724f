import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';

/** How far one file has been read. `inode` and `print` tell that file from another that took its name. */
export const Place = z.object({
  inode: z.string(),
  /** Of the bytes read: see `printOf`. */
  print: z.string(),
  offset: z.int().min(0),
  line: z.int().min(0),
  skipping: z.boolean().default(false),
});
export type Place = z.infer<typeof Place>;

/** Places by path as configured. */
const FileCursor = z.object({ files: z.record(z.string(), Place) });

/** Undefined: not a cursor of this platform. */
export function readCursor(cursor: Cursor | undefined): Map<string, Place> | undefined {
  if (cursor === undefined) return new Map();
  try {
    return new Map(Object.entries(FileCursor.parse(JSON.parse(cursor)).files));
  } catch {
    return undefined;
  }
}

export function writeCursor(places: ReadonlyMap<string, Place>): Cursor {
  return JSON.stringify({ files: Object.fromEntries(places) });
}

const printLength = 256;

/**
 * A short hash of a file's head and of what stands right before `offset`: the same as long as nobody rewrote what was
 * read. The head alone would miss a file that was emptied and begun again with the same first line.
 */
export async function printOf(handle: FileHandle, offset: number): Promise<string> {
  const length = Math.min(printLength, offset);
  const bytes = Buffer.alloc(2 * length);
  await handle.read(bytes, 0, length, 0);
  await handle.read(bytes, length, length, offset - length);
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
}
