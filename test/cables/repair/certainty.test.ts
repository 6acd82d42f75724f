import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseDocument } from '../../../src/cables/parse/parse-document.ts';
import type { Cable } from '../../../src/core/cable.ts';
import { countYearless, holdsYearless } from '../../support/count-yearless.ts';
import { madeIds } from '../../support/made-ids.ts';
import { packedList } from '../../support/packed-list.ts';
import { sampleTest } from '../../support/sample-test.ts';
import { type ListedId, listedIds } from '../../support/samples.ts';
import { tempDir } from '../../support/temp.ts';

const sample = readFileSync(new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8');
const [blank] = parseDocument(sample).cables as [Cable];

// `npm run prove certainty` makes 10,000 of each sort.
test('without a year no post is taken for another year’s cable, and those that date the cable are found', async () => {
  await expectCertain(madeIds(19), { count: 500, lines: 800 });
});

sampleTest('so it is over the public list', async () => {
  await expectCertain(listedIds(), { count: 500, lines: 800 });
});

async function expectCertain(listed: readonly ListedId[], size: { count: number; lines: number }): Promise<void> {
  const catalogue = await packedList(
    listed.map(({ id, month }) => [id, month] as const),
    await tempDir(),
  );
  const faults: string[] = [];
  const counts = await countYearless({
    catalogue,
    listed,
    blank,
    seed: 7,
    report: (line) => faults.push(line),
    ...size,
  });
  expect(faults).toEqual([]);
  expect(holdsYearless(counts), JSON.stringify(counts)).toBe(true);
}
