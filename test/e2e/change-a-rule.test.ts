import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp.ts';

const root = new URL('../..', import.meta.url).pathname;

/** The README's section as a new operator would try it, in an empty folder. */
test('the commands of "Change a rule" lead from the first edit to the backtest', async () => {
  const dir = await tempDir();
  const run = (line: string) => {
    const command = line.replaceAll('npx pilcrow', `"${process.execPath}" "${join(root, 'bin/pilcrow.js')}"`);
    const env = { ...process.env, NO_COLOR: '1' };
    return spawnSync('bash', ['-c', command], { cwd: dir, env, encoding: 'utf8' });
  };
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const block = /## Change a rule\n\n```sh\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const told = block
    .trim()
    .split('\n')
    .map((line) => {
      const { status, stdout, stderr } = run(line);
      expect(status, `${line}: ${stderr}`).toBe(0);
      return stdout;
    });
  expect(told).toHaveLength(7);
  expect(told.join('\n')).toMatch(/no mistakes found[^]*pass[^]*No verdict differs[^]*The verdict/);
});
