import { join } from 'node:path';
import { importCorpus, type ImportOptions, type Imported } from '../../../src/cables/corpus/import/import-corpus.ts';
import { writeDump } from '../../support/corpus/dump.ts';
import { madeCorpus } from '../../support/corpus/generate.ts';
import { tempDir } from '../../support/temp.ts';

/** Forty made cables, the same for all tests. */
export const made = madeCorpus({ count: 40, seed: 7 });

/** An import with patience. */
export function importInto(
  target: string,
  paths: readonly string[],
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  return importCorpus(target, paths, { signal: new AbortController().signal, ...options });
}

/** A folder with the made cables as a dump, imported. */
export async function importedFolder(): Promise<{ folder: string; dump: string; target: string }> {
  const folder = await tempDir();
  const [dump, target] = [join(folder, 'cables.csv'), join(folder, 'corpus.db')];
  await writeDump(dump, made);
  await importInto(target, [dump]);
  return { folder, dump, target };
}
