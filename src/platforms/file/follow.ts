import { splitLines } from '../../core/text/lines.ts';
import { Batch, type BatchOptions, type Position } from './batch.ts';
import { type FilePosition, fingerprintOf } from './cursor.ts';
import { isBehind, isNext, lastRotation, openAt, openFile, type OpenFile, openSuccessor } from './rotation.ts';

/** Entries, and the position behind them. */
type Reading = Batch['entries'] & { readonly position: FilePosition };

interface FollowOptions extends BatchOptions {
  readonly path: string;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

const chunkBytes = 262_144;

/**
 * All complete lines after `position`, through rotated files up to the present end. Files may be rotated at any moment meanwhile.
 * Errors: those of the file system; an Error if files are renamed faster than they can be listed.
 */
export async function* follow(position: FilePosition | undefined, options: FollowOptions): AsyncGenerator<Reading> {
  let next: NextFile | undefined = await resumeAt(position, options);
  while (next !== undefined) {
    await using file: OpenFile = next.file;
    if (next.entries !== undefined) yield { ...next.entries, position: next.position };
    const rest = yield* readOn(file, next.position, options);
    if (rest === undefined || file.path === options.path || options.signal.aborted) return;
    next = await fileAfter(file, rest, options.path);
  }
}

interface NextFile {
  readonly file: OpenFile;
  readonly position: FilePosition;
  /** Entries that belong before the position. */
  readonly entries?: Batch['entries'];
}

/** The file to resume in: the one under the path, or the one that was there at the last poll. */
async function resumeAt(position: FilePosition | undefined, options: FollowOptions): Promise<NextFile> {
  const { path, source, warn } = options;
  if (position === undefined) return await beginning(path);
  if ('after' in position)
    return { file: (await openSuccessor(path, position.after)) ?? (await openFile(path)), position };
  const file = await openAt(path, position);
  if (file !== undefined) return { file, position };
  const begun = await beginning(path);
  warn(`${source} was replaced, and the old file is not in its folder: reading the new one from the start`);
  return begun;
}

/** The start of a file that is seen for the first time. Files that were rotated before are not read. */
async function beginning(path: string): Promise<NextFile> {
  const modified = await lastRotation(path);
  const file = await openFile(path);
  return { file, position: { after: { inode: file.inode, size: 0, modified } }, entries: nothing };
}

const nothing = { posts: [], changes: [], rejects: [] };

/** The next file, if the writer has moved on to it: then the unfinished last line of this file is final. */
async function fileAfter(file: OpenFile, rest: Batch, path: string): Promise<NextFile | undefined> {
  const { inode, size, modified } = file;
  const successor = await openSuccessor(path, file);
  if (successor?.inode !== inode)
    return successor && { file: successor, position: { after: { inode, size, modified } }, entries: rest.entries };
  // The writer has not moved on: the next poll continues here.
  await successor[Symbol.asyncDispose]();
  return undefined;
}

/**
 * Reads to the size that the file had when it was opened. Returns the entry of its unfinished last line. Undefined: aborted, or this was not
 * the file to read, and the next poll resumes from the position before it.
 */
async function* readOn(
  file: OpenFile,
  from: FilePosition,
  options: FollowOptions,
): AsyncGenerator<Reading, Batch | undefined> {
  let position = from;
  const opened = { offset: file.size, print: await fingerprintOf(file.handle, file.size) };
  for await (const { batch, end, isRemainder } of batchesOf(file, 'after' in from ? start : from, options)) {
    const print = await fingerprintOf(file.handle, end.offset);
    if (!(await isBehind(file, opened)) || !(await isNext(file, position, options.path))) return undefined;
    if (isRemainder) return batch;
    position = { inode: file.inode, print, ...end };
    yield { ...batch.entries, position };
  }
  return undefined;
}

const start: Position = { offset: 0, line: 0, skipping: false };

/** Batches of complete lines, each with the position behind it; at last the entry of the unfinished line. */
async function* batchesOf(
  file: OpenFile,
  from: Position,
  options: FollowOptions,
): AsyncGenerator<{ readonly batch: Batch; readonly end: Position; readonly isRemainder: boolean }> {
  const splitter = splitLines(options.maxLineBytes, from.skipping);
  const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(file.size - from.offset, 0)));
  let position = from;
  let yielded = from.offset;
  let batch = new Batch(options);
  for (let readAt = from.offset; readAt < file.size;) {
    const { bytesRead } = await file.handle.read(chunk, 0, Math.min(chunk.length, file.size - readAt), readAt);
    if (bytesRead === 0 || options.signal.aborted) return;
    readAt += bytesRead;
    for (const piece of splitter.push(chunk.subarray(0, bytesRead))) {
      position = batch.add(piece, position);
      // The end of an overlong line is a piece of its own.
      if (!batch.full || position.skipping) continue;
      yield { batch, end: position, isRemainder: false };
      yielded = position.offset;
      batch = new Batch(options);
    }
  }
  if (position.offset > yielded) yield { batch, end: position, isRemainder: false };
  const rest = splitter.rest();
  const last = new Batch(options);
  if (rest !== null) last.add(rest, position);
  yield { batch: last, end: position, isRemainder: true };
}
