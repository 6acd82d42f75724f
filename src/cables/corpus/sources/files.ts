import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../core/errors.ts';
import { isHidden } from './entry-names.ts';

export type Found =
  { readonly file: string; readonly size: number } | { readonly folder: string; readonly fault: string };

/**
 * The files at and below a path, in order of names. Below it, links are not followed (they may form a circle) and hidden files
 * are skipped. A path that cannot be read is a fault.
 */
export async function* filesAt(path: string, most: { readonly depth: number }): AsyncGenerator<Found> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) yield* filesBelow(path, most.depth);
    else if (found.isFile()) yield { file: path, size: found.size };
    else yield { folder: path, fault: 'neither a file nor a folder' };
  } catch (error) {
    yield { folder: path, fault: messageOf(error) };
  }
}

async function* filesBelow(folder: string, depth: number): AsyncGenerator<Found> {
  if (depth === 0) {
    yield { folder, fault: 'too many folders deep' };
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (isHidden(entry.name)) continue;
    if (entry.isDirectory()) yield* filesBelow(path, depth - 1);
    else if (entry.isFile()) yield { file: path, size: (await stat(path)).size };
  }
}

const chunkBytes = 1024 * 1024;

/** The bytes of a file from an offset on, each chunk in a new buffer. `onRead` gets the length of each. */
export async function* bytesOf(
  path: string,
  from: number,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  await using file: FileHandle = await open(path);
  const { size } = await file.stat();
  const room = Math.min(chunkBytes, Math.max(size - from, 1));
  for (let at = from; ;) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(room), 0, room, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    onRead(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}
