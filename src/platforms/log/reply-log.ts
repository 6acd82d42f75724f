import { type FileHandle, stat } from 'node:fs/promises';
import { RetryLater, messageOf } from '../../core/errors.ts';
import type { Notices } from '../platform.ts';
import { endsInNewline, type FoundLog, noteLine, openOrCreate, openPresent } from './found-log.ts';

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
  /** The file as it was found, until the first write. */
  #found: FoundLog | undefined;
  #handle: FileHandle | undefined;
  /** End of the confirmed lines, in bytes. */
  #end: number;
  /** Keys of the confirmed lines. */
  #keys: Set<string>;
  /** Bytes of a failed write may follow the end. */
  #inDoubt = false;
  #waiting: QueuedBytes[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, notices: Notices, found: FoundLog | undefined) {
    this.#path = path;
    this.#notices = notices;
    this.#found = found;
    this.#handle = found?.handle;
    this.#end = found?.end ?? 0;
    this.#keys = found?.keys ?? new Set();
  }

  /** Errors: those of the file system; PermanentError for a file that is not a log. */
  static async open(path: string, notices: Notices): Promise<ReplyLog> {
    return new ReplyLog(path, notices, await openPresent(path));
  }

  /** Concurrent calls share a flush. Errors: RetryLater: the line is surely not in the file. Any other error: it may be. */
  async append(line: object): Promise<void> {
    await this.#enqueue(Buffer.from(`${JSON.stringify(line)}\n`));
  }

  /** True if a confirmed line has this key, and no later one withdraws it. Errors: RetryLater while the rest of a failed write cannot be cut off. */
  async has(key: string): Promise<boolean> {
    if (this.#inDoubt) await this.#enqueue(Buffer.alloc(0));
    return this.#keys.has(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#handle?.close();
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
        await this.#commit(Buffer.concat(batch.map(({ bytes }) => bytes)));
        for (const { bytes, done } of batch) {
          noteLine(bytes, this.#keys);
          done.resolve();
        }
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
  }

  async #commit(bytes: Buffer): Promise<void> {
    const file = await this.#prepare();
    if (bytes.length === 0) return;
    try {
      await file.appendFile(bytes);
      await file.datasync();
      this.#end += bytes.length;
    } catch (error) {
      await this.#rollBack(file, bytes.length, error);
    }
  }

  /** Nothing of the batch is written yet: after an error it is surely not in the file. */
  async #prepare(): Promise<FileHandle> {
    try {
      if (this.#handle && this.#inDoubt) await this.#cutOffFailedWrite(this.#handle);
      const file = await this.#reopenIfMoved();
      if (this.#found) await this.#cutOffTornLine(this.#found);
      this.#found = undefined;
      await this.#skipOtherLines(file);
      return file;
    } catch (error) {
      throw new RetryLater(`${this.#path} cannot be written: ${messageOf(error)}`, retryMs, { cause: error });
    }
  }

  /** The file may have been moved away, or created, since the last write. */
  async #reopenIfMoved(): Promise<FileHandle> {
    const current = this.#handle;
    if (current && (await current.stat()).ino === (await stat(this.#path).catch(() => undefined))?.ino) return current;
    this.#found = await openOrCreate(this.#path);
    this.#handle = this.#found.handle;
    this.#end = this.#found.end;
    this.#keys = this.#found.keys;
    await current?.close();
    return this.#handle;
  }

  /** Cuts only a file that is as it was found: if it has grown since, somebody is writing to it. */
  async #cutOffTornLine({ handle, torn }: FoundLog): Promise<void> {
    if (torn === 0 || (await handle.stat()).size !== this.#end + torn) return;
    await handle.truncate(this.#end);
    await handle.datasync();
    this.#notices.warn(`cut a torn last line (${torn} bytes) off ${this.#path}: that reply was not confirmed`);
  }

  /** Only one process writes to a log, but a person may edit it. */
  async #skipOtherLines(file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    if (size === this.#end) return;
    this.#notices.warn(`something else writes to ${this.#path}: give every bot a log of its own`);
    this.#end = size;
    if (await endsInNewline(file, size)) return;
    await file.appendFile('\n');
    this.#end += 1;
  }

  /** Cuts off a failed write. Only once that has succeeded is the line surely not in the file. */
  async #rollBack(file: FileHandle, length: number, cause: unknown): Promise<never> {
    this.#inDoubt = true;
    try {
      if ((await file.stat()).size > this.#end + length) throw new Error('another process writes to it');
      await this.#cutOffFailedWrite(file);
    } catch (error) {
      const reason = `what was written could not be taken back: ${messageOf(error)}`;
      throw new Error(`${this.#path}: ${messageOf(cause)}; ${reason}`, { cause: error });
    }
    throw new RetryLater(`${this.#path} cannot be written: ${messageOf(cause)}`, retryMs, { cause });
  }

  async #cutOffFailedWrite(file: FileHandle): Promise<void> {
    await file.truncate(this.#end);
    await file.datasync();
    this.#inDoubt = false;
  }
}
