import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { canonicalReferenceId, partsOf, publishedIdOf } from '../src/cables/reference-id.ts';
import { inferredMonth } from '../src/cables/months.ts';
import type { Proof } from './proof.ts';

const list = new URL('../../shared/data/cable_ids_month.csv.gz', import.meta.url);
const corrections = new URL('../../shared/data/id_corrections.csv', import.meta.url);

/** Every published reference ID is recognised, maps to itself or its correction, and gets its month. */
export const ids: Proof = {
  name: 'ids',
  run(report) {
    if (!existsSync(list)) {
      report('skipped: the list of all IDs is not beside the checkout');
      return Promise.resolve({ holds: false, counts: { skipped: true } });
    }
    const corrected = new Map(rows(readFileSync(corrections, 'utf8')).map(([wrong, right]) => [wrong, right]));
    const counts = { listed: 0, misread: 0, unreachable: 0, rightMonths: 0 };
    for (const [written = '', month] of rows(gunzipSync(readFileSync(list)).toString())) {
      counts.listed += 1;
      const canonical = canonicalReferenceId(written);
      const right = corrected.get(written) ?? written;
      if (canonical !== right) {
        counts.misread += 1;
        report(`${written} reads as ${canonical}, not ${right}`);
      }
      const parts = canonical && partsOf(canonical);
      if (canonical === undefined || parts === undefined) continue;
      if (canonical === written && String(publishedIdOf(canonical)) !== written) counts.unreachable += 1;
      if (inferredMonth(parts) === Number(month)) counts.rightMonths += 1;
    }
    const share = counts.rightMonths / counts.listed;
    report(JSON.stringify({ ...counts, share }));
    return Promise.resolve({
      holds: counts.misread === 0 && counts.unreachable === 0 && share >= 0.996,
      counts: { ...counts, share },
    });
  },
};

function rows(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd().split(','));
}
