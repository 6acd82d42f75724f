import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PermanentError, RetryLater, messageOf } from '../../core/errors.ts';
import type { Notices } from '../platform.ts';
import { endOfLastLine, linesBackwards } from './lines-backwards.ts';

const newline = 0x0a;
const retryMs = 30_000;

/** A file of lines that only grows. What `append` resolved stands on the disk; what is torn is cut off at the start. */
export interface AppendLog extends AsyncDisposable {
  /** RetryLater: the line is surely not in the file. Any other error: it may be. Calls at the same time share a flush. */
  append(line: string): Promise<void>;
  /** All lines that stand there for good, the last first. RetryLater: what a failed write left cannot be cut off yet. */
  linesBackwards(): AsyncGenerator<readonly Buffer[]>;
}

/** Errors: those of the file system; PermanentError for a file that is something else. */
export async function openAppendLog(path: string, notices: Notices): Promise<AppendLog> {
  await mkdir(dirname(path), { recursive: true });
  let handle = await openWhole(path, notices);
  let end = (await handle.stat()).size;
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
    await prepare();
    if (bytes.length === 0) return;
    try {
      await handle.appendFile(bytes);
      await handle.datasync();
      end += bytes.length;
    } catch (error) {
      await takeBack(bytes.length, error);
    }
  }

  /** Nothing of the batch is written yet: whatever fails here, it is surely not out. */
  async function prepare(): Promise<void> {
    try {
      await cutOffDoubtful();
      await keepUpWithOthers();
    } catch (error) {
      throw new RetryLater(`${path} cannot be written: ${messageOf(error)}`, retryMs, { cause: error });
    }
  }

  /** Cuts what a failed write left. Only when that is certain, the line is surely not out. */
  async function takeBack(length: number, cause: unknown): Promise<never> {
    inDoubt = true;
    try {
      if ((await handle.stat()).size > end + length) throw new Error('another process writes to it');
      await cutOffDoubtful();
    } catch (error) {
      const message = `${path}: ${messageOf(cause)}; what was written could not be taken back: ${messageOf(error)}`;
      throw new Error(message, { cause: error });
    }
    throw new RetryLater(`${path} cannot be written: ${messageOf(cause)}`, retryMs, { cause });
  }

  async function cutOffDoubtful(): Promise<void> {
    if (!inDoubt) return;
    await handle.truncate(end);
    await handle.datasync();
    inDoubt = false;
  }

  /** One process writes to a log; a person may move it away or edit it all the same. */
  async function keepUpWithOthers(): Promise<void> {
    const [here, there] = [await handle.stat(), await stat(path).catch(() => undefined)];
    if (here.ino !== there?.ino) {
      const moved = handle;
      handle = await openWhole(path, notices);
      end = (await handle.stat()).size;
      await moved.close();
    } else if (here.size !== end) {
      notices.warn(`something else writes to ${path}: give every bot a log of its own`);
      end = here.size;
      if ((await endOfLastLine(handle, end)) !== end) {
        await handle.appendFile('\n');
        end += 1;
      }
    }
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
    async *linesBackwards() {
      await enqueue(Buffer.alloc(0));
      yield* linesBackwards(handle, end);
    },
    [Symbol.asyncDispose]: async () => {
      await writing;
      await handle.close();
    },
  };
}

/** The file with whole lines only, all of them on the disk. */
async function openWhole(path: string, notices: Notices): Promise<FileHandle> {
  const handle = await open(path, 'a+');
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new PermanentError(`${path} is not a regular file: a log of replies must be one`);
    const { size } = stats;
    if (size === 0) await syncFolder(path);
    else if (!(await looksLikeLog(handle))) throw new PermanentError(`${path} is not a log of replies: not touched`);
    const end = await endOfLastLine(handle, size);
    if (end < size) {
      await handle.truncate(end);
      notices.warn(`cut a torn last line (${size - end} bytes) off ${path}: that reply was not confirmed`);
    }
    await handle.sync();
    return handle;
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

/** A new file's name is on the disk only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}
