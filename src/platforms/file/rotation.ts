import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isNoSuchFile } from '../../core/errors.ts';
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
  await using opened = new AsyncDisposableStack();
  // Without O_NONBLOCK, opening a named pipe waits for its writer.
  const handle = opened.use(await open(path, constants.O_RDONLY | constants.O_NONBLOCK));
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) throw new Error('not a regular file');
  const kept = opened.move();
  return { path, handle, ...identityOf(stats), [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** What the folder says of the file without opening it. */
export async function identify(path: string): Promise<FileIdentity> {
  return identityOf(await stat(path, { bigint: true }));
}

/** Whether what was read up to `place` still stands in this file. */
export async function isBehind(file: OpenFile, { offset, print }: Pick<Within, 'offset' | 'print'>): Promise<boolean> {
  const { size } = await file.handle.stat();
  return size >= offset && (await printOf(file.handle, offset)) === print;
}

/**
 * Whether this file is what comes at `place`. It may have taken the name of another before it was opened, or have been copied, emptied and
 * begun anew since: then it is the other, or the copy, that comes there.
 */
export async function isNext(file: OpenFile, place: Place, path: string): Promise<boolean> {
  if (!('after' in place)) return await isBehind(file, place);
  const next = await successorOf(path, place.after);
  return next === undefined || next.inode === file.inode;
}

/** The file in which `place` is, whatever it is called by now. Errors: those of the file system, and files that are renamed too fast. */
export async function openAt(path: string, place: Within): Promise<OpenFile | undefined> {
  await using held = new AsyncDisposableStack();
  const current = await openBehind(path, place);
  if (current === undefined || current.inode === place.inode) return current ?? (await openRotated(path, place));
  held.use(current);
  // Two files may begin with the same lines, and this one was not the one that was read.
  const rotated = await openRotated(path, place);
  if (rotated?.inode === place.inode) return rotated;
  await rotated?.[Symbol.asyncDispose]();
  held.move();
  return current;
}

async function openRotated(path: string, place: Within): Promise<OpenFile | undefined> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const rotated = await siblings(path);
    const itself = rotated.filter(({ inode }) => inode === place.inode);
    for (const { path: sibling } of [...itself, ...rotated.filter((file) => !itself.includes(file))]) {
      const file = await openBehind(sibling, place);
      if (file !== undefined) return file;
    }
    // Else it may have taken a name that was looked at before.
    if (isSame(rotated, await siblings(path))) return undefined;
  }
  throw new Error(tooFast);
}

async function openBehind(path: string, place: Within): Promise<OpenFile | undefined> {
  await using opened = new AsyncDisposableStack();
  const file = await unlessGone(openFile(path));
  if (file === undefined) return undefined;
  opened.use(file);
  if (!(await isBehind(file, place))) return undefined;
  opened.move();
  return file;
}

/** What was written after a file, see `successorOf`. Files may take other names meanwhile: `isNext` tells whether it is the one. */
export async function openSuccessor(path: string, after: FileIdentity): Promise<OpenFile | undefined> {
  const successor = await successorOf(path, after);
  return successor && (await unlessGone(openFile(successor.path)));
}

/** When the last of the rotated files was written, in the form of `modified`. */
export async function lastRotation(path: string): Promise<string> {
  const times = (await siblings(path)).map(({ modified }) => BigInt(modified));
  return times.reduce((last, time) => (time > last ? time : last), 0n).toString();
}

/** The oldest file that was rotated later, else what stands under `path` now. Undefined while that is missing or empty. */
async function successorOf(path: string, after: FileIdentity): Promise<NamedFile | undefined> {
  const current = await unlessGone(identify(path));
  const later = (await settledSiblings(path)).filter(
    (file) => isNumbered(path, file.path) && file.inode !== current?.inode && file.size > 0 && isLater(file, after),
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
      const identity = await unlessGone(identify(sibling));
      return identity && { path: sibling, ...identity };
    });
  return (await Promise.all(files)).filter((file) => file !== undefined);
}

/** `posts.jsonl.2`, `posts.jsonl-20261123`, `posts.jsonl.2026-11-23`: as logrotate and others name them. */
function isNumbered(path: string, sibling: string): boolean {
  const own = basename(path);
  const name = basename(sibling);
  return name.startsWith(own) && /^[.-]\d[\d._-]{0,30}$/.test(name.slice(own.length));
}

/** Files of a folder come and go while it is read. What is there and cannot be read is another matter: its lines are not to be passed over. */
async function unlessGone<T>(attempt: Promise<T>): Promise<T | undefined> {
  try {
    return await attempt;
  } catch (error) {
    if (isNoSuchFile(error)) return undefined;
    throw error;
  }
}
