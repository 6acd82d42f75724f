import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isPassword } from '../../src/web/password.ts';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow, pilcrowOnce, writeWorkplace } from '../support/workplace.ts';
import { wait } from '../support/wait.ts';

async function workplace(listen: string): Promise<string> {
  const config = writeWorkplace(await tempDir(), [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^web: .*\n/m, ''));
  appendFileSync(config, `web: { listen: ${listen} }\n`);
  return config;
}

function start(...args: string[]) {
  const run = pilcrow(args);
  onTestFinished(() => void run.child.kill('SIGKILL'));
  const url = () =>
    vi.waitFor(
      () => /http:\/\/127\.0\.0\.1:\d+/.exec(run.out)?.[0] ?? Promise.reject(new Error(run.out + run.err)),
      wait,
    );
  return { run, url };
}

test('a bot serves its page, and another process that gives way to it serves it as well', async () => {
  const config = await workplace('127.0.0.1:0');
  const bot = start('run', '--config', config);
  expect(await (await fetch(await bot.url())).text()).toContain('at work');
  const page = start('web', '--config', config);
  await vi.waitFor(
    async () => expect(await (await fetch(`${await page.url()}/mentions`)).text()).toContain('07ASTANA2244'),
    wait,
  );
  // Whoever runs the tests may run at a low priority as well.
  const lower = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);
  expect([bot, page].map(({ run }) => getPriority(run.child.pid))).toEqual([getPriority(), lower]);
  for (const { run } of [bot, page]) {
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
  }
});

test('a port that is taken stops no bot, but the page alone', async () => {
  await using other = await serve((_, response) => response.end());
  const config = await workplace(other.allow);
  const bot = start('run', '--config', config);
  await vi.waitFor(() => expect(bot.run.out).toContain('Waiting for more'), wait);
  expect(bot.run.err).toContain('another process listens there; the bot works without its page');
  expect(await pilcrowOnce(['web', '--config', config])).toMatchObject({
    code: 1,
    err: expect.stringContaining('another process listens there'),
  });
});

test('a bot without a page has none', async () => {
  const config = await workplace('127.0.0.1:0');
  const bot = start('run', '--no-web', '--config', config);
  await vi.waitFor(() => expect(bot.run.out).toContain('Waiting for more'), wait);
  expect(bot.run.out + bot.run.err).not.toContain('http://127');
  const off = await workplace('null');
  expect(await pilcrowOnce(['web', '--config', off])).toMatchObject({
    code: 2,
    err: expect.stringContaining('`web.listen` is null'),
  });
});

test('a password becomes a line for the configuration, and a short one none', async () => {
  const { code, out } = await pilcrowOnce(['password'], { input: 'correct horse battery\n' });
  expect(code).toBe(0);
  expect(out).toMatch(/^scrypt:\S+\n$/);
  expect(await isPassword('correct horse battery', out.trim())).toBe(true);
  expect(await pilcrowOnce(['password'], { input: 'short\n' })).toMatchObject({ code: 2, out: '' });
});

test('a hash that is none is told of before anything is served', async () => {
  const config = await workplace('127.0.0.1:0');
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace(
      '127.0.0.1:0 }',
      '127.0.0.1:0, users: [{ name: ada, role: viewer, passwordHash: { env: HASH } }] }',
    ),
  );
  const run = await pilcrowOnce(['web', '--config', config], { env: { HASH: 'swordfish' } });
  expect(run).toMatchObject({ code: 2, err: expect.stringContaining('the passwordHash of ada is none') });
  expect(run.err).not.toContain('swordfish');
});
