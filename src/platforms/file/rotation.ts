import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FileIdentity, type Place, printOf, type Within } from './cursor.ts';

/** A file under a name that it may lose at any moment. */
interface NamedFile extends FileIdentity {
  readonly path: string;
}

/** A file that is open, and what it was when it was opened. */
export interface OpenFile extends NamedFile, AsyncDisposable {
  readonly handle: FileHandle;
}

/** So often a folder is looked at again whose files are being renamed. */
const attempts = 100;
const tooFast = 'the files beside it are renamed faster than they can be read';

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

/** Whether what was read up to `place` still stands in this file. */
export async function isBehind(file: OpenFile, { offset, print }: Within): Promise<boolean> {
  const { size } = await file.handle.stat();
  return size >= offset && (await printOf(file.handle, offset)) === print;
}

/**
 * Whether what was just read of this file from `place` on is what comes there. A file may have taken the name of another before it was
 * opened, or have been copied, emptied and begun anew since: then it is the other, or the copy, that comes there.
 */
export async function isNext(file: OpenFile, place: Place, path: string): Promise<boolean> {
  if (!('after' in place)) return await isBehind(file, place);
  const next = await successorOf(path, place.after);
  return next === undefined || next.inode === file.inode;
}

/** The file that was read up to `place`, under whatever name it has now. Errors: files are renamed faster than they can be looked at. */
export async function findRotated(path: string, place: Within): Promise<OpenFile | undefined> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const rotated = await siblings(path);
    for (const sibling of rotated) {
      const file = await quietly(openFile(sibling.path));
      if (file === undefined) continue;
      if (await isBehind(file, place)) return file;
      await file[Symbol.asyncDispose]();
    }
    if (isSame(rotated, await siblings(path))) return undefined;
  }
  throw new Error(tooFast);
}

/** What was written after a file, see `successorOf`. Files may take other names meanwhile: `isNext` tells whether it is the one. */
export async function openSuccessor(path: string, after: FileIdentity): Promise<OpenFile | undefined> {
  const successor = await successorOf(path, after);
  return successor && (await quietly(openFile(successor.path)));
}

/** Before the first line of a file that is seen for the first time: what was rotated until now is none of its own. */
export async function beginningOf(file: OpenFile): Promise<FileIdentity> {
  const last = (await siblings(file.path)).reduce(
    (latest, { modified }) => (BigInt(modified) > BigInt(latest) ? modified : latest),
    file.modified,
  );
  return { inode: file.inode, size: 0, modified: last };
}

/** The oldest file that was rotated later, else what stands under `path` now. Undefined while that is missing or empty. */
async function successorOf(path: string, after: FileIdentity): Promise<NamedFile | undefined> {
  const current = await quietly(identify(path));
  const later = (await settledSiblings(path)).filter(
    (file) => isNumbered(path, file.path) && file.inode !== current?.inode && isLater(file, after),
  );
  const [oldest] = later.toSorted((a, b) => (BigInt(a.modified) < BigInt(b.modified) ? -1 : 1));
  if (oldest !== undefined) return oldest;
  return current !== undefined && current.size > 0 ? { path, ...current } : undefined;
}

/** Written later, or the same one with more in it. */
function isLater(file: FileIdentity, after: FileIdentity): boolean {
  return BigInt(file.modified) > BigInt(after.modified) || (file.inode === after.inode && file.size > after.size);
}

function identityOf({ ino, size, mtimeNs }: BigIntStats): FileIdentity {
  return { inode: ino.toString(), size: Number(size), modified: mtimeNs.toString() };
}

/** All of them, under names that they had at one time: a look may miss a file that takes a name which was looked at already. */
async function settledSiblings(path: string): Promise<NamedFile[]> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const files = await siblings(path);
    if (isSame(files, await siblings(path))) return files;
  }
  throw new Error(tooFast);
}

function isSame(some: readonly NamedFile[], others: readonly NamedFile[]): boolean {
  const named = (files: readonly NamedFile[]) =>
    files
      .map(({ path, inode }) => `${inode} ${path}`)
      .toSorted()
      .join('\n');
  return named(some) === named(others);
}

/** Files whose names begin like the file's own: `posts.jsonl.1`, `posts-2026.jsonl`. */
async function siblings(path: string): Promise<NamedFile[]> {
  const own = basename(path);
  const stem = own.split('.')[0] ?? own;
  const entries = await readdir(dirname(path), { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== own && entry.name.startsWith(stem === '' ? own : stem))
    .map(async ({ name }) => {
      const sibling = join(dirname(path), name);
      const identity = await quietly(identify(sibling));
      return identity && { path: sibling, ...identity };
    });
  return (await Promise.all(files)).filter((file) => file !== undefined);
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
