import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineScanner } from '../../../../src/cables/corpus/formats/json.ts';
import { RowScanner } from '../../../../src/cables/corpus/formats/dump.ts';
import { defaultLimits } from '../../../../src/cables/corpus/sources/limits.ts';
import { type Batch, RecordCutter } from '../../../../src/cables/corpus/sources/records.ts';
import { dumpRow } from '../reading.ts';

const limits = { ...defaultLimits, batch: 100, record: 2000 };

/** Cuts `bytes` in chunks that end at `cuts`. */
function cut(bytes: Uint8Array, cuts: readonly number[], scanner = new RowScanner()): Batch[] {
  const cutter = new RecordCutter(scanner, limits);
  const edges = [...cuts.filter((at) => at < bytes.length).toSorted((a, b) => a - b), bytes.length];
  const batches: Batch[] = [];
  let at = 0;
  for (const edge of edges) {
    batches.push(...cutter.add(bytes.slice(at, edge)));
    at = edge;
  }
  return [...batches, ...cutter.end()];
}

function textsOf(batches: readonly Batch[]): string {
  return batches.map((batch) => ('bytes' in batch ? Buffer.from(batch.bytes).toString() : '')).join('');
}

const field = fc.string({
  unit: fc.oneof(fc.constantFrom('"', '\\', '\n', '\r', ',', '","', '\n"12","', 'x'), fc.string({ maxLength: 3 })),
  maxLength: 12,
});
const rows = fc.array(
  fc.record({ number: fc.nat(300_000), header: field, body: field, references: field }).map((row) => dumpRow(row)),
  { maxLength: 12 },
);
const cuts = fc.array(fc.nat(4000), { maxLength: 20 });
const junk = fc.constantFrom(
  '',
  '\n',
  '\r\n\n',
  '"1","',
  '"2","x"\n',
  'x\n',
  '"3","\\"\n',
  '"\n',
  '\uFFFD"4"\n',
  '\n"5',
);

describe('a dump', () => {
  test('is cut into the same rows, whatever the chunks and the texts', () => {
    fc.assert(
      fc.property(rows, cuts, (written, at) => {
        const batches = cut(Buffer.from(written.join('')), at);
        expect(textsOf(batches)).toBe(written.join(''));
        let rowsBefore = 0;
        for (const batch of batches) {
          expect(batch).toMatchObject({ firstRow: rowsBefore + 1 });
          for (let end = 0; end < textsOf([batch]).length; rowsBefore += 1) end += written[rowsBefore]?.length ?? NaN;
        }
      }),
      { numRuns: 200 },
    );
  });

  test('with damage is cut and refused the same, whatever the chunks', () => {
    const pieces = fc.array(fc.tuple(rows, junk), { maxLength: 5 }).map((all) => all.flat(2).join(''));
    fc.assert(
      fc.property(pieces, cuts, (text, at) => {
        const bytes = Buffer.from(text);
        expect(cut(bytes, at)).toEqual(cut(bytes, []));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['a lost quotation mark', dumpRow().replace('"Embassy', 'Embassy'), 'field 4 does not begin with a quotation mark'],
    ['a quotation that goes on', `${dumpRow().slice(0, -2)}\n`, 'field 8 goes on behind its quotation mark'],
    ['an escaped end', `${dumpRow().slice(0, -2)}\\"\n`, 'field 8 goes on behind its quotation mark'],
    [
      'a quotation mark in its text',
      dumpRow().replace('SIPDIS', 'SIP"DIS'),
      'field 8 goes on behind its quotation mark',
    ],
    ['too few fields', '"7","8/21/2007 14:32"\n', '2 fields instead of 8'],
    ['too many fields', `${dumpRow().slice(0, -1)},"x"\n`, 'more than 8 fields'],
    ['junk', 'junk\n', 'field 1 does not begin with a quotation mark'],
  ])('with %s loses that row alone', (_, damaged, damage) => {
    const [first, last] = [dumpRow({ number: 1 }), dumpRow({ number: 3 })];
    const batches = cut(Buffer.from(first + damaged + last), []);
    expect(textsOf(batches)).toBe(first + last);
    expect(batches).toHaveLength(3);
    expect(batches[1]).toEqual({ damage, row: 2, offset: Buffer.byteLength(first) });
    expect(batches[2]).toMatchObject({ firstRow: 3 });
  });

  test('that ends inside a row keeps the rows before', () => {
    const batches = cut(Buffer.from(dumpRow() + dumpRow().slice(0, 200)), []);
    expect(textsOf(batches)).toBe(dumpRow());
    expect(batches.at(-1)).toMatchObject({ row: 2, damage: 'the file ends inside a quotation' });
    expect(cut(Buffer.from('"1",'), [])).toEqual([{ damage: 'the file ends inside it', row: 1, offset: 0 }]);
  });

  test('may lack the last line break, or have a byte order mark and lines of Windows', () => {
    expect(textsOf(cut(Buffer.from(dumpRow().trimEnd()), []))).toBe(dumpRow().trimEnd());
    const windows = dumpRow().replaceAll('\n', '\r\n');
    expect(textsOf(cut(Buffer.from(`\uFEFF${windows}${windows}\r\n`), []))).toBe(windows + windows);
  });
});

test('a row longer than it may be is refused wherever the chunks end, and the next one is found', () => {
  const long = dumpRow({ number: 2, body: 'x '.repeat(1000) });
  const text = Buffer.from(dumpRow({ number: 1 }) + long + dumpRow({ number: 3 }));
  const whole = cut(text, []);
  expect(whole[1]).toEqual({ damage: 'longer than 2000 bytes', row: 2, offset: dumpRow({ number: 1 }).length });
  expect(textsOf(whole)).toBe(dumpRow({ number: 1 }) + dumpRow({ number: 3 }));
  for (const step of [1, 7, 64, 1000]) {
    const at = Array.from({ length: Math.ceil(text.length / step) }, (_, index) => index * step);
    expect(cut(text, at)).toEqual(whole);
  }
});

test('lines are rows too: any lines in any chunks give the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }).filter((line) => !/[\n\r]/.test(line))), cuts, (lines, at) => {
      const text = lines.join('\n');
      expect(textsOf(cut(Buffer.from(text), at, new LineScanner() as unknown as RowScanner))).toBe(text);
    }),
  );
});
