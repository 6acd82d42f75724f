import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Catalogue, openCatalogue } from '../../src/cables/catalogue/catalogue.ts';
import { encodeList } from '../../src/cables/catalogue/list-file.ts';

/** A list of IDs with their months as a bot has it that imported it, in a folder of its own. */
export async function packedList(ids: Iterable<readonly [string, number]>, folder: string): Promise<Catalogue> {
  const file = join(folder, 'catalogue');
  await writeFile(file, encodeList(new Map(ids)));
  const catalogue = openCatalogue(file);
  if (catalogue === undefined) throw new Error('the list is not there');
  return catalogue;
}
