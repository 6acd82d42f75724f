import { type FileHandle, stat } from 'node:fs/promises';
import { RetryLater, messageOf } from '../../core/errors.ts';
import type { Notices } from '../platform.ts';
import { endOfLastLine, linesBackwards } from './lines-backwards.ts';
import { type FoundLog, openOrCreate, openPresent } from './whole-file.ts';

const retryMs = 30_000;

/** A file of lines that only grows. What `append` resolved stands on the disk. Before the first `append` nothing is created or cut: a running bot may be at work on the file. */
export interface AppendLog extends AsyncDisposable {
  /** RetryLater: the line is surely not in the file. Any other error: it may be. Calls at the same time share a flush. */
  append(line: string): Promise<void>;
  /** The lines that stand there for good and hold `part` (all, without one), the last first. RetryLater: what a failed write left cannot be cut off yet. */
  linesBackwards(part?: Buffer): AsyncGenerator<readonly Buffer[]>;
}

/** Errors: those of the file system; PermanentError for a file that is something else. */
export async function openAppendLog(path: string, notices: Notices): Promise<AppendLog> {
  /** As it was found, until the first line is written. */
  let found = await openPresent(path);
  let handle: FileHandle | undefined = found?.handle;
  let end = found?.end ?? 0;
  let begun = false;
  let inDoubt = false;
  let waiting: { bytes: Buffer; done: PromiseWithResolvers<void> }[] = [];
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await commit(Buffer.concat(batch.map(({ bytes }) => bytes)));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
  }

  async function commit(bytes: Buffer): Promise<void> {
    if (bytes.length === 0 && !begun) return;
    const file = await prepared();
    if (bytes.length === 0) return;
    try {
      await file.appendFile(bytes);
      await file.datasync();
      end += bytes.length;
    } catch (error) {
      await takeBack(file, bytes.length, error);
    }
  }

  /** Nothing of the batch is written yet: whatever fails here, it is surely not out. */
  async function prepared(): Promise<FileHandle> {
    try {
      if (handle && inDoubt) await cutOffDoubtful(handle);
      const file = await underItsName();
      if (found) await cutOffTorn(found);
      found = undefined;
      await keepUpWithOthers(file);
      begun = true;
      return file;
    } catch (error) {
      throw new RetryLater(`${path} cannot be written: ${messageOf(error)}`, retryMs, { cause: error });
    }
  }

  /** Somebody may have moved the file away, or made it since we looked. */
  async function underItsName(): Promise<FileHandle> {
    if (handle && (await handle.stat()).ino === (await stat(path).catch(() => undefined))?.ino) return handle;
    const moved = handle;
    found = await openOrCreate(path);
    ({ handle, end } = found);
    await moved?.close();
    return handle;
  }

  /** Only what is as it was found: behind a file that has grown since somebody is writing. */
  async function cutOffTorn({ handle: file, torn }: FoundLog): Promise<void> {
    if (torn === 0 || (await file.stat()).size !== end + torn) return;
    await file.truncate(end);
    await file.datasync();
    notices.warn(`cut a torn last line (${torn} bytes) off ${path}: that reply was not confirmed`);
  }

  /** One process writes to a log; a person may edit it all the same. */
  async function keepUpWithOthers(file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    if (size === end) return;
    notices.warn(`something else writes to ${path}: give every bot a log of its own`);
    end = size;
    if ((await endOfLastLine(file, end)) === end) return;
    await file.appendFile('\n');
    end += 1;
  }

  /** Cuts what a failed write left. Only when that is certain, the line is surely not out. */
  async function takeBack(file: FileHandle, length: number, cause: unknown): Promise<never> {
    inDoubt = true;
    try {
      if ((await file.stat()).size > end + length) throw new Error('another process writes to it');
      await cutOffDoubtful(file);
    } catch (error) {
      const message = `${path}: ${messageOf(cause)}; what was written could not be taken back: ${messageOf(error)}`;
      throw new Error(message, { cause: error });
    }
    throw new RetryLater(`${path} cannot be written: ${messageOf(cause)}`, retryMs, { cause });
  }

  async function cutOffDoubtful(file: FileHandle): Promise<void> {
    await file.truncate(end);
    await file.datasync();
    inDoubt = false;
  }

  /** In one row with all others, so that no cut can hit what another has just written. */
  function enqueue(bytes: Buffer): Promise<void> {
    const done = Promise.withResolvers<void>();
    waiting.push({ bytes, done });
    writing ??= writeAll().finally(() => (writing = undefined));
    return done.promise;
  }

  return {
    append: (line) => enqueue(Buffer.from(`${line}\n`)),
    async *linesBackwards(part) {
      await enqueue(Buffer.alloc(0));
      if (handle) yield* linesBackwards(handle, end, part);
    },
    [Symbol.asyncDispose]: async () => {
      await writing;
      await handle?.close();
    },
  };
}
