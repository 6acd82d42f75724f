import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isNoSuchFile } from '../../core/errors.ts';
import { type FileIdentity, type FilePosition, fingerprintOf, type Within } from './cursor.ts';

/** A file and its present name, which may change at any moment. */
interface NamedFile extends FileIdentity {
  readonly path: string;
}

/** An open file, and its identity when it was opened. */
export interface OpenFile extends NamedFile, AsyncDisposable {
  readonly handle: FileHandle;
}

/** How often to list a folder again while its files are renamed. */
const attempts = 100;
const tooFast = 'the files beside it are renamed faster than they can be listed';

/** Errors: those of the file system; an Error unless it is a regular file (others may never end, or block). */
export async function openFile(path: string): Promise<OpenFile> {
  await using opened = new AsyncDisposableStack();
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const handle = opened.use(await open(path, constants.O_RDONLY | constants.O_NONBLOCK));
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) throw new Error('not a regular file');
  const owned = opened.move();
  return { path, handle, ...identityOf(stats), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The identity of a file, without opening it. */
export async function identify(path: string): Promise<FileIdentity> {
  return identityOf(await stat(path, { bigint: true }));
}

/** True if the bytes that were read up to `position` are still in this file. */
export async function isBehind(file: OpenFile, { offset, print }: Pick<Within, 'offset' | 'print'>): Promise<boolean> {
  const { size } = await file.handle.stat();
  return size >= offset && (await fingerprintOf(file.handle, offset)) === print;
}

/**
 * True if this file is the one to read at `position`. False if it took the name of another file before it was opened, or has since been copied,
 * emptied and begun again: then the other file, or the copy, is the one to read.
 */
export async function isNext(file: OpenFile, position: FilePosition, path: string): Promise<boolean> {
  if (!('after' in position)) return await isBehind(file, position);
  const next = await successorOf(path, position.after);
  return next === undefined || next.inode === file.inode;
}

/** Opens the file of `position`, under any name. Errors: those of the file system; an Error if files are renamed too fast. */
export async function openAt(path: string, position: Within): Promise<OpenFile | undefined> {
  await using held = new AsyncDisposableStack();
  const current = await openBehind(path, position);
  if (current === undefined || current.inode === position.inode) return current ?? (await openRotated(path, position));
  held.use(current);
  // Two files may begin with the same lines, and this is not the one that was read.
  const rotated = await openRotated(path, position);
  if (rotated?.inode === position.inode) return rotated;
  await rotated?.[Symbol.asyncDispose]();
  held.move();
  return current;
}

async function openRotated(path: string, position: Within): Promise<OpenFile | undefined> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const rotated = await siblings(path);
    const itself = rotated.filter(({ inode }) => inode === position.inode);
    for (const { path: sibling } of [...itself, ...rotated.filter((file) => !itself.includes(file))]) {
      const file = await openBehind(sibling, position);
      if (file !== undefined) return file;
    }
    // If the folder changed, the file may have taken a name that was tried before.
    if (isSame(rotated, await siblings(path))) return undefined;
  }
  throw new Error(tooFast);
}

async function openBehind(path: string, position: Within): Promise<OpenFile | undefined> {
  await using opened = new AsyncDisposableStack();
  const file = opened.use(await ifPresent(openFile(path)));
  if (file === undefined || !(await isBehind(file, position))) return undefined;
  opened.move();
  return file;
}

/** The file that was written after another, see `successorOf`. Files may be renamed meanwhile: check it with `isNext`. */
export async function openSuccessor(path: string, after: FileIdentity): Promise<OpenFile | undefined> {
  const successor = await successorOf(path, after);
  return successor && (await ifPresent(openFile(successor.path)));
}

/** The latest modification time of the rotated files, in the form of `modified`. */
export async function lastRotation(path: string): Promise<string> {
  const times = (await siblings(path)).map(({ modified }) => BigInt(modified));
  return times.reduce((last, time) => (time > last ? time : last), 0n).toString();
}

/** The oldest file that was rotated later, else the one under `path` now. Undefined while that is missing or empty. */
async function successorOf(path: string, after: FileIdentity): Promise<NamedFile | undefined> {
  const current = await ifPresent(identify(path));
  const later = (await settledSiblings(path)).filter(
    (file) => isNumbered(path, file.path) && file.inode !== current?.inode && file.size > 0 && isLater(file, after),
  );
  const [oldest] = later.toSorted((a, b) => (BigInt(a.modified) < BigInt(b.modified) ? -1 : 1));
  if (oldest !== undefined) return oldest;
  return current !== undefined && current.size > 0 ? { path, ...current } : undefined;
}

/** True if the file was written later, or is the same file and has grown. */
function isLater(file: FileIdentity, after: FileIdentity): boolean {
  return BigInt(file.modified) > BigInt(after.modified) || (file.inode === after.inode && file.size > after.size);
}

function identityOf({ ino, size, mtimeNs }: BigIntStats): FileIdentity {
  return { inode: ino.toString(), size: Number(size), modified: mtimeNs.toString() };
}

/** A consistent list of the siblings: a single listing may miss a file that is renamed to a name already listed. */
async function settledSiblings(path: string): Promise<NamedFile[]> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const files = await siblings(path);
    if (isSame(files, await siblings(path))) return files;
  }
  throw new Error(tooFast);
}

function isSame(some: readonly NamedFile[], others: readonly NamedFile[]): boolean {
  const named = (files: readonly NamedFile[]) => new Set(files.map(({ path, inode }) => `${inode} ${path}`));
  return named(some).symmetricDifference(named(others)).size === 0;
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
      const identity = await ifPresent(identify(sibling));
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

/** Undefined: the file has disappeared meanwhile. Errors: any other, since the lines of an unreadable file must not be skipped. */
async function ifPresent<T>(attempt: Promise<T>): Promise<T | undefined> {
  try {
    return await attempt;
  } catch (error) {
    if (isNoSuchFile(error)) return undefined;
    throw error;
  }
}
