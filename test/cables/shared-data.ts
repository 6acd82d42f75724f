import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** Facts that lie beside the checkout where Pilcrow is developed; users have none, and tests that need them are skipped. */
const folder = new URL('../../../shared/data/', import.meta.url);

export const hasSharedData = existsSync(folder);

export function sharedFile(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** All published IDs with the month of Created. */
export function listedIds(): { id: string; month: number }[] {
  const list = gunzipSync(readFileSync(sharedFile('cable_ids_month.csv.gz'))).toString();
  return list
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', month = ''] = line.split(',');
      return { id, month: Number(month) };
    });
}

/** Cells of a table without quoted fields, the header left out. */
export function sharedRows(name: string): string[][] {
  const lines = readFileSync(sharedFile(name), 'utf8').trim().split(/\r?\n/);
  return lines.slice(1).map((line) => line.split(','));
}
