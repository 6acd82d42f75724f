import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp.ts';

const root = new URL('../..', import.meta.url).pathname;

/** The README's section as a new operator would try it: in a checkout in which the bot has run once. */
test('the commands of "Change a rule" lead from the first edit to the backtest', async () => {
  const dir = await tempDir();
  cpSync(join(root, 'config'), join(dir, 'config'), { recursive: true });
  const run = (line: string) => {
    const command = line.replaceAll('npx pilcrow', `"${process.execPath}" "${join(root, 'bin/pilcrow.js')}"`);
    const env = { ...process.env, NO_COLOR: '1', PILCROW_DATA: join(dir, 'data') };
    return spawnSync('bash', ['-c', command], { cwd: dir, env, encoding: 'utf8' });
  };
  expect(run('npx pilcrow once').status).toBe(0);
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const block = /## Change a rule\n\n```console\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const told = block
    .trim()
    .split('\n')
    .map((line) => {
      const { status, stdout, stderr } = run(line);
      expect(status, `${line}: ${stderr}`).toBe(0);
      return stdout;
    });
  expect(told).toHaveLength(6);
  expect(told.join('\n')).toMatch(/no mistakes found[^]*pass[^]*No verdict differs[^]*The verdict/);
});
