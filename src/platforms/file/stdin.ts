import type { Readable } from 'node:stream';
import { unlessAborted } from '../../core/async.ts';
import type { Cursor, Page } from '../../core/post.ts';
import type { Feed } from '../platform.ts';
import { Batch, type BatchOptions, type Position } from './batch.ts';
import { type LineSplitter, type Piece, splitLines } from '../../core/text/lines.ts';

/** Posts from a pipe, while it is open. A pipe cannot be read twice, so its cursor is only a count. */
export class PipeFeed implements Feed, AsyncDisposable {
  readonly #input: Readable;
  readonly #options: BatchOptions;
  readonly #splitter: LineSplitter;
  readonly #chunks: AsyncIterator<Buffer>;
  #position: Position = { offset: 0, line: 0, skipping: false };
  /** After an abort the pending read stays: the next call takes its chunk. */
  #reading: Promise<IteratorResult<Buffer>> | undefined;
  #unread: Iterator<Piece> | undefined;
  #busy = false;

  constructor(input: Readable, options: BatchOptions) {
    this.#input = input;
    this.#options = options;
    this.#splitter = splitLines(options.maxLineBytes);
    this.#chunks = input[Symbol.asyncIterator]();
  }

  async *pages(_after: Cursor | undefined, signal: AbortSignal): AsyncGenerator<Page> {
    // The scheduler calls again while an earlier call still waits for the pipe.
    if (this.#busy) return;
    this.#busy = true;
    try {
      while ((this.#unread ??= await this.#nextPieces(signal)) !== undefined) {
        const batch = this.#fill(new Batch(this.#options), this.#unread);
        if (!batch.full) this.#unread = undefined;
        if (batch.size > 0) yield { ...batch.entries, cursor: JSON.stringify(this.#position) };
        if (signal.aborted) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.destroy();
  }

  #fill(batch: Batch, pieces: Iterator<Piece>): Batch {
    while (!batch.full) {
      const piece = pieces.next();
      if (piece.done) return batch;
      this.#position = batch.add(piece.value, this.#position);
    }
    return batch;
  }

  /** Undefined: aborted, or the input has ended. */
  async #nextPieces(signal: AbortSignal): Promise<Iterator<Piece> | undefined> {
    if (signal.aborted) return undefined;
    this.#reading ??= this.#chunks.next();
    const chunk = await unlessAborted(this.#reading, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (chunk === undefined) return undefined;
    if (!chunk.done) this.#reading = undefined;
    if (!chunk.done) return this.#splitter.push(chunk.value);
    // The unfinished last line.
    const rest = this.#splitter.rest();
    return rest === null ? undefined : [rest].values();
  }
}
