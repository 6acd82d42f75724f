import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { ownRules, writeWorkplace } from '../support/workplace.ts';

const posts = ['1', '2', '3'].map((id) => ({ id, createdAt: '2026-11-23T10:00:00Z', text: `#07ASTANA2244 ¶${id}` }));

async function workplace(rule = '', held: readonly object[] = posts) {
  const dir = await tempDir();
  const config = writeWorkplace(dir, held);
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

describe('a flood of one author', () => {
  const flood = Array.from({ length: 30 }, (_, i) => {
    return { id: `m${String(i).padStart(2, '0')}`, author: 'mallory', text: `#07ASTANA2244 ¶${i + 1}` };
  });
  const honest = { id: 'honest', author: 'ada', text: '#07ASTANA2221 ¶1' };

  test('holds no more than 20 replies, the latest; the others are rejected with the reason', async () => {
    const { run } = await workplace('', [...flood, honest]);
    await run('once');
    const held = (await run('review', 'list', '--json')).out.trim().split('\n');
    const authors = held.map((line) => (JSON.parse(line) as { author: string }).author);
    expect(authors.filter((author) => author === 'file:mallory')).toHaveLength(20);
    expect(authors).toContain('file:ada');
    const rejected = (await run('replies', 'list', '--state', 'rejected')).out;
    expect(rejected.match(/this author has 20 newer replies that wait for review/g)).toHaveLength(10);
    expect((await run('ledger', 'check')).code).toBe(0);
  });

  test('is listed by author, page by page, with the number that a page leaves out', async () => {
    const { run } = await workplace('', [...flood, honest]);
    await run('once');
    const first = await run('review', 'list', '--limit', '15', '--json');
    const keys = first.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);
    expect(keys).toHaveLength(15);
    expect(first.err).toBe(`pilcrow: 6 more: pilcrow review list --after ${keys.at(-1)}\n`);
    const rest = await run('review', 'list', '--after', keys.at(-1)!);
    for (const key of keys) expect(rest.out).not.toContain(`${key} `);
    expect(rest.out.match(/^file:/gm)).toHaveLength(6);
    expect(rest.out).not.toContain('more:');
    expect((await run('review', 'list', '--limit', '20')).out).toContain('1 more: pilcrow review list --after file:');
    expect((await run('review', 'list', '--author', 'file:ada')).out).toMatch(/^file:honest .*\n/);
    expect(await run('review', 'list', '--after', 'file:nobody')).toMatchObject({ code: 2 });
  });

  test('is rejected or approved in one step, and noted as one', async () => {
    const { run, sent } = await workplace('', [...flood, honest]);
    await run('once');
    expect((await run('review', 'reject', '--author', 'file:mallory', '--reason', 'spam')).out).toContain('20 replies');
    expect((await run('audit')).out).toContain('review reject all file:mallory: spam');
    expect(await run('review', 'reject', '--author', 'file:mallory')).toMatchObject({ code: 2 });
    for (const wrong of [[], ['file:honest', '--author', 'file:ada']])
      expect(await run('review', 'approve', ...wrong)).toMatchObject({ code: 2 });
    expect((await run('review', 'approve', '--author', 'file:ada')).code).toBe(0);
    await run('once');
    expect(sent().trim().split('\n')).toHaveLength(1);
    expect(sent()).toContain('"key":"file:honest"');
  });
});

test('lists that end at their limit say so', async () => {
  const { run } = await workplace();
  await run('once');
  expect((await run('replies', 'list', '--limit', '2')).out).toContain('There are more than 2');
  expect((await run('replies', 'list', '--limit', '3')).out).not.toContain('There are more');
  const { out, err } = await run('replies', 'list', '--limit', '2', '--json');
  expect([out.trim().split('\n').length, err]).toEqual([2, 'pilcrow: There are more than 2: see --limit.\n']);
});

test('a reviewer sees the post and what it answers, and is warned when an edit lost the link', async () => {
  const question = { id: '2', createdAt: '2026-11-23T10:01:00Z', text: '@bot and ¶8?', summoned: true, inReplyTo: '1' };
  const { run } = await workplace('', [{ ...posts[0], text: '#07ASTANA2244 ¶1 so said they' }, question]);
  await run('once');
  const shown = await run('review', 'show', 'file:2');
  expect(shown.out).toMatch(/In reply to @.*\n.*so said they\n.*The post:\n.*and ¶8\?\n.*The reply:\n.*07ASTANA2244/);
  expect(shown.out).not.toContain('Warning');
  expect(await run('review', 'edit', 'file:2', '--text', 'See 07ASTANA2244: https://evil.example/')).toMatchObject({
    code: 0,
    err: expect.stringContaining('warning: The text has no link to the cable'),
  });
  expect((await run('review', 'show', 'file:2')).out).toContain('Warning: The text has no link to the cable');
  const listed = (await run('review', 'list', '--json')).out.trim().split('\n');
  expect(listed.map((line): unknown => JSON.parse(line))).toContainEqual(
    expect.objectContaining({
      key: 'file:2',
      post: expect.objectContaining({ text: '@bot and ¶8?' }),
      context: [expect.objectContaining({ relation: 'In reply to' })],
      warnings: [expect.stringContaining('no link')],
    }),
  );
});
