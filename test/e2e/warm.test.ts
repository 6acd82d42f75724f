import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp.ts';
import { configuration, pilcrow } from '../support/workplace.ts';
import { wait } from '../support/wait.ts';

const hook = fileURLToPath(new URL('../support/loaded-modules.ts', import.meta.url));
const sample = fileURLToPath(new URL('../../config/sample/posts.jsonl', import.meta.url));
const warm = fileURLToPath(new URL('../../bin/warm.js', import.meta.url));

test.each([
  { command: 'run', says: '→', loads: 'src/web/door.ts' },
  { command: 'web', says: 'The page is at', loads: 'src/web/server.ts' },
])(
  'what $command loads is compiled beforehand: it never needs the compiler, which would stay in its memory',
  async (row) => {
    const { command, says, loads } = row;
    const dir = await tempDir();
    const [compiled, loaded] = [join(dir, 'compiled.json'), join(dir, 'loaded.json')];
    execFileSync(process.execPath, ['--import', hook, warm], { env: { ...process.env, LOADED_MODULES: compiled } });
    const env = { NODE_OPTIONS: `--import ${hook}`, LOADED_MODULES: loaded };
    const config = join(dir, 'pilcrow.yaml');
    const feed = `  - { name: sample, platform: file, maxAge: null, paths: ['${sample}'] }`;
    writeFileSync(config, configuration([feed], "web: { listen: '127.0.0.1:0' }\n"));
    const bot = pilcrow([command, '--config', config], { env });
    await expect.poll(() => bot.out, wait).toContain(says);
    bot.child.kill('SIGTERM');
    expect(await bot.exited).toBe(0);
    const modules = new Set(JSON.parse(readFileSync(loaded, 'utf8')) as string[]);
    expect(modules).toContain(loads);
    expect(modules.difference(new Set(JSON.parse(readFileSync(compiled, 'utf8')) as string[]))).toEqual(new Set());
  },
);
