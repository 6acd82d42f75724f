import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Catalogue, importCatalogue, openCatalogue } from '../src/cables/catalogue/catalogue.ts';
import { canonicalReferenceId, partsOf, publishedId, publishedIdOf } from '../src/cables/ids/reference-id.ts';
import { inferredMonth } from '../src/cables/ids/months.ts';
import { listedIds, sampleList, samplesAreHere, whereSamplesAre } from '../test/support/samples.ts';
import { knownCorrections } from '../test/support/tables.ts';
import type { Proof } from './proof.ts';

/** Every published reference ID is recognized, maps to itself or its correction, and gets its month: inferred, and from the list. */
export const ids: Proof = {
  name: 'ids',
  async run(report) {
    if (!samplesAreHere) {
      report(`not proven, for want of the list of all IDs: ${whereSamplesAre}`);
      return { holds: false, counts: { absent: true } };
    }
    const corrections = knownCorrections();
    const catalogue = await imported(sampleList);
    const counts = { listed: 0, misread: 0, unreachable: 0, rightMonthsInferred: 0, rightMonthsListed: 0 };
    for (const { id: written, month } of listedIds()) {
      counts.listed += 1;
      const canonical = canonicalReferenceId(written);
      const right = corrections.get(written) ?? written;
      const parts = canonical && partsOf(canonical);
      if (canonical === undefined || String(canonical) !== right || parts === undefined) {
        counts.misread += 1;
        report(`${written} reads as ${canonical}, not ${right}`);
        continue;
      }
      if (canonical === written && String(publishedIdOf(canonical)) !== written) counts.unreachable += 1;
      if (inferredMonth(parts) === month) counts.rightMonthsInferred += 1;
      if (catalogue.month(publishedId(written)) === month) counts.rightMonthsListed += 1;
    }
    const inferredShare = counts.rightMonthsInferred / counts.listed;
    report(JSON.stringify({ ...counts, inferredShare }));
    const holds = counts.misread === 0 && counts.unreachable === 0 && inferredShare >= 0.996;
    return { holds: holds && counts.rightMonthsListed === counts.listed, counts: { ...counts, inferredShare } };
  },
};

async function imported(source: string): Promise<Catalogue> {
  const dir = mkdtempSync(join(tmpdir(), 'pilcrow-ids-'));
  try {
    await importCatalogue(source, join(dir, 'catalogue.bin'));
    const catalogue = openCatalogue(join(dir, 'catalogue.bin'));
    if (catalogue === undefined) throw new Error('the imported list is not there');
    return catalogue;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
