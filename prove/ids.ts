import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type Catalogue, importCatalogue, openCatalogue } from '../src/cables/catalogue.ts';
import { canonicalReferenceId, partsOf, publishedId, publishedIdOf } from '../src/cables/reference-id.ts';
import { inferredMonth } from '../src/cables/months.ts';
import type { Proof } from './proof.ts';

const list = new URL('../../shared/data/cable_ids_month.csv.gz', import.meta.url);
const corrections = new URL('../../shared/data/id_corrections.csv', import.meta.url);

/** Every published reference ID is recognised, maps to itself or its correction, and gets its month: inferred, and from the list. */
export const ids: Proof = {
  name: 'ids',
  async run(report) {
    if (!existsSync(list)) {
      report('not proven: the list of all IDs is not beside the checkout');
      return { holds: false, counts: { absent: true } };
    }
    const corrected = new Map(rows(readFileSync(corrections, 'utf8')).map(([wrong, right]) => [wrong, right]));
    const catalogue = await imported(fileURLToPath(list));
    const counts = { listed: 0, misread: 0, unreachable: 0, rightMonthsInferred: 0, rightMonthsListed: 0 };
    for (const [written = '', month] of rows(gunzipSync(readFileSync(list)).toString())) {
      counts.listed += 1;
      const canonical = canonicalReferenceId(written);
      // Of the corrections themselves one names a station that does not exist (09USEUBRUSEELS1292, for USEUBRUSSELS): it is read once more.
      const right = canonicalReferenceId(corrected.get(written) ?? written);
      const parts = canonical && partsOf(canonical);
      if (canonical === undefined || canonical !== right || parts === undefined) {
        counts.misread += 1;
        report(`${written} reads as ${canonical}, not ${right}`);
        continue;
      }
      if (canonical === written && String(publishedIdOf(canonical)) !== written) counts.unreachable += 1;
      if (inferredMonth(parts) === Number(month)) counts.rightMonthsInferred += 1;
      if (catalogue.month(publishedId(written)) === Number(month)) counts.rightMonthsListed += 1;
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

function rows(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd().split(','));
}
