import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatNames } from '../../src/cables/corpus/formats/index.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

const sample = new URL('../../config/sample/07ASTANA2244.txt', import.meta.url).pathname;

describe('pilcrow corpus', { timeout: 120_000 }, () => {
  test('imports, counts and finds, each as JSON too', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    const corpus = (...args: string[]) => command(['corpus', ...args, '--config', config]);
    const none = await corpus('stats');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('pilcrow corpus import')]);
    const rehearsed = await corpus('import', '--dry-run', '--json', sample);
    expect(JSON.parse(rehearsed.out)).toEqual({ dryRun: true, read: 1, cables: 1, rejects: 0 });
    expect(existsSync(join(dir, 'data/corpus.db'))).toBe(false);
    const imported = await corpus('import', sample);
    expect(imported.code).toBe(0);
    expect(imported.out).toContain('1 new cables');
    const stats = await corpus('stats', '--json');
    expect(JSON.parse(stats.out)).toMatchObject({
      cables: 1,
      years: [{ name: '2007', cables: 1 }],
      stations: [{ name: 'ASTANA', cables: 1 }],
      classifications: [{ name: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY', cables: 1 }],
      sources: [{ name: sample, cables: 1 }],
    });
    expect((await corpus('stats')).out).toContain('1 cables in');
    const found = await corpus('search', '--json', 'Reform and subsidize higher education');
    expect(found.code).toBe(0);
    const [place] = found.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(Object.keys(place ?? {})).toEqual(['referenceId', 'paragraph', 'score', 'exact', 'text']);
    expect(place).toMatchObject({ referenceId: '07ASTANA2244', paragraph: 20, score: 1, exact: true });
    expect((await corpus('search', 'reform', 'and', 'subsidise', 'higher', 'education')).out).toMatch(
      /07ASTANA2244 ¶20 {2}\d\d %/,
    );
    expect((await corpus('search', 'qwertz uiop')).out).toBe('Nothing found.\n');
  });

  test('says what is wrong with its use', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    const missing = await command(['corpus', 'import', join(dir, 'nothing.csv'), '--config', config]);
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('nothing.csv cannot be read')]);
    expect((await command(['corpus', 'import', '--format', 'pdf', sample, '--config', config])).code).toBe(2);
    writeFileSync(config, 'imported: null\n', { flag: 'a' });
    const ruledOut = await command(['corpus', 'import', sample, '--config', config]);
    expect([ruledOut.code, ruledOut.err]).toEqual([2, expect.stringContaining('imported: null')]);
  });
});

test('corpus sources: where texts are, how large, and which of them this version can import', async () => {
  const { code, out } = await command(['corpus', 'sources', '--json']);
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<'name' | 'address' | 'how' | 'format', string> & { readable: boolean });
  expect(code).toBe(0);
  for (const { name, address, how, format, readable } of rows) {
    expect([name, address]).toEqual([name, expect.stringMatching(/^https:\/\//)]);
    expect([name, readable]).toEqual([name, formatNames.some((known) => known === format)]);
    expect([name, readable]).toEqual([name, /pilcrow corpus import \S/.test(how)]);
  }
  expect(rows.filter(({ readable }) => !readable).map(({ name }) => name)).toEqual(['nara']);
  const shown = await command(['corpus', 'sources']);
  for (const { name, address, how } of rows) {
    for (const text of [name, address, how]) expect(shown.out).toContain(text);
  }
  expect(shown.out).toContain('1730.5 MB, format dump');
});
