import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CableIndex, IndexQuery } from '../../../src/cables/corpus/cable-index.ts';
import { combineIndexes } from '../../../src/cables/corpus/cable-index.ts';
import { listingOfIds } from '../../../src/cables/catalogue/catalogue-list.ts';
import { decodeList, encodeList } from '../../../src/cables/catalogue/list-file.ts';
import { importCorpus } from '../../../src/cables/corpus/import/import-corpus.ts';
import { openStore } from '../../../src/cables/corpus/imported.ts';
import { openFolderCorpus } from '../../../src/cables/corpus/folder-corpus.ts';
import { tempDir } from '../../support/temp.ts';

const sample = readFileSync(new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8');

/** The seed under other IDs and dates: two stations, two years, two with the same time. */
const dates = [
  ['07ASTANA11', '2007-01-03 10:00'],
  ['07ASTANA12', '2007-01-03 10:00'],
  ['07PARIS13', '2007-02-01 09:00'],
  ['08ASTANA14', '2008-02-28 23:59'],
  ['08PARIS15', '2008-12-31 23:59'],
] as const;

async function folderOf(which: readonly (readonly [string, string])[] = dates): Promise<string> {
  const dir = await tempDir();
  for (const [id, created] of which) {
    const text = sample
      .replaceAll('07ASTANA2244', id)
      .replace('2007-08-19 23:55', created)
      .replace('E.O. 12958: N/A', 'E.O. 12958: N/A\nTAGS: PREL, KZ');
    writeFileSync(join(dir, `${id}.txt`), text);
  }
  return dir;
}

async function whole(index: CableIndex, query: Omit<IndexQuery, 'most' | 'after'> = {}, most = 2): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await index.list({ ...query, most, after });
    expect(page.cables.length).toBeLessThanOrEqual(most);
    found.push(...page.cables.map(({ referenceId }) => referenceId));
    after = page.next;
  } while (after !== undefined);
  return found;
}

const folder = async (dir: string) => await openFolderCorpus([dir], () => {});

describe.each(['in memory', 'in a file', 'combined', 'of IDs alone'] as const)('an index %s', (kind) => {
  async function open(): Promise<CableIndex> {
    if (kind === 'of IDs alone') {
      const months = dates.map(([id, created]) => [id, Number(created.slice(5, 7))] as const);
      return listingOfIds(decodeList(encodeList(new Map(months.toReversed())), 'list'));
    }
    if (kind === 'combined') {
      const parts = await Promise.all(
        [dates.slice(0, 3), dates.slice(2)].map(async (some) => folder(await folderOf(some))),
      );
      return combineIndexes(
        parts,
        () => undefined,
        () => Promise.resolve(undefined),
      );
    }
    const dir = await folderOf();
    if (kind === 'in memory') return await folder(dir);
    const file = join(await tempDir(), 'corpus.db');
    await importCorpus(file, [dir], { signal: new AbortController().signal, progress: () => {} });
    return openStore(file);
  }

  test('has each cable once, page by page, in order of time, by date and station', async () => {
    const index = await open();
    const ids = dates.map(([id]) => id);
    for (const most of [1, 2, 5, 50]) expect(await whole(index, {}, most)).toEqual(ids);
    expect(await whole(index, { year: 2007 })).toEqual(ids.slice(0, 3));
    expect(await whole(index, { year: 2007, month: 2 })).toEqual(['07PARIS13']);
    expect(await whole(index, { year: 2007, month: 3 })).toEqual([]);
    expect(await whole(index, { of: { facet: 'station', name: 'ASTANA' } }, 1)).toEqual([
      '07ASTANA11',
      '07ASTANA12',
      '08ASTANA14',
    ]);
    expect(await whole(index, { year: 2008, of: { facet: 'station', name: 'PARIS' } })).toEqual(['08PARIS15']);
    expect(await whole(index, { of: { facet: 'station', name: "x' or 1" } })).toEqual([]);
    expect((await index.list({ most: 2, after: 'nonsense' })).cables.length).toBeLessThanOrEqual(2);
  });

  test('tells how many there are', async () => {
    const index = await open();
    if (kind !== 'combined') {
      expect(await index.groups('date')).toEqual([
        { name: '2007', cables: 3 },
        { name: '2008', cables: 2 },
      ]);
      expect(await index.groups('date', 2008)).toEqual([
        { name: '02', cables: 1 },
        { name: '12', cables: 1 },
      ]);
      expect(await index.groups('station')).toEqual([
        { name: 'ASTANA', cables: 3 },
        { name: 'PARIS', cables: 2 },
      ]);
    }
    const ids = dates.map(([id]) => id);
    const texts = kind === 'of IDs alone' ? [] : ids;
    expect(await whole(index, { of: { facet: 'tag', name: 'PREL' } }, 3)).toEqual(texts);
    expect(
      await whole(index, { of: { facet: 'classification', name: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY' } }),
    ).toEqual(texts);
  });
});

test('where the list of IDs has more than the texts, it is the list; what is known of a cable beside comes from its text', async () => {
  const texts = await folder(await folderOf(dates.slice(0, 1)));
  const ids = listingOfIds(decodeList(encodeList(new Map(dates.map(([id]) => [id, 1] as const))), 'list'));
  const index = combineIndexes(
    [texts],
    () => ids,
    (id) => texts.cable(id),
  );
  const { cables } = await index.list({ most: 50 });
  expect([index.size, cables.length, cables.filter(({ created }) => created !== null).length]).toEqual([5, 5, 1]);
  expect(await whole(index, { of: { facet: 'tag', name: 'KZ' } })).toEqual(['07ASTANA11']);
});
