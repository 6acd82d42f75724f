import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openAnsweringBot, workLater } from '../support/answering-bot.ts';
import { wait } from '../support/wait.ts';
import { pilcrow } from '../support/workplace.ts';
import type { Call } from '../support/fake-mastodon/calls.ts';

/** Two mentions are answered and backed up, two more are answered, and one waits. */
async function answeredSinceBackup(bot: Awaited<ReturnType<typeof openAnsweringBot>>): Promise<string> {
  const backup = join(bot.dir, 'backup.db');
  for (const _ of [1, 2]) bot.mention();
  expect(await bot.run('once', '--quiet')).toMatchObject({ code: 0, err: '' });
  expect(await bot.run('ledger', 'backup', backup)).toMatchObject({ code: 0 });
  for (const _ of [1, 2]) bot.mention();
  expect(await bot.run('once', '--quiet')).toMatchObject({ code: 0, err: '' });
  expect(bot.answers()).toEqual([1, 1, 1, 1]);
  bot.mention();
  return backup;
}

/** The server shows nobody's posts but those that are asked for by id, so only its keys tell what was sent. */
function hideReplies({ method, path }: Call): unknown {
  if (method !== 'GET') return undefined;
  if (path.endsWith('/context')) return { ancestors: [], descendants: [] };
  return /\/accounts\/\w+\/statuses$/.test(path) ? [] : undefined;
}

test.each([
  ['keeps keys', { keepsKeys: true }],
  ['keeps none', { keepsKeys: false }],
])('nothing is said twice after a restore, and what waits is answered, on a server that %s', async (_name, options) => {
  await using bot = await openAnsweringBot(options);
  const backup = await answeredSinceBackup(bot);
  const restored = await bot.run('ledger', 'restore', backup);
  expect(restored).toMatchObject({ code: 0, err: '' });
  expect(restored.out).toMatch(/The ledger is that of .*backup\.db\.\nThe old one is .*ledger\.db\.replaced/);
  // Other words than before: the rules and templates are those of now.
  bot.reword();
  expect(await bot.run('once', '--quiet')).toMatchObject({
    code: 1,
    err: expect.stringContaining('was just restored'),
  });
  expect(bot.answers()).toEqual([1, 1, 1, 1, 0]);
  await workLater(bot);
  expect(bot.answers()).toEqual([1, 1, 1, 1, 1]);
  expect(bot.fake.statuses.filter(({ text }) => text.includes('Hello.'))).toHaveLength(1);
  const { out } = await bot.run('replies', 'list', '--json', '--state', 'sent');
  expect(out.trim().split('\n')).toHaveLength(5);
  expect((await bot.run('audit')).out).toMatch(/ledger restore.*from backup\.db/);
  expect((await bot.run('ledger', 'check')).code).toBe(0);
});

test('a new ledger beside an account that has answered looks first', async () => {
  await using bot = await openAnsweringBot({ keepsKeys: false });
  await answeredSinceBackup(bot);
  rmSync(dirname(bot.ledger), { recursive: true });
  expect(await bot.run('once', '--quiet')).toMatchObject({ code: 0, err: '' });
  expect(bot.answers()).toEqual([1, 1, 1, 1, 1]);
});

test('of a bot whose data folder is removed and a second one, started at once, never both answer', async () => {
  await using bot = await openAnsweringBot({ keepsKeys: false });
  const run = () => pilcrow(['run', '--config', bot.config, '--quiet', '--no-web']);
  for (const _ of [1, 2]) bot.mention();
  const first = run();
  await vi.waitFor(() => expect(bot.answers()).toEqual([1, 1]), wait);
  rmSync(dirname(bot.ledger), { recursive: true });
  const second = run();
  for (const _ of [1, 2, 3]) bot.mention();
  expect(await first.exited).toBe(1);
  await vi.waitFor(() => expect(bot.answers().slice(2)).not.toContain(0), wait);
  second.child.kill('SIGTERM');
  expect(await second.exited).toBe(0);
  expect(bot.answers()).toEqual([1, 1, 1, 1, 1]);
});

test('a platform that cannot tell what was said gets nothing, and a person decides', async () => {
  await using bot = await openAnsweringBot({ keepsKeys: false });
  await answeredSinceBackup(bot);
  rmSync(dirname(bot.ledger), { recursive: true });
  bot.fake.behave((call, response) => {
    const isListing = /\/(context|statuses)$/.test(call.path) && call.method === 'GET';
    if (isListing)
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(call.path.endsWith('context') ? '{"ancestors":[],"descendants":[]}' : '[{"id":"x"}]');
    return isListing;
  });
  await bot.run('once', '--quiet');
  expect(bot.answers()).toEqual([1, 1, 1, 1, 0]);
  expect((await bot.run('replies', 'list')).out).toMatch(/unknown/);
});

test('a server that keeps keys drops what a bot on a restored ledger says again', async () => {
  await using bot = await openAnsweringBot();
  const backup = await answeredSinceBackup(bot);
  for (const end of ['-wal', '-shm']) rmSync(`${bot.ledger}${end}`, { force: true });
  copyFileSync(backup, bot.ledger);
  bot.fake.behave((call, response) => {
    const hidden = hideReplies(call);
    if (hidden !== undefined)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(hidden));
    return hidden !== undefined;
  });
  expect(await bot.run('once', '--quiet')).toMatchObject({ code: 0, err: '' });
  expect(bot.answers()).toEqual([1, 1, 1, 1, 1]);
});
