import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { ownRules, writeWorkplace } from '../support/workplace.ts';

const posts = ['1', '2', '3'].map((id) => ({ id, createdAt: '2026-11-23T10:00:00Z', text: `#07ASTANA2244 ¶${id}` }));

async function workplace(rule = '') {
  const dir = await tempDir();
  const config = writeWorkplace(dir, posts);
  writeFileSync(ownRules(dir), `rules: [{ name: ask, action: hold${rule} }]\n`);
  const run = (...args: string[]) => command([...args, '--config', config]);
  const log = join(dir, 'data/replies.jsonl');
  return { run, sent: () => (existsSync(log) ? readFileSync(log, 'utf8') : '') };
}

test('a held reply is sent only after an approval, with the text of the last edit', async () => {
  const { run, sent } = await workplace();
  await run('once');
  expect(sent()).toBe('');
  expect((await run('review', 'list', '--json')).out.trim().split('\n')).toHaveLength(3);
  expect((await run('review', 'show', 'file:1')).out).toContain('07ASTANA2244');
  expect((await run('review', 'edit', 'file:1', '--text', 'other words')).out).toContain('after:\nother words');
  expect((await run('review', 'approve', 'file:1')).code).toBe(0);
  expect((await run('review', 'reject', 'file:2', '--reason', 'not this one')).code).toBe(0);
  await run('once');
  expect(sent().trim().split('\n')).toHaveLength(1);
  expect(sent()).toContain('other words');
  expect((await run('replies', 'list', '--state', 'rejected')).out).toContain('not this one');
  expect((await run('review', 'list')).out).toMatch(/file:3/);
  const { out } = await run('audit');
  for (const action of ['review edit file:1', 'review approve file:1', 'review reject file:2: not this one'])
    expect(out).toContain(action);
  expect((await run('ledger', 'check')).code).toBe(0);
});

test('a held reply is rejected when its time is over', async () => {
  const { run, sent } = await workplace(', expires: 1ms');
  await run('once');
  await run('once');
  expect((await run('review', 'list')).out).toContain('No held replies');
  expect((await run('replies', 'list', '--state', 'rejected')).out).toContain('no decision in time');
  expect(sent()).toBe('');
});

test('a reply that is not held cannot be reviewed, and the attempt is not in the audit log', async () => {
  const { run } = await workplace();
  await run('once');
  await run('review', 'reject', 'file:1');
  for (const action of [['approve'], ['reject'], ['edit', '--text', 'x'], ['show']])
    expect(await run('review', action[0]!, 'file:1', ...action.slice(1))).toMatchObject({
      code: 2,
      err: expect.stringContaining('it is rejected'),
    });
  expect(await run('review', 'edit', 'file:2', '--text', ' ')).toMatchObject({ code: 2 });
  expect((await run('audit')).out.trim().split('\n')).toHaveLength(1);
});

test('an author who opts out is not answered despite an approval', async () => {
  const { run, sent } = await workplace();
  await run('once');
  const author = (JSON.parse((await run('explain', 'file:3', '--json')).out) as { post: { author: { id: string } } })
    .post.author.id;
  await run('consent', 'add', 'file', author, '--out');
  expect(await run('review', 'approve', 'file:3')).toMatchObject({ code: 2 });
  await run('once');
  expect(sent()).toBe('');
});
