import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { wait } from '../support/wait.ts';
import { pilcrow, writeWorkplace } from '../support/workplace.ts';

test('status tells of a bot that never ran, runs, and is stopped; a changed configuration is told once', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
  const status = async (...options: readonly string[]) => await command(['status', ...options, '--config', config]);
  expect(await status()).toMatchObject({ code: 0, out: expect.stringContaining('There is no ledger yet') });
  expect(JSON.parse((await status('--json')).out)).toMatchObject({ running: false, replies: null, alerts: [] });

  const bot = pilcrow(['run', '--no-web', '--config', config]);
  await vi.waitFor(() => expect(bot.out).toContain('logged (dry run)'), wait);
  const { out, code } = await status();
  expect(code).toBe(0);
  expect(out).toMatch(/^bot +running {2}process \d+/m);
  expect(out).toMatch(/^today +posts: 1 read, 1 with a cable, 0 failed; replies: 1 sent or logged$/m);
  expect(out).toMatch(/^replies +none open$/m);
  expect(out).toMatch(/^feed +ok +posts +read /m);
  expect(out).toMatch(/^publisher +ok +log +dry run, 1 today$/m);
  expect(out.split('\n').length).toBeLessThan(25);

  appendFileSync(config, '# a remark\n');
  await vi.waitFor(() => expect(bot.err).toContain('changed: restart the bot to use it'), wait);
  appendFileSync(config, 'feed: []\n');
  bot.child.kill('SIGTERM');
  expect(await bot.exited).toBe(0);
  expect(bot.err.match(/changed:/g)).toHaveLength(1);

  appendFileSync(join(dir, 'posts.jsonl'), 'x');
  expect(await status()).toMatchObject({ code: 2, err: expect.stringContaining('feed') });
});
