import { type Batch, type BatchOptions, entriesOf, type Position, newBatch } from './batch.ts';
import { type Place, printOf } from './cursor.ts';
import { splitLines } from '../../core/lines.ts';
import { type FileIdentity, type OpenFile, findRotated, findSuccessor, isSameFile, openFile } from './rotation.ts';

/** What was read, and the place behind it. */
export interface Reading extends Pick<Batch, 'posts' | 'changes' | 'rejects'> {
  readonly place: Place;
}

export interface FollowOptions extends BatchOptions {
  readonly path: string;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

const chunkBytes = 262_144;

/** Everything that is complete behind `place`, through rotated files up to the present end. Errors: those of the file system. */
export async function* follow(place: Place | undefined, options: FollowOptions): AsyncGenerator<Reading> {
  let next: Standing | undefined = await whereReadingStands(place, options);
  while (next !== undefined) {
    await using file = next.file;
    const from = next.place ?? startOf(file);
    if (next.place === undefined) yield { posts: [], changes: [], rejects: [], place: from };
    const cutOff = yield* readOn(file, from, options);
    if (file.path === options.path || options.signal.aborted) return;
    const successor = await findSuccessor(options.path, file);
    // Its writer has moved on: a line without an end is all that will come of it.
    if (successor && cutOff) yield { ...entriesOf(cutOff), place: startOf(successor) };
    next = successor && { file: successor, place: undefined };
  }
}

interface Standing {
  readonly file: OpenFile;
  /** Undefined: from the start of the file. */
  readonly place: Place | undefined;
}

/** The file to read on in: what stands under the path, or what did when we last looked. */
async function whereReadingStands(place: Place | undefined, options: FollowOptions): Promise<Standing> {
  const { path, source, warn } = options;
  if (place === undefined) return { file: await openFile(path), place };
  const current = await openFile(path).catch((error: Error) => error);
  if (!(current instanceof Error) && (await isSameFile(current, place))) return { file: current, place };
  const rotated = await findRotated(path, place);
  if (rotated === undefined) {
    if (current instanceof Error) throw current;
    if (place.offset > 0)
      warn(`${source} was replaced, and what it was is not in its folder: reading it from the start`);
    return { file: current, place: undefined };
  }
  if (!(current instanceof Error)) await current[Symbol.asyncDispose]();
  return { file: rotated, place };
}

/** Reads to the size that the file had when it was opened; returns what its last, unfinished line would give. */
async function* readOn(
  file: OpenFile,
  from: Place,
  options: FollowOptions,
): AsyncGenerator<Reading, Batch | undefined> {
  const splitter = splitLines(options.maxLineBytes, from.skipping);
  const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(file.size - from.offset, 0)));
  let position: Position = from;
  let yielded = from.offset;
  let batch = newBatch(options);
  for (let readAt = from.offset; readAt < file.size && !options.signal.aborted;) {
    const { bytesRead } = await file.handle.read(chunk, 0, Math.min(chunk.length, file.size - readAt), readAt);
    if (bytesRead === 0) break;
    readAt += bytesRead;
    for (const piece of splitter.push(chunk.subarray(0, bytesRead))) {
      position = batch.add(piece, position);
      if (!batch.full) continue;
      const place = await placeAt(file, position);
      if (place === undefined) return undefined;
      yield { ...entriesOf(batch), place };
      yielded = position.offset;
      batch = newBatch(options);
    }
  }
  if (position.offset > yielded) {
    const place = await placeAt(file, position);
    if (place === undefined) return undefined;
    yield { ...entriesOf(batch), place };
  }
  const rest = splitter.rest();
  const last = newBatch(options);
  if (rest !== null) last.add(rest, position);
  return rest === null ? undefined : last;
}

/** Undefined: the file was emptied under our hands, so nothing tells its copy any more. The next look finds that by the place before. */
async function placeAt(file: OpenFile, { offset, line, skipping }: Position): Promise<Place | undefined> {
  const print = await printOf(file.handle, offset);
  if ((await file.handle.stat()).size < offset) return undefined;
  return { inode: file.inode, print, offset, line, skipping };
}

function startOf({ inode }: FileIdentity): Place {
  return { inode, print: '', offset: 0, line: 0, skipping: false };
}
