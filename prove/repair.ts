import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { countEdits, type EditCounts } from '../test/support/edited-ids.ts';
import { importedList } from '../test/support/imported-list.ts';
import type { Proof } from './proof.ts';

const list = new URL('../../shared/data/cable_ids_month.csv.gz', import.meta.url);
const edits = 20_000;

/** Single edits of listed IDs: letters are mended, digits give candidates, and nothing wrong is taken for certain. */
export const repair: Proof = {
  name: 'repair',
  async run(report) {
    if (!existsSync(list)) {
      report('not proven: the list of all IDs is not beside the checkout');
      return { holds: false, counts: { absent: true } };
    }
    const rows = gunzipSync(readFileSync(list)).toString().trim().split('\n');
    const ids = rows.map((row) => row.split(',')[0] ?? '');
    const catalogue = await importedList(fileURLToPath(list));
    const start = performance.now();
    const counts = await countEdits({ catalogue, ids, edits, seed: 6, report });
    const msEach = (performance.now() - start) / (2 * edits);
    report(JSON.stringify({ ...counts, msEach }));
    return { holds: isRight(counts), counts: { ...counts, msEach } };
  },
};

function isRight({ letters, digits }: EditCounts): boolean {
  return (
    letters.first >= 0.99 * letters.judged &&
    digits.nearest === digits.judged &&
    letters.wronglyCertain + digits.wronglyCertain === 0
  );
}
