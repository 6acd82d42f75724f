import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

const cited = { id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5' };

async function workplace() {
  const dir = await tempDir();
  const config = writeWorkplace(dir, [cited]);
  const log = join(dir, 'data/replies.jsonl');
  return {
    dir,
    config,
    run: (...args: string[]) => command([...args, '--config', config]),
    replies: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').filter(Boolean).length : 0),
  };
}

test.each([[], ['--platform', 'log'], ['--account', 'log']])(
  'pause %s %s holds replies, resume sends them, and nothing is lost',
  async (...scope) => {
    const { run, replies } = await workplace();
    expect((await run('pause', ...scope, '--reason', 'wrong links')).code).toBe(0);
    expect((await run('pause', '--list')).out).toContain('wrong links');
    expect((await run('once')).err).toContain('wrong links');
    expect(replies()).toBe(0);
    expect((await run('resume', ...scope)).code).toBe(0);
    await run('once');
    expect(replies()).toBe(1);
  },
);

test('the file PAUSE stops sending while it exists', async () => {
  const { dir, run, replies } = await workplace();
  mkdirSync(join(dir, 'data'));
  writeFileSync(join(dir, 'data/PAUSE'), 'the platform called\n');
  expect((await run('once')).err).toContain('PAUSE: the platform called');
  expect(replies()).toBe(0);
  rmSync(join(dir, 'data/PAUSE'));
  await run('pause');
  await run('resume');
  expect((await run('replies', 'list')).out).toContain('planned');
});

test('pause works while another section of the configuration is wrong, and `once` names every fault', async () => {
  const { config, run } = await workplace();
  await run('once');
  appendFileSync(config, 'retention: { texts: forever }\nlimits: { perDay: many }\n');
  expect(await run('pause', '--reason', 'wrong links')).toMatchObject({ code: 0, err: '' });
  expect((await run('pause', '--list')).out).toContain('wrong links');
  for (const list of [['replies'], ['review'], ['consent'], ['digest'], ['links']])
    expect(await run(...list, 'list')).toMatchObject({ code: 0, err: '' });
  const { code, err } = await run('once');
  expect(code).toBe(2);
  expect(err).toMatch(/:\d+:\d+: `texts: forever`.*\n.*:\d+:\d+: `perDay`/);
});

test('an unknown scope is refused with the known ones, and so is resuming what is not paused', async () => {
  const { run } = await workplace();
  expect(await run('pause', '--platform', 'mastodn')).toMatchObject({ code: 2, err: expect.stringContaining('log') });
  expect(await run('resume')).toMatchObject({ code: 2, err: expect.stringContaining('not paused') });
});
