import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isNoSuchFile, messageOf, PermanentError, RetryLater, storageFault } from '../../core/errors.ts';
import { deletedKey } from '../../core/post.ts';
import type { ChoosePurged, Notices } from '../platform.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { linesIn, purgeLines } from './purge-lines.ts';

const retryMs = 30_000;

interface QueuedBytes {
  readonly bytes: Buffer;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * An append-only file of replies, one JSON object a line. Once `append` resolves, the line is on the disk. Before the first `append` it
 * creates and cuts nothing: a running bot may be writing to the file.
 */
export class ReplyLog implements AsyncDisposable {
  readonly #path: string;
  readonly #notices: Notices;
  /** Undefined: there is none yet. */
  #log: OpenLog | undefined;
  /** Bytes of a failed write may follow the end. */
  #inDoubt = false;
  #waiting: QueuedBytes[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, notices: Notices, log: OpenLog | undefined) {
    this.#path = path;
    this.#notices = notices;
    this.#log = log;
  }

  /** Errors: those of the file system; PermanentError for a file that is not a log. */
  static async open(path: string, notices: Notices): Promise<ReplyLog> {
    return new ReplyLog(path, notices, await openPresent(path));
  }

  /** Concurrent calls share a flush. Errors: RetryLater: the line is surely not in the file. Any other error: it may be. */
  async append(line: object): Promise<void> {
    await this.#enqueue(Buffer.from(`${JSON.stringify(line)}\n`));
  }

  /** True if a confirmed line has this key or its hash, and no later one withdraws it. Errors: RetryLater while the rest of a failed write cannot be cut off. */
  async has(key: string): Promise<boolean> {
    if (this.#inDoubt) await this.#enqueue(Buffer.alloc(0));
    return this.#log?.keys.has(key) === true || this.#log?.keys.has(deletedKey(key)) === true;
  }

  /** Removes the content of the replies that `choose` names. A line with the hash of their key follows first, so that `has` still knows them. */
  async purge(choose: ChoosePurged, at: string, signal: AbortSignal): Promise<void> {
    if (this.#log === undefined) return;
    const remember = async (keys: readonly string[]) => {
      await Promise.all(keys.map((key) => this.append({ erased: deletedKey(key), at })));
    };
    await purgeLines(this.#path, { choose, remember, signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#log?.handle.close();
  }

  /** Writes one batch after the other, so that cutting off a failed write never hits a later one. */
  #enqueue(bytes: Buffer): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, done });
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
    return done.promise;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const { keys } = await this.#commit(Buffer.concat(batch.map(({ bytes }) => bytes)));
        for (const { bytes, done } of batch) {
          noteLine(bytes, keys);
          done.resolve();
        }
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
  }

  async #commit(bytes: Buffer): Promise<OpenLog> {
    const log = await this.#prepare();
    if (bytes.length === 0) return log;
    try {
      await log.handle.appendFile(bytes);
      await log.handle.datasync();
      log.end += bytes.length;
      return log;
    } catch (error) {
      return await this.#rollBack(log, bytes.length, error);
    }
  }

  /** Nothing of the batch is written yet: after an error it is surely not in the file. */
  async #prepare(): Promise<OpenLog> {
    try {
      if (this.#log && this.#inDoubt) await this.#cutOffFailedWrite(this.#log);
      const log = await this.#reopenIfMoved();
      await this.#cutOffTornLine(log);
      await this.#skipOtherLines(log);
      return log;
    } catch (error) {
      throw new RetryLater(`${this.#path} cannot be written: ${storageFault(error) ?? messageOf(error)}`, retryMs, {
        cause: error,
      });
    }
  }

  /** The file may have been moved away, or created, since the last write. */
  async #reopenIfMoved(): Promise<OpenLog> {
    const current = this.#log;
    const named = await stat(this.#path).catch(() => undefined);
    if (current && (await current.handle.stat()).ino === named?.ino) return current;
    this.#log = await openOrCreate(this.#path);
    await current?.handle.close();
    return this.#log;
  }

  /** Cuts only a file that is as it was found: if it has grown since, somebody is writing to it. */
  async #cutOffTornLine(log: OpenLog): Promise<void> {
    const { handle, end, torn } = log;
    if (torn > 0 && (await handle.stat()).size === end + torn) {
      await handle.truncate(end);
      await handle.datasync();
      this.#notices.warn(`cut a torn last line (${torn} bytes) off ${this.#path}: that reply was not confirmed`);
    }
    log.torn = 0;
  }

