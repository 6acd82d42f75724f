import type { RecordScanner } from './format.ts';

const lineFeed = 0x0a;

/** Finds rows that are a line each. */
export class LineScanner implements RecordScanner {
  #at = 0;

  end(bytes: Buffer, start: number, isLast: boolean): number | 'more' {
    const lineBreak = bytes.indexOf(lineFeed, start + this.#at);
    if (lineBreak === -1 && !isLast) {
      this.#at = bytes.length - start;
      return 'more';
    }
    this.#at = 0;
    return lineBreak === -1 ? bytes.length : lineBreak + 1;
  }

  resync(bytes: Buffer, from: number): { at: number; found: boolean } {
    this.#at = 0;
    const lineBreak = bytes.indexOf(lineFeed, from);
    return lineBreak === -1 ? { at: bytes.length, found: false } : { at: lineBreak + 1, found: true };
  }
}
