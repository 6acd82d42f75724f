import { existsSync } from 'node:fs';
import { copyFile, readFile, stat, utimes, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { dryRunImport, importCorpus } from '../../../../src/cables/corpus/import/import-corpus.ts';
import { openImportedCorpus } from '../../../../src/cables/corpus/imported.ts';
import { corpusStats } from '../../../../src/cables/corpus/stats.ts';
import { referenceId } from '../../../../src/cables/ids/reference-id.ts';
import { openDisk } from '../../../support/chaos/disk.ts';
import { dumpRow, writeDump } from '../../../support/corpus/dump.ts';
import { madeCorpus } from '../../../support/corpus/generate.ts';
import { contentOf } from '../../../support/corpus/import-kills.ts';
import { tempDir } from '../../../support/temp.ts';
import { importedFolder, importInto, made } from '../made.ts';

const signal = new AbortController().signal;
const seed = new URL('../../../../config/sample/07ASTANA2244.txt', import.meta.url).pathname;
const warn = (message: string): never => {
  throw new Error(message);
};

describe('an import', () => {
  test('adds to what is there', async () => {
    const { folder, target, dump } = await importedFolder();
    expect(await importInto(target, [seed])).toEqual({
      read: 1,
      added: 1,
      fuller: 0,
      known: 0,
      rejects: 0,
      rejectsFile: undefined,
      resumed: false,
    });
    using corpus = openImportedCorpus(target, { warn });
    expect(corpus.size).toBe(made.count + 1);
    expect(await importInto(target, [dump])).toMatchObject({ read: made.count, added: 0, known: made.count });
    expect(existsSync(join(folder, 'corpus.db.part'))).toBe(false);
  });

  test('lists what cannot be read, with its place and why, and reads the rest', async () => {
    const folder = await tempDir();
    const [dump, target] = [join(folder, 'cables.csv'), join(folder, 'corpus.db')];
    const wrong = dumpRow({ ...made.cable(1), id: '07NOWHERE' });
    await writeFile(dump, dumpRow(made.cable(0)) + wrong + dumpRow(made.cable(2)));
    const imported = await importInto(target, [dump]);
    expect(imported).toMatchObject({ read: 2, rejects: 1, rejectsFile: `${target}.rejects.jsonl` });
    const lines = (await readFile(`${target}.rejects.jsonl`, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { source: dump, position: expect.stringContaining('2'), reason: expect.stringContaining('07NOWHERE') },
    ]);
    const named = join(folder, 'mine.jsonl');
    expect(await importInto(target, [dump], { rejects: named })).toMatchObject({ rejectsFile: named });
    // Those of the last import go away with it.
    expect(await importInto(target, [seed])).toMatchObject({ rejects: 0, rejectsFile: undefined });
    expect(existsSync(`${target}.rejects.jsonl`)).toBe(false);
  });

  test('that is rehearsed reads all and writes nothing', async () => {
    const folder = await tempDir();
    const [dump, target] = [join(folder, 'cables.csv'), join(folder, 'corpus.db')];
    await writeDump(dump, made, 0, 5);
    await writeFile(join(folder, 'empty.txt'), '');
    const paths = [dump, dump, join(folder, 'empty.txt')];
    expect(await dryRunImport(target, paths, { signal })).toMatchObject({ read: 10, cables: 5, rejects: [{}] });
    expect(existsSync(target) || existsSync(`${target}.part`)).toBe(false);
  });

  test('of a path that is not there is refused before anything is written', async () => {
    const folder = await tempDir();
    const target = join(folder, 'corpus.db');
    await expect(importInto(target, [join(folder, 'missing')])).rejects.toThrow(/missing cannot be read/);
    expect(existsSync(`${target}.part`)).toBe(false);
  });
});

describe('a cable of several sources', () => {
  /** A page cut short, and the whole of it, in this order or the other. */
  async function twoCopies(first: 'part' | 'whole') {
    const folder = await tempDir();
    const [part, target] = [join(folder, 'part.txt'), join(folder, 'corpus.db')];
    const text = await readFile(seed, 'utf8');
    await writeFile(part, text.slice(0, text.indexOf('\n12.')).replace('2007-08-19 23:55', '2007-08-20 23:55'));
    const imported = await importInto(target, first === 'part' ? [part, seed] : [seed, part]);
    return { part, target, imported };
  }

  test.each(['part', 'whole'] as const)(
    'keeps the fullest text, names its sources and where they differ (%s first)',
    async (first) => {
      const { part, target, imported } = await twoCopies(first);
      expect(imported).toMatchObject({
        read: 2,
        added: 1,
        fuller: first === 'part' ? 1 : 0,
        known: first === 'part' ? 0 : 1,
      });
      using corpus = openImportedCorpus(target, { warn });
      const document = await corpus.document(referenceId('07ASTANA2244'));
      expect(document?.cable.paragraphs).toHaveLength(24);
      expect(document?.sources.toSorted()).toEqual([part, seed].toSorted());
      expect(document?.conflicts).toEqual([
        { field: 'created', source: part, value: '2007-08-20T23:55Z', kept: '2007-08-19T23:55Z' },
      ]);
      const words = document!.cable.paragraphs[4]!.text.split(/\s+/).slice(0, 12).join(' ');
      // The text that gave way is not found a second time.
      expect(await corpus.search(words, 5)).toHaveLength(1);
      expect(corpusStats(target)).toMatchObject({
        cables: 1,
        years: [{ name: '2007', cables: 1 }],
        stations: [{ name: 'ASTANA', cables: 1 }],
        several: 1,
        conflicting: 1,
        superseded: first === 'part' ? 1 : 0,
      });
    },
  );
});

describe('an import that is stopped', { timeout: 120_000 }, () => {
  const batch = 10;
  const limits = { batch: 20_000 };

  /** Stops when so many cables are read. */
  async function stopped(target: string, paths: readonly string[], cables: number): Promise<void> {
    const stop = new AbortController();
    const progress = (now: { cables: number }): void => {
      if (now.cables >= cables) stop.abort(new Error('enough'));
    };
    await expect(importCorpus(target, paths, { signal: stop.signal, batch, limits, progress })).rejects.toThrow(
      'enough',
    );
  }

  async function started() {
    const folder = await tempDir();
    const paths = ['one.csv', 'two.csv'].map((name) => join(folder, name));
    const many = madeCorpus({ count: 120, seed: 9 });
    await writeDump(paths[0]!, many, 0, 100);
    await writeDump(paths[1]!, many, 60, 120);
    return { folder, paths, target: join(folder, 'corpus.db') };
  }

  test('leaves the corpus as it was, goes on when asked again, and ends as one that was not', async () => {
    const { folder, paths, target } = await started();
    await importInto(join(folder, 'whole.db'), paths, { batch });
    await stopped(target, paths, 30);
    expect(existsSync(target)).toBe(false);
    await stopped(target, paths, 110);
    expect(existsSync(target)).toBe(false);
    expect(await importInto(target, paths, { batch, limits })).toMatchObject({ read: 160, added: 120, resumed: true });
    expect(contentOf(target)).toEqual(contentOf(join(folder, 'whole.db')));
  });

  test('is not mixed with another, which says what to do', async () => {
    const { paths, target } = await started();
    await stopped(target, paths, 30);
    await expect(importInto(target, [paths[0]!])).rejects.toThrow(
      /unfinished import of .*one\.csv .*two\.csv.*--restart/,
    );
    await utimes(paths[1]!, new Date(), new Date(0));
    await expect(importInto(target, paths)).rejects.toThrow(/--restart/);
    expect(await importInto(target, [paths[0]!], { restart: true })).toMatchObject({ read: 100, resumed: false });
  });
});

test('two imports at once are one too many', async () => {
  const { target, dump, folder } = await importedFolder();
  await copyFile(dump, join(folder, 'again.csv'));
  const both = await Promise.allSettled([importInto(target, [dump]), importInto(target, [join(folder, 'again.csv')])]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const refused = both.find((each) => each.status === 'rejected');
  expect(String(refused?.reason)).toContain('another import is writing');
});

test('what another version left is told of, with what to do', async () => {
  const target = join(await tempDir(), 'corpus.db');
  await importInto(target, [seed]);
  const corpus = new DatabaseSync(target);
  corpus.exec("update facts set value = '1' where name = 'form'");
  corpus.close();
  await expect(importInto(target, [seed])).rejects.toThrow(
    /has form 1, and this version reads form \d+: remove it, and import again/,
  );
  await rename(target, `${target}.part`);
  await expect(importInto(target, [seed])).rejects.toThrow(/not an unfinished import of this version: .* --restart/);
  expect(await importInto(target, [seed], { restart: true })).toMatchObject({ read: 1 });
});

test(
  'a full disk leaves the corpus as it was; the same command goes on when there is room',
  { timeout: 120_000 },
  async (context) => {
    const dir = await tempDir();
    await using disk = openDisk(dir, 24);
    if (disk === undefined) {
      context.skip('this user may not mount a small disk');
      return;
    }
    const target = join(disk.path, 'corpus.db');
    await importInto(target, [seed]);
    const before = await stat(target);
    const dump = join(dir, 'cables.csv');
    await writeDump(dump, madeCorpus({ count: 300, seed: 5 }));
    await disk.fill();
    await expect(importInto(target, [dump], { batch: 10 })).rejects.toThrow(/the disk is full: .* is as it was/);
    expect((await stat(target)).mtimeMs).toBe(before.mtimeMs);
    using corpus = openImportedCorpus(target, { warn });
    expect(corpus.size).toBe(1);
    disk.free();
    expect(await importInto(target, [dump], { batch: 10 })).toMatchObject({ read: 300 });
  },
);
