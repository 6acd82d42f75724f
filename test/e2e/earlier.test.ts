import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { ownRules, writeWorkplace } from '../support/workplace.ts';

const posts = Array.from({ length: 14 }, (_, i) => ({
  id: `p${String(i).padStart(2, '0')}`,
  createdAt: '2026-11-23T10:00:00Z',
  text: `#07ASTANA2244 ¶${i + 1}`,
  author: i === 13 ? 'bob' : 'ada',
}));

test('the eleventh post of one author within an hour is no longer answered, and a backtest sees the same', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, posts);
  writeFileSync(ownRules(dir), 'extends: [floods, answer]\nrules: []\n');
  const run = (...args: string[]) => command([...args, '--config', config]);
  expect((await run('rules', 'check')).out).toContain('no mistakes found');
  await run('once');
  const explained = await Promise.all(['p09', 'p10', 'p13'].map((id) => run('explain', `file:${id}`)));
  expect(explained[0]?.out).toContain('answer matches and decides: reply');
  expect(explained[1]?.out).toContain('flood-of-one-author matches and decides: record');
  expect(explained[2]?.out).toContain('flood-of-one-author does not match: `earlier` does not hold');
  expect((await run('rules', 'backtest')).out).toContain('No verdict differs');
});

test('presets can be listed and read', async () => {
  const { out } = await command(['rules', 'presets']);
  expect(out).toMatch(/^answer +Answers whatever is found/m);
  expect((await command(['rules', 'presets', 'floods'])).out).toContain('name: flood-of-one-author');
  expect(await command(['rules', 'presets', 'flood'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('unknown preset'),
  });
});
