import {
  type CorpusFormat,
  type Portion,
  type ReadCable,
  type Readout,
  type Reject,
  rowPosition,
  type RecordScanner,
} from './format.ts';
import { readJson } from './json.ts';

const lineFeed = 0x0a;

/** One cable object per line. A file with a first line longer than the sniffed beginning also counts: it can be read in bounded memory. */
export const jsonl: CorpusFormat = {
  scanner: () => new LineScanner(),
  begins: (head) => /^\uFEFF?\s{0,99}\{/.test(head) && isWhole(head.trimStart().split('\n', 1)[0] ?? '', head),
  read: readLines,
};

function isWhole(line: string, head: string): boolean {
  return line.trimEnd().endsWith('}') || !head.trim().includes('\n');
}

function readLines({ source, bytes, offset, firstRow }: Portion): Readout {
  const cables: ReadCable[] = [];
  const rejects: Reject[] = [];
  let row = firstRow;
  for (let start = 0; start < bytes.length;) {
    const lineBreak = bytes.indexOf(lineFeed, start);
    const end = lineBreak === -1 ? bytes.length : lineBreak;
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) {
      const read = readJson(line, source, rowPosition(row, offset + start));
      cables.push(...read.cables);
      rejects.push(...read.rejects);
      row += 1;
    }
    start = end + 1;
  }
  return { cables, rejects };
}

/** Blank lines (empty, or only a carriage return) are not rows. */
function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x0d);
}

/** Finds rows of one line each. */
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
