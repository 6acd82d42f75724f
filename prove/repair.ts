import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countEdits, holds } from '../test/support/edited-ids.ts';
import { packedList } from '../test/support/packed-list.ts';
import { listedIds, samplesAreHere, whereSamplesAre } from '../test/support/samples.ts';
import type { Proof } from './proof.ts';

const edits = 50_000;

/** Single edits of listed IDs: those of letters are mended, those of digits give candidates, and nothing wrong is taken for certain. */
export const repair: Proof = {
  name: 'repair',
  async run(report) {
    if (!samplesAreHere) {
      report(`not proven, for want of the list of all IDs: ${whereSamplesAre}`);
      return { holds: false, counts: { absent: true } };
    }
    const months = listedIds().map(({ id, month }) => [id, month] as const);
    const folder = mkdtempSync(join(tmpdir(), 'pilcrow-repair-'));
    try {
      const catalogue = await packedList(months, folder);
      const before = process.cpuUsage();
      const counts = await countEdits({ catalogue, ids: months.map(([id]) => id), edits, seed: 6, report });
      const { user, system } = process.cpuUsage(before);
      // Of the processor: this may be run beside other work.
      const msEach = (user + system) / 1000 / (2 * edits);
      report(JSON.stringify({ ...counts, msEach }));
      return { holds: holds(counts), counts: { edits, seed: 6, ...counts, msEach } };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
