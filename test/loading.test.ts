import { globSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

/** Says where a module asks for data of languages: Node takes some ten milliseconds to load them. */
const listener = `
  const report = () => {
    // Dependencies are loaded where they are needed.
    const ours = new Error().stack.split('\\n').find((line) => /(?:src|workers)\\/.*\\.ts:/.test(line));
    if (ours !== undefined) process.stdout.write(ours + '\\n');
  };
  for (const name of Object.getOwnPropertyNames(Intl)) {
    if (typeof Intl[name] !== 'function' || name === 'getCanonicalLocales') continue;
    Intl[name] = new Proxy(Intl[name], { construct: (made, words) => (report(), Reflect.construct(made, words)) });
  }
  for (const { prototype } of [Number, BigInt, Date])
    for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'].filter((one) => one in prototype))
      prototype[name] = new Proxy(prototype[name], { apply: (made, self, words) => (report(), Reflect.apply(made, self, words)) });`;

test('no module asks for data of languages while it loads: every command would wait for them', () => {
  const files = globSync(['src/**/*.ts', 'workers/**/*.ts'], { cwd: root }).filter(isNoThread);
  expect(files.length).toBeGreaterThan(500);
  const all = `for (const file of ${JSON.stringify(files)}) await import('${root}' + file)`;
  const preload = `data:text/javascript,${encodeURIComponent(listener)}`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', preload, '--input-type=module', '-e', all],
    {
      encoding: 'utf8',
    },
  );
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});

/** The body of a thread runs at once. */
function isNoThread(file: string): boolean {
  return !/^import .*\bparentPort\b/m.test(readFileSync(join(root, file), 'utf8'));
}
