import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  anysOf,
  crowdedFolders,
  functionsOf,
  importCircles,
  lightCommands,
  limits,
  reachOf,
  repeatedNames,
  triedFailpoints,
} from './support/figures.ts';
import { homes, rooms } from './support/house.ts';
import { type Import, importsOf, importsUnder } from './support/imports.ts';
import { linesOf, parseSource, sourcesUnder } from './support/source.ts';

/** Registries are for the composition root alone. */
const registries: Record<string, readonly string[]> = {
  'src/platforms/index.ts': [
    'src/app/answering.ts',
    'src/app/open-drivers.ts',
    'src/app/read-rules.ts',
    'src/config/read.ts',
    'src/config/schema-files.ts',
  ],
};

/** Calls whose result is no promise. The linter sees all promises but those that an arrow function discards. */
const waitsForNothing =
  /=> void (?:process\.(?:off|stdout\.write|stderr\.write)|hash\.update|failures\.set|timer\.refresh)\(/;

const root = new URL('..', import.meta.url).pathname;

describe('the house', () => {
  const imports = importsUnder(root, ['src', 'workers']);
  const sources = sourcesUnder(root, ['src', 'workers']);

  test('has imports to look at', () => expect(imports.length).toBeGreaterThan(100));

  test('rooms import only what stands below them', () => expect(imports.filter(crossesWalls)).toEqual([]));

  test('a platform’s driver imports no other platform', () => expect(imports.filter(peeksAtNeighbour)).toEqual([]));

  test('each dependency has one home', () => expect(imports.filter(strays)).toEqual([]));

  test('only the composition root imports registries', () => expect(imports.filter(bypassesRoot)).toEqual([]));

  test('only the registry imports drivers', () => expect(imports.filter(opensDriver)).toEqual([]));

  test('no imports go round in a circle, not even of types', () => expect(importCircles(imports)).toEqual([]));

  test(`no folder of src has more than ${limits.filesPerFolder} files`, () => {
    expect(crowdedFolders(globSync('src/**/*.*', { cwd: root }))).toEqual([]);
  });

  test('no base name stands three times', () => {
    expect(repeatedNames(sources.map(({ file }) => file))).toEqual([]);
  });

  test(`no file has more than ${limits.longFile} lines`, () => {
    expect(sources.filter(({ text }) => linesOf(text) > limits.longFile).map(({ file }) => file)).toEqual([]);
  });

  test(`no function has more than ${limits.longestFunction} lines`, () => {
    const long = sources.flatMap(functionsOf).filter(({ lines }) => lines > limits.longestFunction);
    expect(long.map(({ name, place }) => `${name} ${place}`)).toEqual([]);
  });

  test.each(lightCommands)(`pilcrow %s loads at most ${limits.lightReach} files before it works`, (command) => {
    // Migrations only add up.
    const reach = reachOf(command, imports).filter((file) => !file.startsWith('src/ledger/db/migrations/'));
    expect(reach).toContain('src/app/open-ledger.ts');
    expect(reach.length <= limits.lightReach ? [] : reach).toEqual([]);
  });

  test.each([
    { command: undefined, packages: ['commander'] },
    { command: 'pause', packages: ['commander', 'dotenv', 'kysely', 'yaml', 'zod'] },
  ])('pilcrow $command loads the packages $packages before it works', ({ command, packages }) => {
    const reach = new Set(reachOf(command, imports));
    const loaded = imports.filter(
      ({ file, target, inProject, isStatic }) =>
        isStatic && !inProject && !target.startsWith('node:') && reach.has(file),
    );
    expect([...new Set(loaded.map(({ target }) => target))].toSorted()).toEqual(packages);
  });

  test('nothing is `any`', () => expect(sources.flatMap(anysOf)).toEqual([]));

  test('no failpoint is in a `try`', () => expect(sources.flatMap(triedFailpoints)).toEqual([]));

  test('no arrow function leaves a promise to nobody: each has a `catch`', () => {
    const discarded = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/=> void [\w.]+\([^;\n]*/g)].map(([found]) => `${file}: ${found}`),
    );
    expect(discarded.filter((found) => !found.includes('.catch(') && !waitsForNothing.test(found))).toEqual([]);
  });

  test('core imports nothing but zod and Node', () => {
    const foreign = imports.filter(
      ({ file, target, inProject }) =>
        file.startsWith('src/core/') && !inProject && target !== 'zod' && !target.startsWith('node:'),
    );
    expect(foreign).toEqual([]);
  });

  test('only src/config reads the environment', () => {
    const readers = new Set(imports.map(({ file }) => file));
    const found = [...readers].filter(
      (file) => !file.startsWith('src/config/') && readFileSync(`${root}${file}`, 'utf8').includes('process.env'),
    );
    expect(found).toEqual([]);
  });

  test('no import leads out of the project', () => {
    expect(imports.filter(({ target, inProject }) => inProject && target.startsWith('..'))).toEqual([]);
  });
});

