import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

async function workplace(): Promise<string[]> {
  const config = writeWorkplace(await tempDir(), [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
  return ['--config', config];
}

test('-q leaves the errors, and the exit code', async () => {
  const where = await workplace();
  expect(await command(['once', '-q', ...where])).toEqual({ code: 0, out: '', err: '' });
  expect(await command(['rules', 'check', '--quiet', ...where])).toEqual({ code: 0, out: '', err: '' });
  const { out, err, code } = await command(['explain', '-q', 'file:9', ...where]);
  expect({ out, code }).toEqual({ out: '', code: 2 });
  expect(err).not.toBe('');
});

test('-v names the configuration and what was read', async () => {
  const where = await workplace();
  const { out, err } = await command(['once', '-v', ...where]);
  expect(out).toContain('posts: 1 read, 1 with a cable');
  expect(err).toBe(`pilcrow: the configuration is ${where[1]}\n`);
});

test('-v tells all causes of an error, and where the last began', async () => {
  const dir = await tempDir();
  const where = ['--config', writeWorkplace(dir, [])];
  writeFileSync(join(dir, 'data'), 'no folder');
  const usual = await command(['once', ...where]);
  const verbose = await command(['once', '-v', ...where]);
  expect(usual.err).not.toMatch(/^ +at /m);
  expect(verbose.err).toMatch(/^ +at /m);
  expect([usual.code, verbose.code]).toEqual([1, 1]);
});

test('every command has both, but for those that ask or write for a program', async () => {
  const without = ['completion', 'init', 'password', 'schemas'];
  const { out: all } = await command(['completion', 'bash']);
  const lines = all.split('\n').flatMap((line) => /^ {8}'( \S[^']*)'\) words='([^']*)'/.exec(line)?.slice(1, 3) ?? []);
  const table = lines.flatMap((path, i) => (i % 2 === 0 ? [[path.trim(), lines[i + 1] ?? ''] as const] : []));
  const leaves = table.filter(([path]) => !table.some(([other]) => other.startsWith(`${path} `)));
  const lacking = leaves.filter(([, words]) => !/-q .*--verbose/.test(words)).map(([path]) => path);
  expect(leaves.length).toBeGreaterThan(30);
  expect(lacking.toSorted()).toEqual(without);
});
