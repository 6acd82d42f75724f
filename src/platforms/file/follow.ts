import { splitLines } from '../../core/lines.ts';
import { type Batch, type BatchOptions, entriesOf, newBatch, type Position } from './batch.ts';
import { type FileIdentity, type Place, printOf, type Start } from './cursor.ts';
import { isBehind, isNext, lastRotation, openAt, openFile, type OpenFile, openSuccessor } from './rotation.ts';

type Entries = ReturnType<typeof entriesOf>;

/** What was read, and the place behind it. */
export interface Reading extends Entries {
  readonly place: Place;
}

export interface FollowOptions extends BatchOptions {
  readonly path: string;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

const chunkBytes = 262_144;

/**
 * Everything that is complete behind `place`, through rotated files up to the present end. Files may be rotated at any moment of it.
 * Errors: those of the file system; an Error where files are renamed faster than they can be looked at.
 */
export async function* follow(place: Place | undefined, options: FollowOptions): AsyncGenerator<Reading> {
  let next: Standing | undefined = await whereReadingStands(place, options);
  while (next !== undefined) {
    await using file: OpenFile = next.file;
    if (next.entries !== undefined) yield { ...next.entries, place: next.place };
    const rest = yield* readOn(file, next.place, options);
    if (rest === undefined || file.path === options.path || options.signal.aborted) return;
    next = await standingBehind(file, rest, options.path);
  }
}

interface Standing {
  readonly file: OpenFile;
  readonly place: Place;
  /** Where the place is a new one: what belongs before it. */
  readonly entries?: Entries;
}

/** The file to read on in: what stands under the path, or what did when we last looked. */
async function whereReadingStands(place: Place | undefined, options: FollowOptions): Promise<Standing> {
  const { path, source, warn } = options;
  if (place === undefined) return await beginning(path);
  if ('after' in place) return { file: (await openSuccessor(path, place.after)) ?? (await openFile(path)), place };
  const file = await openAt(path, place);
  if (file !== undefined) return { file, place };
  const begun = await beginning(path);
  warn(`${source} was replaced, and what it was is not in its folder: reading it from the start`);
  return begun;
}

/** Before the first line of a file that is seen for the first time: what was rotated before is none of its own. */
async function beginning(path: string): Promise<Standing> {
  const modified = await lastRotation(path);
  const file = await openFile(path);
  return { file, place: { after: { inode: file.inode, size: 0, modified } }, entries: nothing };
}

const nothing = { posts: [], changes: [], rejects: [] };

/** Its writer has moved on: a line without an end is all that will come of it. */
async function standingBehind(file: OpenFile, rest: Batch, path: string): Promise<Standing | undefined> {
  const successor = await openSuccessor(path, file);
  if (successor?.inode !== file.inode)
    return successor && { file: successor, place: startAfter(file), entries: entriesOf(rest) };
  // It has not: the next look reads on.
  await successor[Symbol.asyncDispose]();
  return undefined;
}

/**
 * Reads to the size that the file had when it was opened. Returns what its unfinished last line would give. Undefined: we are to stop, or
 * it was not the file to read, and the next look finds that by the place before.
 */
async function* readOn(
  file: OpenFile,
  from: Place,
  options: FollowOptions,
): AsyncGenerator<Reading, Batch | undefined> {
  let place = from;
  const opened = { offset: file.size, print: await printOf(file.handle, file.size) };
  for await (const { batch, position, isRest } of batchesOf(file, 'after' in from ? start : from, options)) {
    const print = await printOf(file.handle, position.offset);
    if (!(await isBehind(file, opened)) || !(await isNext(file, place, options.path))) return undefined;
    if (isRest) return batch;
    place = { inode: file.inode, print, ...position };
    yield { ...entriesOf(batch), place };
  }
  return undefined;
}

const start: Position = { offset: 0, line: 0, skipping: false };

/** Batches of complete lines, each with the position behind it, and at last what an unfinished one would give. */
async function* batchesOf(
  file: OpenFile,
  from: Position,
  options: FollowOptions,
): AsyncGenerator<{ readonly batch: Batch; readonly position: Position; readonly isRest: boolean }> {
  const splitter = splitLines(options.maxLineBytes, from.skipping);
  const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(file.size - from.offset, 0)));
  let position = from;
  let yielded = from.offset;
  let batch = newBatch(options);
  for (let readAt = from.offset; readAt < file.size;) {
    const { bytesRead } = await file.handle.read(chunk, 0, Math.min(chunk.length, file.size - readAt), readAt);
    if (bytesRead === 0 || options.signal.aborted) return;
    readAt += bytesRead;
    for (const piece of splitter.push(chunk.subarray(0, bytesRead))) {
      position = batch.add(piece, position);
      // The end of an overlong line, if it was there, is a piece of its own.
      if (!batch.full || position.skipping) continue;
      yield { batch, position, isRest: false };
      yielded = position.offset;
      batch = newBatch(options);
    }
  }
  if (position.offset > yielded) yield { batch, position, isRest: false };
  const rest = splitter.rest();
  const last = newBatch(options);
  if (rest !== null) last.add(rest, position);
  yield { batch: last, position, isRest: true };
}

function startAfter({ inode, size, modified }: FileIdentity): Start {
  return { after: { inode, size, modified } };
}
