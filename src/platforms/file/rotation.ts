import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Place, printOf } from './cursor.ts';

export interface FileIdentity {
  readonly inode: string;
  readonly size: number;
  /** Nanoseconds since the Unix epoch. */
  readonly modified: bigint;
}

/** A file that is open, and what it was when it was opened. */
export interface OpenFile extends FileIdentity, AsyncDisposable {
  readonly path: string;
  readonly handle: FileHandle;
}

/** Errors: those of the file system; an Error for what is not a regular file (it might never end, or block). */
export async function openFile(path: string): Promise<OpenFile> {
  // Without O_NONBLOCK, opening a named pipe waits for its writer.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) {
    await handle.close();
    throw new Error('not a regular file');
  }
  return { path, handle, ...identityOf(stats), [Symbol.asyncDispose]: () => handle.close() };
}

/** What the folder says of the file without opening it. */
export async function identify(path: string): Promise<FileIdentity> {
  return identityOf(await stat(path, { bigint: true }));
}

/** Whether `place` is a place in this file: what was read of it still stands there. */
export async function isSameFile(file: OpenFile, place: Place): Promise<boolean> {
  if (place.offset === 0) return file.inode === place.inode;
  return file.size >= place.offset && (await printOf(file.handle, place.offset)) === place.print;
}

/** The file that was read under `path` and goes by another name in the same folder now, or was copied there before it was emptied. */
export async function findRotated(path: string, place: Place): Promise<OpenFile | undefined> {
  for (const sibling of await siblings(path)) {
    const file = await quietly(openFile(sibling));
    if (file === undefined) continue;
    if (await isSameFile(file, place)) return file;
    await file[Symbol.asyncDispose]();
  }
  return undefined;
}

/** The file that came after a rotated one: the oldest that was rotated later, else what stands under `path` now. Undefined while that is missing or empty. */
export async function findSuccessor(path: string, rotated: FileIdentity): Promise<OpenFile | undefined> {
  const current = await quietly(identify(path));
  const later: { path: string; modified: bigint }[] = [];
  for (const sibling of await siblings(path)) {
    const file = isNumbered(path, sibling) ? await quietly(identify(sibling)) : undefined;
    if (file === undefined || file.inode === current?.inode || file.inode === rotated.inode) continue;
    if (file.modified > rotated.modified) later.push({ path: sibling, modified: file.modified });
  }
  const oldest = later.toSorted((a, b) => (a.modified < b.modified ? -1 : 1))[0];
  if (oldest !== undefined) return await quietly(openFile(oldest.path));
  return current !== undefined && current.size > 0 ? await quietly(openFile(path)) : undefined;
}

function identityOf({ ino, size, mtimeNs }: BigIntStats): FileIdentity {
  return { inode: ino.toString(), size: Number(size), modified: mtimeNs };
}

/** Names that begin like the file's own: `posts.jsonl.1`, `posts-2026.jsonl`. */
async function siblings(path: string): Promise<string[]> {
  const own = basename(path);
  const stem = own.split('.')[0] ?? own;
  const entries = await readdir(dirname(path), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== own && entry.name.startsWith(stem === '' ? own : stem))
    .map((entry) => join(dirname(path), entry.name));
}

/** `posts.jsonl.2`, `posts.jsonl-20261123`: as logrotate names them. */
function isNumbered(path: string, sibling: string): boolean {
  const own = basename(path);
  const name = basename(sibling);
  return name.startsWith(own) && /^[.-]\d{1,20}$/.test(name.slice(own.length));
}

/** Files of a folder come and go while it is read. */
async function quietly<T>(attempt: Promise<T>): Promise<T | undefined> {
  try {
    return await attempt;
  } catch {
    return undefined;
  }
}
