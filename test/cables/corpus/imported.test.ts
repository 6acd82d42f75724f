import { chmod, copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openImportedCorpus } from '../../../src/cables/corpus/imported.ts';
import { referenceId } from '../../../src/cables/ids/reference-id.ts';
import { seeded } from '../../support/make-posts.ts';
import { writeDump } from '../../support/corpus/dump.ts';
import { quoteFrom, withTypos } from '../../support/corpus/quotations.ts';
import { importedFolder, importInto, made } from './made.ts';

const warn = (message: string): never => {
  throw new Error(message);
};

describe('an imported corpus', () => {
  test('has every cable as it was read, with body, source and the number newspapers cite', async () => {
    const { target, dump } = await importedFolder();
    using corpus = openImportedCorpus(target, { warn });
    expect(corpus.size).toBe(made.count);
    for (let at = 0; at < made.count; at += 1) {
      const { id, paragraphs, body, references, number } = made.cable(at);
      const document = await corpus.document(referenceId(id));
      expect(document?.cable.paragraphs.map(({ text }) => text.split(/\s+/))).toEqual(
        paragraphs.map((text) => text.split(/\s+/)),
      );
      expect(document?.cable.references.map((reference) => reference.id)).toEqual(references);
      expect(document).toMatchObject({ body: body.trimEnd(), sources: [dump], conflicts: [] });
      expect(await corpus.cable(referenceId(id))).toEqual(document?.cable);
      expect(await corpus.numbered(number)).toBe(id);
    }
    expect(await corpus.cable(referenceId('07ASTANA2244'))).toBeUndefined();
    expect(await corpus.numbered(made.count + 1)).toBeUndefined();
  });

  test('tells who cites a cable, the earliest first', async () => {
    const { target } = await importedFolder();
    using corpus = openImportedCorpus(target, { warn });
    const all = Array.from({ length: made.count }, (_, at) => made.cable(at));
    for (const { id } of all) {
      const citing = all.filter(({ references }) => references.includes(id)).map((cable) => cable.id);
      expect((await corpus.citedBy(referenceId(id))).map((brief) => brief.referenceId)).toEqual(citing);
    }
  });

  test('tells what a station sent just before and after', async () => {
    const { folder, target } = await importedFolder();
    const page = (id: string, day: string) =>
      `R ${day}2355Z AUG 07\nFM AMEMBASSY ASTANA\n\nUNCLAS ASTANA ${id}\n\nSUBJECT: DAY ${day}\n\n1. (U) Day ${day}.\n`;
    for (const [id, day] of [
      ['000001', '11'],
      ['000002', '12'],
      ['000003', '13'],
      ['000004', '14'],
    ] as const) {
      await writeFile(join(folder, `${id}.txt`), page(id, day));
    }
    await importInto(
      target,
      ['1', '2', '3', '4'].map((each) => join(folder, `00000${each}.txt`)),
    );
    using corpus = openImportedCorpus(target, { warn });
    const { before, after } = await corpus.neighbours(referenceId('07ASTANA3'), 1);
    expect(before).toEqual([expect.objectContaining({ referenceId: '07ASTANA2', created: '2007-08-12T23:55Z' })]);
    expect(after.map((brief) => brief.referenceId)).toEqual(['07ASTANA4']);
  });

  test('finds quotations, exact ones and those with two typos, by paragraph', { timeout: 240_000 }, async () => {
    const { target } = await importedFolder();
    using corpus = openImportedCorpus(target, { warn });
    const random = seeded(3);
    for (let at = 0; at < made.count; at += 1) {
      const quoted = quoteFrom(made.cable(at), random);
      if (quoted === undefined) continue;
      const { id, paragraph, words } = quoted;
      const [exact] = await corpus.search(`“${words.toUpperCase()}”`, 5);
      expect(exact).toMatchObject({ referenceId: id, paragraph, score: 1, exact: true });
      const [near] = await corpus.search(withTypos(words, 2, random), 5);
      expect(near).toMatchObject({ referenceId: id, paragraph, exact: false });
      const short = words.split(' ').slice(0, 3).join(' ');
      const places = (await corpus.search(short, 50)).filter((passage) => passage.exact);
      expect(places.map((passage) => `${passage.referenceId} ${passage.paragraph}`)).toContain(`${id} ${paragraph}`);
    }
    expect(await corpus.search('nothing of this stands in any cable whatsoever qzx', 5)).toEqual([]);
    // What means something to FTS5 is a word like others.
    expect(await corpus.search('" AND OR NOT * ^ : ( ) NEAR(qzx -', 5)).toEqual(expect.any(Array));
    expect(await corpus.search('…', 5)).toEqual([]);
  });

  test('finds words that every paragraph has, where they stand in that order', async () => {
    const { folder, target } = await importedFolder();
    const random = seeded(5);
    const common = 'of the to and in that for on is with as by he are be was at would this not'.split(' ');
    const shuffled = () => common.map((word) => ({ word, at: random() })).toSorted((a, b) => a.at - b.at);
    const paragraphs = Array.from({ length: 900 }, (_, i) => {
      const words = shuffled().map(({ word }) => word);
      return { number: i + 1, text: words.join(' '), quoted: words.slice(4, 14).join(' ') };
    });
    const body = paragraphs.map(({ number, text }) => `${number}. (U) ${text}\n`).join('\n');
    const text = `R 112355Z AUG 07\nFM AMEMBASSY ASTANA\n\nUNCLAS ASTANA 000009\n\nSUBJECT: OF WORDS\n\n${body}`;
    await writeFile(join(folder, 'common.txt'), text);
    await importInto(target, [join(folder, 'common.txt')]);
    using corpus = openImportedCorpus(target, { warn });
    for (const { number, quoted } of paragraphs.slice(800, 820))
      expect((await corpus.search(quoted, 2))[0]).toMatchObject({ paragraph: number, exact: true });
  });

  test('finds a subject and a text without numbered paragraphs, as no paragraph', async () => {
    const { folder, target } = await importedFolder();
    const lines = Array.from(
      { length: 400 },
      (_, i) => `Line ${i} of a long statement on matter m${i} and its neighbour n${i}.`,
    );
    const text = `R 112355Z AUG 07\nFM AMEMBASSY ASTANA\n\nUNCLAS ASTANA 000009\n\nSUBJECT: OF ZEBRAS AND GIRAFFES\n\n${lines.join('\n\n')}\n`;
    await writeFile(join(folder, 'plain.txt'), text);
    await importInto(target, [join(folder, 'plain.txt')]);
    using corpus = openImportedCorpus(target, { warn });
    const place = { referenceId: '07ASTANA9', paragraph: null, exact: true };
    expect(await corpus.search('zebras and giraffes', 2)).toEqual([expect.objectContaining(place)]);
    const [found] = await corpus.search('line 377 of a long statement on matter m377', 2);
    expect(found).toMatchObject(place);
    expect(found!.text).toContain('matter m377');
    expect(found!.text.length).toBeLessThan(1200);
  });

  test('is one plain file that needs no write access', async () => {
    const { folder, target } = await importedFolder();
    expect((await readdir(folder)).filter((name) => /part|wal|shm|journal/.test(name))).toEqual([]);
    const [writeVersion, readVersion] = (await readFile(target)).subarray(18, 20);
    expect([writeVersion, readVersion]).toEqual([1, 1]);
    await chmod(target, 0o444);
    await chmod(folder, 0o555);
    try {
      using corpus = openImportedCorpus(target, { warn });
      expect(corpus.size).toBe(made.count);
      expect((await readdir(folder)).length).toBe(3);
    } finally {
      await chmod(folder, 0o755);
    }
  });
});

