import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Lockfile, shrinkwrapOf } from '../prove/package/shrinkwrap.ts';

const root = new URL('..', import.meta.url).pathname;
const lockfile = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as Lockfile;
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  dependencies: Record<string, string>;
};

describe('the shrinkwrap of the package', () => {
  const { packages } = shrinkwrapOf(lockfile, { name: 'pilcrow', dependencies });
  const paths = Object.keys(packages);

  test('has every dependency at its version, with its hash, and the optional natives', () => {
    for (const [name, version] of Object.entries(dependencies))
      expect(packages[`node_modules/${name}`]).toMatchObject({ version, integrity: expect.stringMatching(/^sha512-/) });
    expect(paths.filter((path) => path.endsWith('msgpackr-extract-linux-x64'))).toHaveLength(1);
    expect(paths.filter((path) => path !== '' && packages[path]?.['integrity'] === undefined)).toEqual([]);
  });

  test('has nothing of the development, and no Node', () => {
    const strange = paths.filter(
      (path) => packages[path]?.['dev'] === true || /typescript|vitest|node-linux/.test(path),
    );
    expect(strange).toEqual([]);
    expect(paths.length).toBeLessThan(Object.keys(lockfile.packages).length);
  });
});

test('a package finds another one where Node does: in the nearest node_modules', () => {
  const packages = {
    'node_modules/a': { dependencies: { b: '1' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
    'node_modules/b': {},
    'node_modules/c': { peerDependencies: { d: '1', e: '1' }, peerDependenciesMeta: { e: { optional: true } } },
    'node_modules/d': { devOptional: true },
    'node_modules/e': {},
  };
  const shrinkwrap = shrinkwrapOf({ packages }, { dependencies: { a: '1' } });
  expect(Object.keys(shrinkwrap.packages)).toEqual([
    '',
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
    'node_modules/d',
  ]);
  expect(shrinkwrap.packages['node_modules/d']).toEqual({ optional: true });
});
