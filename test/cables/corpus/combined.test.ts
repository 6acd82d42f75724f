import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { combineCorpora } from '../../../src/cables/corpus/combined.ts';
import { openImportedCorpus } from '../../../src/cables/corpus/imported.ts';
import { openFolderCorpus } from '../../../src/cables/corpus/folder-corpus.ts';
import { referenceId } from '../../../src/cables/ids/reference-id.ts';
import { tempDir } from '../../support/temp.ts';
import { importInto } from './made.ts';

const seed = new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url).pathname;
const astana = referenceId('07ASTANA2244');
const warn = (message: string): never => {
  throw new Error(message);
};

async function both(imported: string, inFolder: string) {
  const target = join(await tempDir(), 'corpus.db');
  await importInto(target, [imported]);
  return [
    openImportedCorpus(target, { warn }),
    await openFolderCorpus([inFolder], (file, reason) => warn(`${file}: ${reason}`)),
  ] as const;
}

test('of a cable that an import and a folder have, the fuller text counts; each place is found once', async () => {
  const part = join(await tempDir(), 'part.txt');
  const text = await readFile(seed, 'utf8');
  await writeFile(part, text.slice(0, text.indexOf('\n12.')));
  for (const [imported, inFolder] of [
    [part, seed],
    [seed, part],
  ] as const) {
    const corpora = await both(imported, inFolder);
    const corpus = combineCorpora(corpora);
    expect((await corpus.cable(astana))?.paragraphs).toHaveLength(24);
    expect((await corpus.document(astana))?.sources).toEqual([imported, inFolder]);
    const words = (await corpus.cable(astana))!.paragraphs[4]!.text.split(/\s+/).slice(0, 12).join(' ');
    expect(await corpus.search(words, 5)).toMatchObject([{ referenceId: astana, paragraph: 5, exact: true }]);
    expect(await corpus.cable(referenceId('08ASTANA1'))).toBeUndefined();
    expect(await corpus.citedBy(astana)).toEqual([]);
    expect(await corpus.neighbours(astana, 3)).toEqual({ before: [], after: [] });
    expect(await corpus.numbered(1)).toBeUndefined();
    corpora[0][Symbol.dispose]();
  }
});