describe('the checks themselves find a planted', () => {
  const plant = (file: string, source: string) => importsOf(file, source);

  test('import up the house', () => {
    expect(plant('src/core/post.ts', `import { x } from '../cables/find.ts';`).filter(crossesWalls)).toHaveLength(1);
    expect(
      plant('src/ledger/a.ts', `\nexport type { x } from '../../workers/poll.ts';`).filter(crossesWalls),
    ).toHaveLength(1);
    expect(plant('src/rules/a.ts', `const x = await import('../cables/find.ts');`).filter(crossesWalls)).toHaveLength(
      1,
    );
    expect(
      plant('src/rules/a.ts', `import {\n  a,\n  b,\n} from '../config/load.ts';`).filter(crossesWalls),
    ).toHaveLength(1);
  });

  test('import of a neighbouring driver', () => {
    expect(
      plant('src/platforms/log/driver.ts', `import { x } from '../file/driver.ts';`).filter(peeksAtNeighbour),
    ).toHaveLength(1);
  });

  test('dependency outside its home, and one without a home', () => {
    expect(plant('src/rules/a.ts', `import 'kysely';`).filter(strays)).toHaveLength(1);
    expect(plant('src/rules/a.ts', `import x from 'left-pad';`).filter(strays)).toHaveLength(1);
  });

  test('import of a driver past the registry, be it from its own folder', () => {
    const source = `const load = () => import('./driver.ts');`;
    expect(plant('src/platforms/log/config.ts', source).filter(opensDriver)).toHaveLength(1);
    expect(plant('src/platforms/index.ts', `import('./log/driver.ts')`).filter(opensDriver)).toEqual([]);
  });

  test('failpoint in a `try`', () => {
    const kill = 'app.failpoint("x");';
    expect(triedFailpoints(parseSource('a.ts', `${kill} try { x(); } finally { y(); } ${kill}`))).toEqual([]);
    expect(triedFailpoints(parseSource('a.ts', `try { x(() => { ${kill} }); } catch {}`))).toHaveLength(1);
  });

  test('use of a registry', () => {
    expect(
      plant('workers/poll.ts', `import { platforms } from '../src/platforms/index.ts';`).filter(bypassesRoot),
    ).toHaveLength(1);
  });
});

function opensDriver({ file, target }: Import): boolean {
  return /^src\/platforms\/[^/]+\/driver\.ts$/.test(target) && file !== 'src/platforms/index.ts';
}

function crossesWalls({ file, target, inProject }: Import): boolean {
  if (!inProject) return false;
  const from = roomOf(file);
  const to = roomOf(target);
  return from !== to && !rooms[from]?.mayImport.includes(to);
}

function roomOf(file: string): string {
  if (rooms[file] !== undefined) return file;
  const parts = file.split('/');
  return parts[0] === 'src' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function peeksAtNeighbour({ file, target }: Import): boolean {
  const from = platformOf(file);
  const to = platformOf(target);
  return from !== undefined && to !== undefined && from !== to;
}

/** The folder of a platform; `shared` is everybody's. */
function platformOf(file: string): string | undefined {
  return /^src\/platforms\/(?!shared\/)([^/]+)\//.exec(file)?.[1];
}

function strays({ file, target, inProject }: Import): boolean {
  if (inProject) return false;
  const home = homes[target];
  if (home === undefined) return !target.startsWith('node:');
  return !home.some((place) => file === place || file.startsWith(`${place}/`));
}

function bypassesRoot({ file, target }: Import): boolean {
  const allowed = registries[target];
  return allowed !== undefined && !allowed.includes(file);
}
