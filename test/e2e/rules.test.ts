import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp.ts';
import { pilcrowOnce, writeWorkplace } from '../support/workplace.ts';

async function workplace() {
  const dir = await tempDir();
  const config = writeWorkplace(dir, []);
  const file = join(dir, 'draft.yaml');
  return {
    file,
    check: (...args: string[]) => pilcrowOnce(['rules', 'check', ...args, '--config', config]),
    write: (text: string) => writeFileSync(file, text),
  };
}

test('rules check finds nothing wrong with the rules that the configuration names', async () => {
  const { check } = await workplace();
  expect(await check()).toMatchObject({ code: 0, out: expect.stringContaining('nothing is wrong') });
});

test('rules check FILE marks each fault, and exits with 2; --json says the same to an editor', async () => {
  const { file, check, write } = await workplace();
  write('rules:\n  - { name: a, when: { station: ASTANNA }, action: log }\n');
  const { code, out } = await check(file);
  expect(code).toBe(2);
  expect(out).toMatch(
    /:2:33: `station: ASTANNA`: expected one of the \d+ words that are known here; did you mean `ASTANA`\?/,
  );
  expect(out).toContain(`      | ${' '.repeat(32)}^^^^^^^\n`);
  const json = await check(file, '--json');
  expect(json.code).toBe(2);
  expect(JSON.parse(json.out)).toMatchObject({ file, line: 2, column: 33, message: expect.stringContaining('ASTANA') });
});

test('rules check knows the feeds of the configuration, and reads a file that is not there to its name', async () => {
  const { file, check, write } = await workplace();
  write('rules:\n  - { name: a, when: { feed: nowhere }, action: log }\n');
  expect((await check(file)).out).toContain('`feed: nowhere`: expected posts');
  expect(await check(join(file, 'x'))).toMatchObject({ code: 2, err: expect.stringContaining('x:1:1: ') });
});
