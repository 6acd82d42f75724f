import { describe, expect, test } from 'vitest';
import {
  anysOf,
  crowdedFolders,
  functionsOf,
  importCircles,
  reachOf,
  repeatedNames,
  smallFilesWithOneImporter,
} from './support/figures.ts';
import { importsOf } from './support/imports.ts';
import { linesOf, parseSource } from './support/source.ts';

const importing = (file: string, ...targets: string[]) =>
  importsOf(file, targets.map((target) => `import type { A } from '${target}';`).join('\n'));

describe('the figures of the house', () => {
  test('find a circle through several files, and only its members', () => {
    const imports = [
      ...importing('src/a.ts', './b.ts'),
      ...importing('src/b.ts', './c.ts', './leaf.ts'),
      ...importing('src/c.ts', './a.ts', 'zod'),
      ...importing('src/top.ts', './a.ts'),
      ...importing('src/leaf.ts', 'zod'),
    ];
    expect(importCircles(imports)).toEqual([['src/a.ts', 'src/b.ts', 'src/c.ts']]);
  });

  test('count two separate circles as two, and a lazy import as an import', () => {
    const imports = [
      ...importing('src/a.ts', './b.ts'),
      ...importsOf('src/b.ts', `const { a } = await import('./a.ts');`),
      ...importing('src/c.ts', './d.ts'),
      ...importing('src/d.ts', './c.ts'),
    ];
    expect(importCircles(imports)).toHaveLength(2);
  });

  test('follow a command’s imports of values, not those that Node strips or that are loaded later', () => {
    const imports = [
      ...importsOf(
        'src/cli/commands/pause.ts',
        `import type { A } from '../../type.ts';\nimport { b } from '../../b.ts';\nawait import('../../later.ts');`,
      ),
      ...importsOf(
        'src/b.ts',
        `import {\n  type C,\n} from './c.ts';\nexport { d } from './d.ts';\nexport type { E } from './e.ts';`,
      ),
      ...importsOf('src/cli.ts', `import 'commander';\nimport('./cli/commands/pause.ts');`),
      ...importsOf('src/cli/commands/run.ts', `import { f } from '../../f.ts';`),
    ];
    const files = ['src/b.ts', 'src/c.ts', 'src/cli.ts', 'src/cli/commands/pause.ts', 'src/d.ts'];
    expect(reachOf('pause', imports)).toEqual(files);
  });

  test('count the files of a folder without its subfolders, and leave the commands alone', () => {
    const many = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/${i}.ts`);
    const files = [...many('src/a', 21), ...many('src/b', 20), ...many('src/b/c', 5), ...many('src/cli/commands', 30)];
    expect(crowdedFolders(files)).toEqual([['src/a', 21]]);
  });

  test('count a base name at its third place, but no index and no part that every platform has', () => {
    const thrice = (name: string) => ['a', 'b', 'c'].map((folder) => `src/${folder}/${name}`);
    const drivers = ['x', 'log', 'file'].map((platform) => `src/platforms/${platform}/driver.ts`);
    const files = [...thrice('links.ts'), ...thrice('index.ts'), ...drivers, 'src/a/two.ts', 'src/b/two.ts'];
    expect(repeatedNames(files)).toEqual([['links.ts', thrice('links.ts')]]);
  });

  test('find short files that one file imports, however often it does', () => {
    const short = parseSource('src/short.ts', 'export const a = 1;\n');
    const long = parseSource('src/long.ts', 'export const a = 1;\n'.replace('1', '[\n'.padEnd(60, '\n') + ']'));
    const popular = parseSource('src/popular.ts', 'export const a = 1;\n');
    const imports = [
      ...importing('src/a.ts', './short.ts', './short.ts', './long.ts', './popular.ts'),
      ...importing('src/b.ts', './popular.ts'),
    ];
    expect(smallFilesWithOneImporter([short, long, popular], imports)).toEqual([
      { file: 'src/short.ts', importer: 'src/a.ts' },
    ]);
  });

  test('measure functions of every form, with the name that a reader sees', () => {
    const source = parseSource(
      'src/a.ts',
      `function f() {\n  return 1;\n}\nconst g = () =>\n  1;\nclass C {\n  m() {}\n}\nconst o = { p: () => {} };`,
    );
    expect(functionsOf(source).map(({ name, place, lines }) => [name, place, lines])).toEqual([
      ['f', 'src/a.ts:1', 3],
      ['g', 'src/a.ts:4', 2],
      ['m', 'src/a.ts:7', 1],
      ['p', 'src/a.ts:9', 1],
    ]);
  });

  test('find `any` as a type, not as a word', () => {
    const source = parseSource('src/a.ts', `// any\nconst any = 'any';\nconst x: any[] = [any as any];`);
    expect(anysOf(source)).toEqual(['src/a.ts:3', 'src/a.ts:3']);
  });

  test('count lines without the last line break', () => {
    expect([linesOf('a\nb\n'), linesOf('a')]).toEqual([2, 1]);
  });
});
