import type { CorpusFormat, Portion, ReadCable, Readout, Reject } from './format.ts';
import { rowPosition } from './format.ts';
import { readJson } from './json.ts';
import { LineScanner } from './line-scanner.ts';

/** A cable object a line. One whose first line is longer than what is looked at counts as such: it can be read in bounded memory. */
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
    const lineBreak = bytes.indexOf(0x0a, start);
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

/** Nothing, or the carriage return of a blank line: such lines are no rows. */
function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x0d);
}