test('a corpus unpacks a cable that many posts cite once, and forgets those that nobody asks for', async () => {
  const { target } = await importedFolder();
  using corpus = openImportedCorpus(target, { warn });
  const ask = async (at: number) => await corpus.printed(referenceId(made.cable(at).id));
  const popular = await ask(0);
  expect(popular?.cable.referenceId).toBe(made.cable(0).id);
  expect(await corpus.cable(popular!.cable.referenceId)).toBe(popular?.cable);
  const [first] = await Promise.all(Array.from({ length: 31 }, async (_, at) => await ask(at + 1)));
  expect(await ask(0)).toBe(popular);
  // Another one: the one that nobody asked for since goes.
  await ask(32);
  expect(await ask(0)).toBe(popular);
  expect(await ask(1)).not.toBe(first);
  expect(await ask(1)).toEqual(first);
});

describe('a corpus whose file is replaced', () => {
  test('is read from the next question on, from nothing as well', async () => {
    const { folder, target } = await importedFolder();
    const live = join(folder, 'live.db');
    using corpus = openImportedCorpus(live, { warn, checkEveryMs: 0 });
    expect(corpus.size).toBe(0);
    expect(await corpus.cable(referenceId(made.cable(1).id))).toBeUndefined();
    await copyFile(target, live);
    for (const _ of ['unpacked', 'remembered'])
      expect((await corpus.cable(referenceId(made.cable(1).id)))?.referenceId).toBe(made.cable(1).id);
    const dump = join(folder, 'one.csv');
    await writeDump(dump, made, 5, 6);
    await importInto(join(folder, 'next.db'), [dump]);
    // Asked before, answered whole.
    const asked = Promise.all(Array.from({ length: 20 }, (_, at) => corpus.cable(referenceId(made.cable(at).id))));
    await rename(join(folder, 'next.db'), live);
    expect((await asked).every((cable) => cable !== undefined)).toBe(true);
    expect(corpus.size).toBe(1);
    expect(await corpus.cable(referenceId(made.cable(1).id))).toBeUndefined();
  });

  test('is used on where the new file is none, and that is told once', async () => {
    const { folder, target } = await importedFolder();
    const warnings: string[] = [];
    using corpus = openImportedCorpus(target, { warn: (message) => warnings.push(message), checkEveryMs: 0 });
    await writeFile(join(folder, 'bad.db'), 'no database at all, whatever its name says');
    await rename(join(folder, 'bad.db'), target);
    expect(corpus.size).toBe(made.count);
    expect((await corpus.search(made.cable(3).paragraphs[0]!.slice(0, 90), 1)).length).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('still using the earlier one')]);
  });

  test('does not open at the start where it is none', async () => {
    const { target } = await importedFolder();
    await writeFile(target, 'no database at all, whatever its name says');
    expect(() => openImportedCorpus(target, { warn })).toThrow(/database/);
  });
});
