import { afterLineBreaks, type RecordScanner } from '../formats/format.ts';
import { type Limits, megabytes } from './limits.ts';

/** Whole rows in a new buffer, or a damaged row; `offset` is that in the file, rows count from 1. */
export type Batch =
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly offset: number; readonly firstRow: number }
  | { readonly damage: string; readonly row: number; readonly offset: number };

const byteOrderMark = Buffer.from('\uFEFF');

/** Cuts a stream of bytes into batches of whole rows. The cuts depend only on the rows. Buffers at most a batch and a row. */
export class RecordCutter {
  readonly #scanner: RecordScanner;
  readonly #limits: Limits;
  #room = Buffer.alloc(0);
  #length = 0;
  /** Offset in the file of the first buffered byte. */
  #base = 0;
  /** Start of the current batch and of the current row in the buffer. */
  #batch = 0;
  #row = 0;
  #batchNumber = 1;
  #rowNumber = 1;
  /** A row was damaged; the search for the next one goes on. */
  #lost = false;

  constructor(scanner: RecordScanner, limits: Limits) {
    this.#scanner = scanner;
    this.#limits = limits;
  }

  /** The batches that these bytes complete. */
  add(chunk: Uint8Array): Batch[] {
    this.#keep(chunk);
    return [...this.#cut(false)];
  }

  /** The remaining batches at the end of the file. */
  end(): Batch[] {
    return [...this.#cut(true), ...this.flush()];
  }

  /** The whole rows that are still buffered, if the file cannot be read to its end. */
  flush(): Batch[] {
    return this.#row > this.#batch && this.#rowNumber > this.#batchNumber ? [this.#take()] : [];
  }

  *#cut(isLast: boolean): Generator<Batch> {
    const bytes = this.#room.subarray(0, this.#length);
    for (;;) {
      if (this.#lost && !this.#find(bytes, isLast)) return;
      this.#skipToRow(bytes);
      if (this.#row >= bytes.length) return;
      const end = this.#scanner.end(bytes, this.#row, isLast);
      const size = (typeof end === 'number' ? end : bytes.length) - this.#row;
      const tooLong = typeof end !== 'object' && size > this.#limits.record;
      if (end === 'more' && !tooLong) return;
      if (typeof end === 'number' && !tooLong) {
        this.#row = end;
        this.#rowNumber += 1;
        if (this.#row - this.#batch >= this.#limits.batch) yield this.#take();
        continue;
      }
      yield* this.flush();
      yield {
        damage: typeof end === 'object' ? end.damage : `longer than ${megabytes(this.#limits.record)}`,
        row: this.#rowNumber,
        offset: this.#base + this.#row,
      };
      this.#lost = true;
      this.#rowNumber += 1;
    }
  }

  /** Moves to the next row after a damaged one. */
  #find(bytes: Buffer, isLast: boolean): boolean {
    const { at, found } = this.#scanner.resync(bytes, this.#row, isLast);
    this.#row = at;
    this.#batch = at;
    this.#batchNumber = this.#rowNumber;
    this.#lost = !found;
    return found;
  }

  #skipToRow(bytes: Buffer): void {
    const isFresh = this.#row === this.#batch;
    if (this.#base === 0 && this.#row === 0 && bytes.subarray(0, 3).equals(byteOrderMark)) this.#row = 3;
    this.#row = afterLineBreaks(bytes, this.#row);
    if (isFresh) this.#batch = this.#row;
  }

  #take(): Batch {
    const batch = {
      bytes: new Uint8Array(this.#room.subarray(this.#batch, this.#row)),
      offset: this.#base + this.#batch,
      firstRow: this.#batchNumber,
    };
    this.#batch = this.#row;
    this.#batchNumber = this.#rowNumber;
    return batch;
  }

  #keep(chunk: Uint8Array): void {
    const kept = this.#length - this.#batch;
    if (kept + chunk.length > this.#room.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#room.length, kept + chunk.length));
      this.#room.copy(larger, 0, this.#batch, this.#length);
      this.#room = larger;
    } else if (this.#batch > 0) this.#room.copyWithin(0, this.#batch, this.#length);
    this.#room.set(chunk, kept);
    this.#length = kept + chunk.length;
    this.#base += this.#batch;
    this.#row -= this.#batch;
    this.#batch = 0;
  }
}
