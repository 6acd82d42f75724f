import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';

/** A file, and how much there was of it. */
export const FileIdentity = z.object({
  inode: z.string(),
  size: z.int().min(0),
  /** When it was last written: nanoseconds since the Unix epoch, which no number holds. */
  modified: z.string().regex(/^\d{1,20}$/),
});
export type FileIdentity = z.infer<typeof FileIdentity>;

/** Before the first line of whatever was written later than a file, which is not to be told by its lines yet. */
const Start = z.object({ after: FileIdentity });
export type Start = z.infer<typeof Start>;

/** Behind a line. `print` tells the file, whatever it is called by now, or which copy of it that is. */
const Within = z.object({
  inode: z.string(),
  /** Of the bytes read: see `printOf`. */
  print: z.string(),
  offset: z.int().min(1),
  line: z.int().min(0),
  skipping: z.boolean().default(false),
});
export type Within = z.infer<typeof Within>;

/** How far one file has been read. */
const Place = z.union([Start, Within]);
export type Place = z.infer<typeof Place>;

/** Places by path as configured. */
const FileCursor = z.object({ files: z.record(z.string(), z.unknown()) });

/** Places that can be read, and the paths of those that cannot. Undefined: not a cursor of this platform. */
export function readCursor(cursor: Cursor): { places: Map<string, Place>; unread: string[] } | undefined {
  const places = new Map<string, Place>();
  const unread: string[] = [];
  try {
    for (const [path, written] of Object.entries(FileCursor.parse(JSON.parse(cursor)).files)) {
      const { data } = Place.safeParse(written);
      if (data === undefined) unread.push(path);
      else places.set(path, data);
    }
  } catch {
    return undefined;
  }
  return { places, unread };
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
