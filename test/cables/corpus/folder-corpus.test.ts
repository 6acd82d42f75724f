import { readFileSync } from 'node:fs';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFolderCorpus } from '../../../src/cables/corpus/folder-corpus.ts';
import { referenceId } from '../../../src/cables/ids/reference-id.ts';
import { tempDir } from '../../support/temp.ts';
import { viewerHtml } from '../parse/viewer-page.ts';

const seed = readFileSync(new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8');
const astana = referenceId('07ASTANA2244');

async function open(...paths: string[]) {
  const rejects: string[] = [];
  const corpus = await openFolderCorpus(paths, (file, reason) => rejects.push(`${file}: ${reason}`));
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
      '/binary.html: a NUL byte, at byte 0 of it: not a text',
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

  test('finds words above the first paragraph', async () => {
    const folder = await tempDir();
    const body = 'A remark about the harbour at night, before all numbers.\n\n1. (U) First.';
    await writeFile(join(folder, 'page.html'), viewerHtml({ id: '07ASTANA12', header: null, body }));
    const { corpus } = await open(folder);
    expect(await corpus.search('remark about the harbour at night', 5)).toMatchObject([
      { referenceId: '07ASTANA12', paragraph: null, exact: true },
    ]);
  });
});

describe('references and neighbours', () => {
  /** Cables of a day in August 2007 each, in files whose order is not theirs. */
  async function corpusOf(pages: readonly { id: string; day: number; refs?: string }[]) {
    const folder = await tempDir();
    for (const [at, { id, day, refs = '' }] of pages.entries()) {
      const created = `2007-08-${String(day).padStart(2, '0')} 10:10`;
      const html = viewerHtml({ id, subject: `OF DAY ${day}`, created, header: null, body: `${refs}\n\n1. (U) X.` });
      await writeFile(join(folder, `${at}.html`), html);
    }
    return (await open(folder)).corpus;
  }
  const ids = (briefs: readonly { referenceId: string }[]) => briefs.map((brief) => brief.referenceId);

  test('cited by: the cables that name it in a REF line, the earliest first', async () => {
    const corpus = await corpusOf([
      { id: '07ASTANA30', day: 20, refs: 'REF: A. ASTANA 12 B. ASTANA 15' },
      { id: '07LONDON5', day: 9, refs: 'REF: 07 ASTANA 12' },
      { id: '07ASTANA12', day: 2, refs: 'REF: ASTANA 1' },
      { id: '07ASTANA15', day: 4, refs: 'REF: 06 ASTANA 12' },
    ]);
    const citing = await corpus.citedBy(referenceId('07ASTANA12'));
    expect(citing).toEqual([
      { referenceId: '07LONDON5', subject: 'OF DAY 9', created: '2007-08-09T10:10Z', classification: 'UNCLASSIFIED' },
      expect.objectContaining({ referenceId: '07ASTANA30' }),
    ]);
    expect(await corpus.citedBy(referenceId('07ASTANA30'))).toEqual([]);
    // Also of a cable whose own text is missing.
    expect(ids(await corpus.citedBy(referenceId('07ASTANA1')))).toEqual(['07ASTANA12']);
  });

  test('neighbours: of the same station only, in order of time, at most as many as asked for', async () => {
    const corpus = await corpusOf([
      ...[7, 3, 9, 1, 5].map((day) => ({ id: `07ASTANA${day}`, day })),
      { id: '07LONDON4', day: 4 },
      { id: '07LONDON6', day: 6 },
    ]);
    const around = async (id: string, each: number) => {
      const { before, after } = await corpus.neighbours(referenceId(id), each);
      return [ids(before), ids(after)];
    };
    expect(await around('07ASTANA5', 5)).toEqual([
      ['07ASTANA1', '07ASTANA3'],
      ['07ASTANA7', '07ASTANA9'],
    ]);
    expect(await around('07ASTANA5', 1)).toEqual([['07ASTANA3'], ['07ASTANA7']]);
    expect(await around('07ASTANA1', 1)).toEqual([[], ['07ASTANA3']]);
    expect(await around('07ASTANA9', 1)).toEqual([['07ASTANA7'], []]);
    expect(await around('07LONDON4', 3)).toEqual([[], ['07LONDON6']]);
    expect(await around('07ASTANA8', 3)).toEqual([[], []]);
  });

  test('two of the same minute stand in the order of their IDs', async () => {
    const corpus = await corpusOf([9, 8, 7].map((serial) => ({ id: `07ASTANA${serial}`, day: 3 })));
    const { before, after } = await corpus.neighbours(referenceId('07ASTANA8'), 2);
    expect([ids(before), ids(after)]).toEqual([['07ASTANA7'], ['07ASTANA9']]);
  });

  test('no number of an index is known to a folder', async () => {
    const corpus = await corpusOf([{ id: '07ASTANA1', day: 1 }]);
    expect(await corpus.numbered(1)).toBeUndefined();
  });
});
