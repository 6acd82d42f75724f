import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

const cited = { id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5', author: { id: 'ada' } };

async function workplace() {
  const config = writeWorkplace(await tempDir(), [cited]);
  return (...args: string[]) => command([...args, '--config', config]);
}

test('who asked for silence is not answered, cannot be opted in, and is treated like anybody once that is removed', async () => {
  const run = await workplace();
  expect((await run('consent', 'add', 'file', 'ada', '--out', '--reason', 'wrote a letter')).code).toBe(0);
  expect((await run('once')).out).toContain('asked for silence');
  expect(await run('consent', 'add', 'file', 'ada')).toMatchObject({
    code: 2,
    err: expect.stringContaining('consent remove file ada'),
  });
  expect((await run('consent', 'list')).out).toMatch(/opted out\s+file:ada .*wrote a letter/);
  expect((await run('consent', 'remove', 'file', 'ada')).code).toBe(0);
  expect((await run('consent', 'list')).out).toContain('No opt-ins');
  expect(await run('consent', 'remove', 'file', 'ada')).toMatchObject({ code: 2 });
});

test('an opt-in is noted, and where the platform permits no such mode, that is said', async () => {
  const run = await workplace();
  expect((await run('consent', 'add', 'bluesky', 'did:plc:a')).out).not.toContain('does not permit');
  expect((await run('consent', 'add', 'x', '42')).out).toContain('x does not permit this mode');
  const listed = (await run('consent', 'list', '--json')).out.trim().split('\n');
  expect(listed.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { person: 'x:42', choice: 'in' },
    { person: 'bluesky:did:plc:a', choice: 'in' },
  ]);
});

test('the publisher that answers a feed decides about an opt-in', async () => {
  const config = writeWorkplace(await tempDir(), [cited]);
  const add = async () => (await command(['consent', 'add', 'rss', 'blog.example/ada', '--config', config])).out;
  expect(await add()).toContain('rss does not permit this mode');
  const yaml = parse(await readFile(config, 'utf8')) as Record<'feeds' | 'publishers', object[]>;
  yaml.feeds.push({ name: 'blog', platform: 'rss', url: 'https://blog.example/feed', publisher: 'blog-bot' });
  const wordpress = { platform: 'wordpress', mode: 'opted-in', site: 'https://blog.example' };
  yaml.publishers.push({ name: 'blog-bot', ...wordpress, username: 'p', password: { file: 'password' } });
  await writeFile(join(dirname(config), 'password'), 'secret\n');
  await writeFile(config, stringify(yaml));
  expect(await add()).not.toContain('does not permit');
});

test('the audit log holds what was done by hand and by whom, and not what failed', async () => {
  const run = await workplace();
  await run('once');
  await run('pause', '--reason', 'wrong links');
  await run('resume');
  await run('resume');
  await run('replies', 'withdraw', 'file:1');
  await run('consent', 'add', 'x', '42', '--reason', 'by mail');
  const { out } = await run('audit', '--json');
  const auditLog = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string; target: string; actor: string });
  expect(auditLog.map(({ action, target }) => `${action} ${target}`)).toEqual([
    'consent add x:42',
    'reply withdraw file:1',
    'resume all',
    'pause all',
  ]);
  expect(auditLog.every(({ actor }) => actor !== '')).toBe(true);
  expect((await run('audit', 'x:42')).out).toContain('consent add x:42: by mail');
  expect((await run('audit', 'nothing')).out).toContain('No actions yet');
});
