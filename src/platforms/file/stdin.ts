import type { Readable } from 'node:stream';
import { unlessAborted } from '../../core/async.ts';
import type { Page } from '../../core/post.ts';
import type { Feed } from '../platform.ts';
import { type Batch, type BatchOptions, entriesOf, type Position, newBatch } from './batch.ts';
import { type LineSplitter, type Piece, splitLines } from '../../core/lines.ts';

/** Posts from a pipe, while it is open. A pipe cannot be read twice, so its cursor is only a count. */
export function pipeFeed(input: Readable, options: BatchOptions): Feed & AsyncDisposable {
  const splitter = splitLines(options.maxLineBytes);
  const chunks: AsyncIterator<Buffer> = input[Symbol.asyncIterator]();
  let position: Position = { offset: 0, line: 0, skipping: false };
  // After an abort the pending read stays: the next call takes its chunk.
  let reading: Promise<IteratorResult<Buffer>> | undefined;
  let unread: Iterator<Piece> | undefined;
  let busy = false;

  async function* pages(signal: AbortSignal): AsyncGenerator<Page> {
    for (;;) {
      unread ??= await nextPieces(signal);
      if (unread === undefined) return;
      const batch = fill(newBatch(options), unread);
      if (!batch.full) unread = undefined;
      const { posts, changes, rejects } = batch;
      if (posts.length + changes.length + rejects.length > 0)
        yield { ...entriesOf(batch), cursor: JSON.stringify(position) };
      if (signal.aborted) return;
    }
  }

  function fill(batch: Batch, pieces: Iterator<Piece>): Batch {
    while (!batch.full) {
      const piece = pieces.next();
      if (piece.done) return batch;
      position = batch.add(piece.value, position);
    }
    return batch;
  }

  /** Undefined: aborted, or the input has ended. */
  async function nextPieces(signal: AbortSignal): Promise<Iterator<Piece> | undefined> {
    if (signal.aborted) return undefined;
    reading ??= chunks.next();
    const chunk = await unlessAborted(reading, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (chunk === undefined) return undefined;
    if (!chunk.done) reading = undefined;
    return chunk.done ? lastPiece(splitter) : splitter.push(chunk.value);
  }

  return {
    async *pages(_after, signal) {
      // The scheduler calls again while an earlier call still waits for the pipe.
      if (busy) return;
      busy = true;
      try {
        yield* pages(signal);
      } finally {
        busy = false;
      }
    },
    [Symbol.asyncDispose]: async () => {
      input.destroy();
    },
  };
}

/** The unfinished last line: the input has ended. */
function lastPiece(splitter: LineSplitter): Iterator<Piece> | undefined {
  const rest = splitter.rest();
  return rest === null ? undefined : [rest].values();
}