  /** Only one process writes to a log, but a person may edit it, and leave its last line without a newline. */
  async #skipOtherLines(log: OpenLog): Promise<void> {
    const { size } = await log.handle.stat();
    if (size === log.end) return;
    this.#notices.warn(`something else writes to ${this.#path}: give every bot a log of its own`);
    log.end = size;
    if ((await byteAt(log.handle, size - 1)) === newline) return;
    await log.handle.appendFile('\n');
    log.end += 1;
  }

  /** Cuts off a failed write. Only once that has succeeded is the line surely not in the file. */
  async #rollBack(log: OpenLog, length: number, cause: unknown): Promise<never> {
    this.#inDoubt = true;
    try {
      if ((await log.handle.stat()).size > log.end + length) throw new Error('another process writes to it');
      await this.#cutOffFailedWrite(log);
    } catch (error) {
      const reason = `what was written could not be taken back: ${messageOf(error)}`;
      throw new Error(`${this.#path}: ${messageOf(cause)}; ${reason}`, { cause: error });
    }
    throw new RetryLater(`${this.#path} cannot be written: ${storageFault(cause) ?? messageOf(cause)}`, retryMs, {
      cause,
    });
  }

  async #cutOffFailedWrite({ handle, end }: OpenLog): Promise<void> {
    await handle.truncate(end);
    await handle.datasync();
    this.#inDoubt = false;
  }
}

/** An open log: complete lines up to `end`, in bytes, then `torn` bytes of an incomplete one as it was found. */
interface OpenLog {
  readonly handle: FileHandle;
  end: number;
  torn: number;
  /** Keys of the replies in it that were not withdrawn. */
  readonly keys: Set<string>;
}

/** Opens a log for reading and appending; undefined if there is none. Errors: those of the file system; PermanentError for a file that is not a log. */
export async function openPresent(path: string): Promise<OpenLog | undefined> {
  const handle = await open(path, constants.O_RDWR | constants.O_APPEND).catch((error: unknown) => {
    if (isNoSuchFile(error)) return undefined;
    throw error;
  });
  return handle && (await inspect(handle, path));
}

async function openOrCreate(path: string): Promise<OpenLog> {
  await mkdir(dirname(path), { recursive: true });
  const found = await inspect(await open(path, 'a+'), path);
  // The name of a new file is on the disk only once its folder is synced.
  if (found.end + found.torn === 0) {
    await using folder = await open(dirname(path), 'r');
    await folder.sync();
  }
  return found;
}

const LogLine = z.union([
  z.object({ key: z.string() }),
  z.object({ erased: z.string() }).transform(({ erased: key }) => ({ key })),
  z.object({ withdrawn: z.string() }),
]);

/** Adds the key of a line, or removes the one that it withdraws: the last line of a key counts. A person may have edited it into something else. */
function noteLine(line: Buffer, keys: Set<string>): void {
  const { data } = LogLine.safeParse(jsonIn(line.toString()));
  if (data === undefined) return;
  if ('key' in data) keys.add(data.key);
  else for (const key of [data.withdrawn, deletedKey(data.withdrawn)]) keys.delete(key);
}

const newline = 0x0a;

async function inspect(handle: FileHandle, path: string): Promise<OpenLog> {
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

async function readLines(handle: FileHandle, size: number): Promise<Pick<OpenLog, 'end' | 'keys'>> {
  const keys = new Set<string>();
  let end = 0;
  for await (const line of linesIn(handle, size)) {
    noteLine(line.bytes, keys);
    end = line.end;
  }
  return { end, keys };
}

/** Undefined behind the end. */
async function byteAt(handle: FileHandle, position: number): Promise<number | undefined> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, position);
  return bytesRead === 0 ? undefined : buffer[0];
}
