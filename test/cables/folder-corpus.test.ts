import { readFileSync } from 'node:fs';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFolderCorpus } from '../../src/cables/folder-corpus.ts';
import { parseDocument } from '../../src/cables/parse/document.ts';
import { referenceId } from '../../src/cables/reference-id.ts';
import { tempDir } from '../support/temp.ts';

const seed = readFileSync(new URL('../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8');
const astana = referenceId('07ASTANA2244');

async function open(...paths: string[]) {
  const rejects: string[] = [];
  const corpus = await openFolderCorpus(paths, parseDocument, (file, reason) => rejects.push(`${file}: ${reason}`));
  return { corpus, rejects };
}

describe('a corpus of folders', () => {
  test('holds the documents of files and of folders with what is below them', async () => {
    const folder = await tempDir();
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    await writeFile(join(folder, 'a', 'b', 'seed.TXT'), seed);
    await writeFile(join(folder, 'a', 'notes.md'), 'not a document');
    const { corpus, rejects } = await open(folder);
    expect(rejects).toEqual([]);
    expect(corpus.size).toBe(1);
    expect((await corpus.cable(astana))?.paragraphs).toHaveLength(24);
    expect(await corpus.cable(referenceId('07ASTANA2245'))).toBeUndefined();
    expect((await open(join(folder, 'a', 'b', 'seed.TXT'))).corpus.size).toBe(1);
  });

  test('names what it cannot read and goes on', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'seed.txt'), seed);
    await writeFile(join(folder, 'empty.txt'), '');
    await writeFile(join(folder, 'binary.html'), Buffer.from([0, 1, 2, 255]));
    await writeFile(join(folder, 'huge.txt'), '');
    await truncate(join(folder, 'huge.txt'), 21 * 1024 * 1024);
    const { corpus, rejects } = await open(join(folder, 'missing'), folder);
    expect(corpus.size).toBe(1);
    expect(rejects.map((reject) => reject.replace(folder, ''))).toEqual([
      expect.stringContaining('/missing: ENOENT'),
      '/binary.html: not a text',
      expect.stringContaining('/empty.txt: '),
      '/huge.txt: larger than 20 MB',
    ]);
  });

  test('does not follow links, which may lead in a circle', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'seed.txt'), seed);
    await symlink(folder, join(folder, 'again'));
    expect((await open(folder)).corpus.size).toBe(1);
  });

  test.each([
    ['a-part.txt', 'z-whole.txt'],
    ['z-part.txt', 'a-whole.txt'],
  ])('keeps the fuller of two copies, whichever is read first (%s, %s)', async (part, whole) => {
    const folder = await tempDir();
    const half = seed.slice(0, seed.indexOf('\n12.'));
    expect(half.length).toBeGreaterThan(1000);
    await writeFile(join(folder, part), half);
    await writeFile(join(folder, whole), seed);
    const { corpus } = await open(folder);
    expect(corpus.size).toBe(1);
    expect((await corpus.cable(astana))?.paragraphs).toHaveLength(24);
  });
});

describe('search', () => {
  test('finds words in their order within one paragraph, an ellipsis standing for what is left out', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'seed.txt'), seed);
    const { corpus } = await open(folder);
    const words = (await corpus.cable(astana))!.paragraphs[4]!.text.split(/\s+/);
    const passage = [expect.objectContaining({ referenceId: astana, paragraph: 5, score: 1, exact: true })];
    expect(await corpus.search(words.slice(0, 10).join(' '), 5)).toEqual(passage);
    expect(await corpus.search(`${words.slice(0, 6).join(' ')} … ${words.slice(8, 14).join('  ')}`, 5)).toEqual(
      passage,
    );
    const swapped = `${words.slice(8, 14).join(' ')} … ${words.slice(0, 6).join(' ')}`;
    for (const { exact, score } of await corpus.search(swapped, 5))
      expect([exact, score < 0.75]).toEqual([false, true]);
    expect(await corpus.search('words that nobody ever wrote into this cable', 5)).toEqual([]);
    expect(await corpus.search('… !', 5)).toEqual([]);
  });
});
