import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from '../src/cables/parse/parse-document.ts';
import { packedList } from '../test/support/packed-list.ts';
import { listedIds, samplesAreHere, whereSamplesAre } from '../test/support/samples.ts';
import { countYearless, holdsYearless } from '../test/support/count-yearless.ts';
import type { Proof } from './proof.ts';

const task = { count: 10_000, lines: 800, seed: 19 };

/** Posts without a year: none is taken for another year's cable, and those with the cable's date are found. */
export const certainty: Proof = {
  name: 'certainty',
  async run(report) {
    if (!samplesAreHere) {
      report(`not proven, for want of the list of all IDs: ${whereSamplesAre}`);
      return { holds: false, counts: { absent: true } };
    }
    const listed = listedIds();
    const folder = mkdtempSync(join(tmpdir(), 'pilcrow-certainty-'));
    try {
      const catalogue = await packedList(
        listed.map(({ id, month }) => [id, month] as const),
        folder,
      );
      const [blank] = parseDocument(readFileSync('config/sample/07ASTANA2244.txt', 'utf8')).cables;
      if (blank === undefined) throw new Error('the sample has no cable');
      const counts = await countYearless({ catalogue, listed, blank, report, ...task });
      report(JSON.stringify(counts));
      return { holds: holdsYearless(counts), counts: { ...task, ...counts } };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
