import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNoSuchFile, PermanentError } from '../../core/errors.ts';
import { endOfLastLine } from './lines-backwards.ts';

const newline = 0x0a;

/** A log as it was found: complete lines up to `end`, then `torn` bytes of an incomplete one. */
export interface FoundLog {
  readonly handle: FileHandle;
  readonly end: number;
  readonly torn: number;
}

/** Opens a log for reading and appending; undefined if there is none. Errors: those of the file system; PermanentError for a file that is not a log. */
export async function openPresent(path: string): Promise<FoundLog | undefined> {
  const handle = await open(path, constants.O_RDWR | constants.O_APPEND).catch((error: unknown) => {
    if (isNoSuchFile(error)) return undefined;
    throw error;
  });
  return handle && (await inspect(handle, path));
}

/** The same, but creates a missing log. */
export async function openOrCreate(path: string): Promise<FoundLog> {
  await mkdir(dirname(path), { recursive: true });
  const found = await inspect(await open(path, 'a+'), path);
  // The name of a new file is on the disk only once its folder is synced.
  if (found.end + found.torn === 0) await syncFolder(path);
  return found;
}

async function inspect(handle: FileHandle, path: string): Promise<FoundLog> {
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new PermanentError(`${path} is not a regular file: a log of replies must be one`);
    const { size } = stats;
    if (size > 0 && !(await looksLikeLog(handle))) {
      throw new PermanentError(`${path} is not a log of replies: not touched`);
    }
    const end = await endOfLastLine(handle, size);
    // Lines found here count as sent, whoever wrote them: make them durable.
    await handle.sync();
    return { handle, end, torn: size - end };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function looksLikeLog(handle: FileHandle): Promise<boolean> {
  const first = Buffer.alloc(1);
  await handle.read(first, 0, 1, 0);
  return first[0] === 0x7b || first[0] === newline;
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}
