import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Catalogue, importCatalogue, openCatalogue } from '../../src/cables/catalogue.ts';

/** A list of IDs as a bot has it that imported it. */
export async function importedList(source: string): Promise<Catalogue> {
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
