import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';
import type { Cursor } from '../../core/post.ts';

/** Identity and size of a file. */
export const FileIdentity = z.object({
  inode: z.string(),
  size: z.int().min(0),
  /** Modification time: nanoseconds since the Unix epoch, too large for a number. */
  modified: z.string().regex(/^\d{1,20}$/),
});
export type FileIdentity = z.infer<typeof FileIdentity>;

/** Before the first line of the file that was written after this one. No line of it was read yet, so it has no fingerprint. */
const Start = z.object({ after: FileIdentity });

/** Behind a line. `print` identifies the file, or its copy, under any name. */
const Within = z.object({
  inode: z.string(),
  /** Fingerprint of the bytes read: see `fingerprintOf`. */
  print: z.string(),
  offset: z.int().min(1),
  line: z.int().min(0),
  skipping: z.boolean().default(false),
});
export type Within = z.infer<typeof Within>;

/** How far one file has been read. */
const FilePosition = z.union([Start, Within]);
export type FilePosition = z.infer<typeof FilePosition>;

/** Positions by path as configured. */
const FileCursor = z.object({ files: z.record(z.string(), FilePosition.or(z.null()).catch(null)) });

/** The positions of these paths, null for an unreadable one. All are unreadable in a cursor that is not of this platform. */
export function readCursor(cursor: Cursor, paths: readonly string[]): Map<string, FilePosition | null> {
  const { files = Object.fromEntries(paths.map((path) => [path, null])) } =
    FileCursor.safeParse(jsonIn(cursor)).data ?? {};
  return new Map(Object.entries(files).filter(([path]) => paths.includes(path)));
}

export function writeCursor(positions: ReadonlyMap<string, FilePosition>): Cursor {
  return JSON.stringify({ files: Object.fromEntries(positions) });
}

const fingerprintBytes = 256;

/**
 * A short hash of the file's first bytes and of those before `offset`, which is the same until somebody rewrites what was read. The first
 * bytes alone would miss a file that was emptied and begun again with the same first line.
 */
export async function fingerprintOf(handle: FileHandle, offset: number): Promise<string> {
  const length = Math.min(fingerprintBytes, offset);
  const bytes = Buffer.alloc(2 * length);
  await handle.read(bytes, 0, length, 0);
  await handle.read(bytes, length, length, offset - length);
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
}
