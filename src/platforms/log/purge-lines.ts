import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { isNoSuchFile } from '../../core/errors.ts';
import { isLimited, Post } from '../../core/post.ts';
import { splitLines } from '../../core/text/lines.ts';
import type { ChoosePurged, RecordedReply } from '../platform.ts';
import { jsonIn } from '../shared/parse-json.ts';

const chunkBytes = 262_144;
/** Replies are short: a longer line is not ours, and is not kept in one piece. */
const maxLineBytes = 16 * 1024 * 1024;

/** A complete line of the file: `bytes` without its newline, from `start` to `end`. */
interface Line {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The complete lines within the first `size` bytes; a line that is too long has no bytes. */
export async function* linesIn(handle: FileHandle, size: number): AsyncGenerator<Line> {
  const splitter = splitLines(maxLineBytes);
  const chunk = Buffer.alloc(chunkBytes);
  let [read, start, end] = [0, 0, 0];
  while (read < size) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunkBytes, size - read), read);
    if (bytesRead === 0) return;
    read += bytesRead;
    for (const piece of splitter.push(chunk.subarray(0, bytesRead))) {
      end += piece.length;
      if (piece.kind === 'line') yield { bytes: piece.bytes, start, end };
      else if (piece.kind !== 'skipped' || !piece.ended) continue;
      else yield { bytes: Buffer.alloc(0), start, end };
      start = end;
    }
  }
}

interface PurgeOptions {
  readonly choose: ChoosePurged;
  /** Makes sure that these keys are known without their lines. */
  readonly remember: (keys: readonly string[]) => Promise<void>;
  readonly signal: AbortSignal;
}

/** A line about a reply, with its place in the file. */
interface ReplyLine {
  readonly reply: RecordedReply;
  /** The line is the reply itself, not its withdrawal. */
  readonly isReply: boolean;
  readonly start: number;
  readonly length: number;
}

const batchLines = 500;

/**
 * Overwrites lines in place, with an empty object and spaces. The file keeps its inode and its length, so that neither appends of any process
 * nor a reader that follows it (`tail -F`) notice. A kill in the middle leaves a line that the next run recognizes and finishes.
 */
export async function purgeLines(path: string, { choose, remember, signal }: PurgeOptions): Promise<void> {
  const file = await open(path, 'r+').catch((error: unknown) => {
    if (isNoSuchFile(error)) return undefined;
    throw error;
  });
  if (file === undefined) return;
  await using handle = file;
  async function purge(lines: readonly ReplyLine[]): Promise<void> {
    const purged = await choose(lines.map(({ reply }) => reply));
    const chosen = lines.filter(({ reply }) => purged.has(reply.key));
    await remember(chosen.flatMap(({ reply, isReply }) => (isReply ? [reply.key] : [])));
    for (const { start, length } of chosen) await blank(handle, start, length);
  }
  const lines: ReplyLine[] = [];
  for await (const { bytes, start } of linesIn(handle, (await handle.stat()).size)) {
    signal.throwIfAborted();
    const found = replyIn(bytes);
    if (found !== undefined) lines.push({ ...found, start, length: bytes.length });
    else if (isHalfErased(bytes.toString())) await blank(handle, start, bytes.length);
    if (lines.length === batchLines) await purge(lines.splice(0));
  }
  if (lines.length > 0) await purge(lines);
  await handle.datasync();
}

const ReplyLog = z.union([
  z.object({
    key: z.string(),
    at: z.string(),
    replyTo: z.object({ key: z.string(), visibility: Post.shape.visibility.optional() }),
  }),
  z.object({ withdrawn: z.string(), at: z.string() }),
]);

function replyIn(bytes: Buffer): Pick<ReplyLine, 'reply' | 'isReply'> | undefined {
  const { data } = ReplyLog.safeParse(jsonIn(bytes.toString()));
  if (data === undefined) return undefined;
  const at = Date.parse(data.at);
  if ('withdrawn' in data) {
    // The key of a reply to an edited post ends with the number of the edit.
    const post = data.withdrawn.replace(/#\d+$/, '');
    return { reply: { key: data.withdrawn, post, limited: false, at }, isReply: false };
  }
  const { key, visibility } = data.replyTo;
  return { reply: { key: data.key, post: key, limited: isLimited({ visibility }), at }, isReply: true };
}

/** A line that begins or ends as an erased one, but holds more. JSON of ours never ends with a space. */
function isHalfErased(line: string): boolean {
  return /^\{\}| $/.test(line) && jsonIn(line) === undefined;
}

async function blank(handle: FileHandle, start: number, length: number): Promise<void> {
  await handle.write(Buffer.from('{}'.padEnd(length)), 0, length, start);
}
