import { readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { importCatalogue, openCatalogue } from '../../../src/cables/catalogue/catalogue.ts';
import { publishedId } from '../../../src/cables/ids/reference-id.ts';
import { madeIds } from '../../support/made-ids.ts';
import { sampleTest } from '../../support/sample-test.ts';
import { type ListedId, listedIds, sampleList } from '../../support/samples.ts';
import { tempDir } from '../../support/temp.ts';

const list = '07ASTANA2244,8\n08ASTANA2244,11\n09ASTANA7,1\n08THEHAGU799,9\n092OF5,12\n06ASTANA,2\n';

async function imported(content: string | Buffer, name = 'list.csv') {
  const folder = await tempDir();
  const source = join(folder, name);
  await writeFile(source, content);
  const target = join(folder, 'state', 'catalogue');
  const result = await importCatalogue(source, target);
  return { folder, source, target, result, catalogue: openCatalogue(target)! };
}

describe('an imported list', () => {
  test('knows which IDs exist, their month, and the years of a station’s serial', async () => {
    const { catalogue, result } = await imported(list);
    expect(result).toMatchObject({ imported: 6, rejects: [] });
    expect(catalogue.size).toBe(6);
    expect(catalogue.has(publishedId('07ASTANA2244'))).toBe(true);
    expect(catalogue.has(publishedId('07ASTANA2245'))).toBe(false);
    expect(catalogue.has(publishedId('10ASTANA2244'))).toBe(false);
    expect(catalogue.has(publishedId('092OF5'))).toBe(true);
    expect(catalogue.month(publishedId('08ASTANA2244'))).toBe(11);
    expect(catalogue.month(publishedId('06ASTANA'))).toBe(2);
    expect(catalogue.month(publishedId('07ASTANA1'))).toBeUndefined();
    expect(catalogue.years('ASTANA', 2244)).toEqual([2007, 2008]);
    expect(catalogue.years('PARIS', 1)).toEqual([]);
  });

  test('finds a cable that is listed under a malformed ID by its right station and serial', async () => {
    const { catalogue } = await imported(list);
    expect(catalogue.years('THEHAGUE', 799)).toEqual([2008]);
    expect(catalogue.years('STATE', 126_780)).toEqual([2009]);
    expect(catalogue.years('ASTANA', 204)).toEqual([2006]);
  });

  test.each([
    ['compressed', gzipSync(list), 'list.csv.gz'],
    ['compressed without saying so', gzipSync(list), 'list.csv'],
    ['with a byte order mark', `\uFEFF${list}`, 'list.csv'],
    ['with Windows line ends and blank lines', list.replaceAll('\n', '\r\n\r\n'), 'list.csv'],
    ['quoted', list.replace(/^(\w+)/gm, '"$1"'), 'list.csv'],
    ['with a header', `reference_id,month\n${list}`, 'list.csv'],
    ['with commas and marks in quotation marks', 'n,title,id,month\n1,"A, ""B"", C", 07ASTANA2244 ,8\n', 'list.csv'],
    ['with a header, dates and other columns', 'n,Canonical ID,Created\n1,07ASTANA2244,2007-08-19 23:55\n', 'list.csv'],
  ])('may be %s', async (_how, content, name) => {
    const { catalogue, result } = await imported(content, name);
    expect(result.rejects).toEqual([]);
    expect(catalogue.month(publishedId('07ASTANA2244'))).toBe(8);
  });

  test('may lack months, and hold IDs in other spellings', async () => {
    const { catalogue, result } = await imported('07astana2244\n08 Astana 002244\n');
    expect(result.rejects).toEqual([]);
    expect(catalogue.has(publishedId('07ASTANA2244'))).toBe(true);
    expect(catalogue.has(publishedId('08ASTANA2244'))).toBe(true);
    expect(catalogue.month(publishedId('07ASTANA2244'))).toBeUndefined();
  });
});

describe('an import', () => {
  test('says which lines it could not read and takes the others', async () => {
    const { result, source } = await imported('07ASTANA2244,8\nnot an ID,8\n08ASTANA5,13\n09ASTANA7,1\n');
    expect(result.imported).toBe(2);
    expect(result.rejects).toEqual([`${source}:2: not a reference ID: NOT AN ID`, `${source}:3: not a month: 13`]);
  });

  test('of no list at all leaves the list that is there', async () => {
    const { folder, target, catalogue } = await imported(list);
    const before = await readFile(target);
    const other = join(folder, 'other.csv');
    await writeFile(other, 'a,b\nc,d\n');
    await expect(importCatalogue(other, target)).rejects.toThrow('no reference ID in it');
    await writeFile(other, gzipSync(list).subarray(0, 40));
    await expect(importCatalogue(other, target)).rejects.toThrow('unexpected end of file');
    expect(await readFile(target)).toEqual(before);
    expect(await readdir(join(folder, 'state'))).toEqual(['catalogue']);
    expect(catalogue.size).toBe(6);
  });

  test('tells how far it is', async () => {
    const folder = await tempDir();
    const source = join(folder, 'list.csv');
    await writeFile(source, Array.from({ length: 25_000 }, (_, index) => `07STATE${index + 1},1`).join('\n'));
    const counts: number[] = [];
    await importCatalogue(source, join(folder, 'catalogue'), { progress: (count) => counts.push(count) });
    expect(counts).toEqual([10_000, 20_000, 25_000]);
  });
});

describe('openCatalogue', () => {
  test('finds none where none was imported', async () => {
    expect(openCatalogue(join(await tempDir(), 'catalogue'))).toBeUndefined();
  });

  test('refuses a damaged file and says what to do', async () => {
    const { target } = await imported(list);
    const whole = await readFile(target);
    const changed = Buffer.from(whole);
    changed[changed.length - 1] = 99;
    for (const bytes of [changed, Buffer.from('07ASTANA2244,8\n'), whole.subarray(0, 30), Buffer.alloc(0)]) {
      await writeFile(target, bytes);
      expect(() => openCatalogue(target)).toThrow(/import the catalogue again/);
    }
    await writeFile(target, whole);
    await truncate(target, whole.length - 3);
    expect(() => openCatalogue(target)).toThrow('the catalogue is damaged');
  });
});

describe('of a whole list every ID is taken and every month is certain', () => {
  test('of 5,000 made IDs', async () => {
    const ids = madeIds(3);
    const source = join(await tempDir(), 'list.csv.gz');
    await writeFile(source, gzipSync(ids.map(({ id, month }) => `${id},${month}\n`).join('')));
    await expectCertain(source, ids);
  });

  sampleTest('of all published IDs', async () => {
    const ids = listedIds();
    expect(ids).toHaveLength(251_287);
    await expectCertain(sampleList, ids);
  });
});

async function expectCertain(source: string, ids: readonly ListedId[]): Promise<void> {
  const target = join(await tempDir(), 'catalogue');
  expect(await importCatalogue(source, target)).toMatchObject({ imported: ids.length, rejects: [] });
  const catalogue = openCatalogue(target)!;
  expect(catalogue.size).toBe(ids.length);
  expect(ids.filter(({ id, month }) => catalogue.month(publishedId(id)) !== month)).toEqual([]);
}
