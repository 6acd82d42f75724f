import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isNoSuchFile, PermanentError } from '../../core/errors.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { splitLines } from '../../core/text/lines.ts';

/** A log as it was found: complete lines up to `end`, then `torn` bytes of an incomplete one. */
export interface FoundLog {
  readonly handle: FileHandle;
  readonly end: number;
  readonly torn: number;
  /** Keys of the replies in it that were not withdrawn. */
  readonly keys: Set<string>;
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
  if (found.end + found.torn === 0) {
    await using folder = await open(dirname(path), 'r');
    await folder.sync();
  }
  return found;
}

const LogLine = z.union([z.object({ key: z.string() }), z.object({ withdrawn: z.string() })]);

/** Adds the key of a line, or removes the one that it withdraws: the last line of a key counts. A person may have edited it into something else. */
export function noteLine(line: Buffer, keys: Set<string>): void {
  const { data } = LogLine.safeParse(jsonIn(line.toString()));
  if (data === undefined) return;
  if ('key' in data) keys.add(data.key);
  else keys.delete(data.withdrawn);
}

const newline = 0x0a;

async function inspect(handle: FileHandle, path: string): Promise<FoundLog> {
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new PermanentError(`${path} is not a regular file: a log of replies must be one`);
    const first = await byteAt(handle, 0);
    if (first !== undefined && first !== 0x7b && first !== newline)
      throw new PermanentError(`${path} is not a log of replies: not touched`);
    const lines = await readLines(handle, stats.size);
    // Lines found here count as sent, whoever wrote them: make them durable.
    await handle.sync();
    return { handle, ...lines, torn: stats.size - lines.end };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const chunkBytes = 262_144;
/** Replies are short: a longer line is not ours, and is not kept in one piece. */
const maxLineBytes = 16 * 1024 * 1024;

async function readLines(handle: FileHandle, size: number): Promise<Pick<FoundLog, 'end' | 'keys'>> {
  const keys = new Set<string>();
  const splitter = splitLines(maxLineBytes);
  const chunk = Buffer.alloc(chunkBytes);
  let [read, at, end] = [0, 0, 0];
  while (read < size) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunkBytes, size - read), read);
    if (bytesRead === 0) break;
    read += bytesRead;
    for (const piece of splitter.push(chunk.subarray(0, bytesRead))) {
      at += piece.length;
      if (piece.kind === 'line') noteLine(piece.bytes, keys);
      if (piece.kind === 'line' || (piece.kind === 'skipped' && piece.ended)) end = at;
    }
  }
  return { end, keys };
}

/** True unless the last line of a file of this size lacks its newline. */
export async function endsInNewline(handle: FileHandle, size: number): Promise<boolean> {
  return (await byteAt(handle, size - 1)) === newline;
}

/** Undefined behind the end. */
async function byteAt(handle: FileHandle, position: number): Promise<number | undefined> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, position);
  return bytesRead === 0 ? undefined : buffer[0];
}
