import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../core/errors.ts';

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

/** The bytes of a file, each chunk in a new buffer. `onRead` gets the length of each. */
export async function* bytesOf(
  path: string,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const { size } = await file.stat();
  const room = Math.min(chunkBytes, Math.max(size, 1));
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(room), 0, room);
    if (bytesRead === 0) return;
    onRead(bytesRead);
    yield buffer.subarray(0, bytesRead);
  }
}

/** Why an archive's entry with this name is rejected. Entries are never written to disk, but such names are hostile. */
export function faultOfName(name: string): string | undefined {
  if (name.includes('\0')) return 'its name has a NUL character';
  if (/^(?:[/\\]|[A-Za-z]:)/.test(name)) return 'its name is an absolute path';
  if (name.split(/[/\\]/).includes('..')) return 'its name leads out of the archive (..)';
  return undefined;
}

/** Files that systems create: `.DS_Store`, `.git/...`, `__MACOSX/...`. They are skipped silently. */
export function isHidden(name: string): boolean {
  return name
    .split(/[/\\]/)
    .some((part) => (part.startsWith('.') && part !== '.' && part !== '..') || part === '__MACOSX');
}

const maxLength = 300;

/** The name for a terminal: control characters escaped, cut if longer than any real one. */
export function shownName(name: string): string {
  const cut = name.length > maxLength ? `${name.slice(0, maxLength)}…` : name;
  return cut.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
