import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { ownRules, writeWorkplace } from '../support/workplace.ts';

test('rules that bots went by are kept, and compared with each other and with the file', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, []);
  const rules = ownRules(dir);
  writeFileSync(rules, 'rules: [{ name: a, action: reply }, { name: b, action: record }]\n');
  const run = (...args: string[]) => command([...args, '--config', config]);
  expect((await run('rules', 'history')).out).toContain('No bot');
  expect(await run('rules', 'diff')).toMatchObject({ code: 2 });
  await run('once');
  expect((await run('rules', 'diff')).out).toContain('No differences');
  writeFileSync(
    rules,
    'rules: [{ name: b, action: record }, { name: a, action: digest }, { name: c, action: record }]\n',
  );
  const { out } = await run('rules', 'diff');
  expect(out).toContain('rule a: action reply → digest');
  expect(out).toContain('rule c is new: record');
  expect(out).toContain('the order of rules: a, b → b, a');
  await run('once');
  const history = (await run('rules', 'history', '--json')).out.trim().split('\n');
  const [now, old] = history.map((line) => JSON.parse(line) as { version: string; text: string });
  expect(old?.text).toContain('action: reply');
  expect((await run('rules', 'diff', old!.version, now!.version)).out).toBe(out);
  expect(await run('rules', 'diff', 'nothing')).toMatchObject({
    code: 2,
    err: expect.stringContaining('rules history'),
  });
});

test('rules are put in force by a command, and the former ones back, if the tests pass', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, []);
  const rules = ownRules(dir);
  const old = 'rules: [{ name: a, action: reply }]\n';
  writeFileSync(rules, old);
  const run = (...args: string[]) => command([...args, '--config', config]);
  const draft = join(dir, 'draft.yaml');
  writeFileSync(draft, 'rules: [{ nam: b }]\n');
  expect(await run('rules', 'install', draft)).toMatchObject({
    code: 2,
    err: expect.stringContaining('nothing was written: line 1, column'),
  });
  const tests = (rule: string) => `tests: [{ name: t, post: { text: '08PARIS1' }, expect: { rule: ${rule} } }]\n`;
  writeFileSync(draft, `rules: [{ name: b, action: record }]\n${tests('c')}`);
  expect((await run('rules', 'install', draft)).err).toContain('nothing was written: 1 test fails');
  expect(readFileSync(rules, 'utf8')).toBe(old);
  const good = `rules: [{ name: b, action: record }]\n${tests('b')}`;
  writeFileSync(draft, good);
  const { out } = await run('rules', 'install', draft);
  expect(readFileSync(rules, 'utf8')).toBe(good);
  const [, before = ''] = /in place of ([\da-f]{12})/.exec(out) ?? [];
  expect((await run('audit')).out).toMatch(/rules install [\da-f]{12}: in place of/);
  expect((await run('rules', 'install', '--former', before)).code).toBe(0);
  expect(readFileSync(rules, 'utf8')).toBe(old);
  expect(await run('rules', 'install', '--former', 'none')).toMatchObject({ code: 2 });
  expect(await run('rules', 'install')).toMatchObject({ code: 2 });
});
