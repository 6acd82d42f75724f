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

test('a bot serves its page, and so does another process at a lower priority', async () => {
  const config = await workplace('127.0.0.1:0');
  const bot = start('run', '--config', config);
  expect(await (await fetch(await bot.url())).text()).toContain('Running');
  const page = start('web', '--config', config);
  await vi.waitFor(
    async () => expect(await (await fetch(`${await page.url()}/mentions`)).text()).toContain('07ASTANA2244'),
    wait,
  );
  // The test runner itself may run at a low priority.
  const lower = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);
  expect([bot, page].map(({ run }) => getPriority(run.child.pid))).toEqual([getPriority(), lower]);
  for (const { run } of [bot, page]) {
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
  }
});

test('a port in use stops the page, not the bot', async () => {
  await using other = await serve((_, response) => response.end());
  const config = await workplace(other.allow);
  const bot = start('run', '--config', config);
  await vi.waitFor(() => expect(bot.run.out).toContain('Waiting for more'), wait);
  expect(bot.run.err).toContain('another process listens there; the bot runs without its page');
  expect(await pilcrowOnce(['web', '--config', config])).toMatchObject({
    code: 1,
    err: expect.stringContaining('another process listens there'),
  });
});

test('--no-web and listen: null turn the page off', async () => {
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

test('password prints a hash for the configuration, and refuses a short password', async () => {
  const { code, out } = await pilcrowOnce(['password'], { input: 'correct horse battery\n' });
  expect(code).toBe(0);
  expect(out).toMatch(/^scrypt:\S+\n$/);
  expect(await isPassword('correct horse battery', out.trim())).toBe(true);
  expect(await pilcrowOnce(['password'], { input: 'short\n' })).toMatchObject({ code: 2, out: '' });
});

test('an invalid password hash is an error before anything is served', async () => {
  const config = await workplace('127.0.0.1:0');
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace(
      '127.0.0.1:0 }',
      '127.0.0.1:0, users: [{ name: ada, role: viewer, passwordHash: { env: HASH } }] }',
    ),
  );
  const run = await pilcrowOnce(['web', '--config', config], { env: { HASH: 'swordfish' } });
  expect(run).toMatchObject({ code: 2, err: expect.stringContaining('the passwordHash of ada is invalid') });
  expect(run.err).not.toContain('swordfish');
});
