import type { FileHandle } from 'node:fs/promises';

const newline = 0x0a;
const chunkBytes = 262_144;
/** Replies are short: a longer line is not ours, and is not kept in one piece. */
const maxLineBytes = 16 * 1024 * 1024;
const nothing: Buffer = Buffer.alloc(0);

/** The lines before `end` that contain `part`, without newlines, last line first; a chunk of the file at a time. */
export async function* linesBackwards(
  handle: FileHandle,
  end: number,
  part = nothing,
): AsyncGenerator<readonly Buffer[]> {
  let held = Buffer.alloc(0);
  for (let at = end; at > 0;) {
    const length = Math.min(chunkBytes, at);
    at -= length;
    const block = Buffer.concat([await readAt(handle, at, length), held]);
    // The text before the first newline began in an earlier chunk.
    const firstWhole = at === 0 ? 0 : block.indexOf(newline) + 1;
    if (at > 0 && firstWhole === 0) {
      held = block.length > maxLineBytes ? Buffer.alloc(0) : block;
      continue;
    }
    held = block.subarray(0, firstWhole);
    const whole = block.subarray(firstWhole);
    // Searching the whole chunk first costs less than half of splitting it, and leaves no garbage.
    if (whole.includes(part))
      yield split(whole)
        .filter((line) => line.includes(part))
        .toReversed();
  }
}

/** Offset behind the last complete line before `size`. */
export async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  for (let at = size; at > 0;) {
    const length = Math.min(chunkBytes, at);
    at -= length;
    const found = (await readAt(handle, at, length)).lastIndexOf(newline);
    if (found !== -1) return at + found + 1;
  }
  return 0;
}

function split(block: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < block.length;) {
    const found = block.indexOf(newline, at);
    const end = found === -1 ? block.length : found;
    lines.push(block.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}
