import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../src/core/zone.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

const today = new Date().toISOString().slice(0, 10);
const date = addDays(today, -5);
const cited = (id: string, day: string) => ({ id, createdAt: `${day}T10:00:00Z`, text: '#07ASTANA2244 ¶5' });

async function workplace() {
  const dir = await tempDir();
  const config = writeWorkplace(dir, [cited('1', date), cited('2', today)]);
  writeFileSync(
    config,
    `${readFileSync(config, 'utf8')}digests: [{ name: daily, time: '00:00', account: log }, { name: weekly }]\n`,
  );
  const run = (...args: string[]) => command([...args, '--config', config]);
  await run('once', '--quiet');
  return { dir, run };
}

describe('pilcrow digest', () => {
  test(
    'previews any day, makes an issue by hand once, sends it again, and tells what it made',
    { timeout: 240_000 },
    async () => {
      const { dir, run } = await workplace();
      const preview = await run('digest', '--name', 'daily', '--date', date, '--preview');
      expect(preview).toMatchObject({
        code: 0,
        out: expect.stringContaining('1 post cited 1 cable (1 new): 07ASTANA2244.'),
      });
      const unfinished = await run('digest', '--name', 'daily', '--date', today, '--preview');
      expect(unfinished.out).toContain('So far: as of');

      expect((await run('digest', '--name', 'daily', '--date', date)).code).toBe(0);
      const again = await run('digest', '--name', 'daily', '--date', date);
      expect(again).toMatchObject({ code: 2, err: expect.stringContaining('already has its edition') });
      await run('once', '--quiet');
      expect((await run('digest', '--name', 'daily', '--date', date, '--to', 'log')).code).toBe(0);
      await run('once', '--quiet');
      const posts = readFileSync(join(dir, 'data/replies.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(`daily-${date}`));
      expect(posts).toHaveLength(1);
      expect(existsSync(join(dir, `data/digests/daily/${date}.md`))).toBe(true);
      const { out } = await run('digest', 'list', '--json');
      const made = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { digest: string; date: string });
      expect(made).toContainEqual(expect.objectContaining({ digest: 'daily', date, posts: 1, cables: 1 }));
      expect((await run('audit')).out).toMatch(/digest send daily .*\n.*digest make daily/);

      const folder = join(dir, 'out');
      expect((await run('digest', '--name', 'daily', '--date', date, '--to', folder, '--format', 'txt')).code).toBe(0);
      expect(readdirSync(folder)).toEqual([`${date}.txt`]);
    },
  );

  test('names what is wrong, and what would be right', { timeout: 240_000 }, async () => {
    const { run } = await workplace();
    const said = async (...args: string[]) => {
      const { code, err } = await run('digest', ...args);
      expect(code).toBe(2);
      return err;
    };
    expect(await said('--name', 'dialy', '--preview')).toContain('did you mean `daily`?');
    expect(await said('--preview')).toContain('daily, weekly');
    expect(await said('--name', 'daily', '--date', today)).toContain(`${today} is not over in UTC`);
    expect(await said('--name', 'daily', '--date', '2026-13-01')).toContain('expected a day such as');
    expect(await said('--name', 'daily', '--date', addDays(today, 9), '--preview')).toContain('has not begun');
    expect(await said('--name', 'daily', '--timezone', 'UTC')).toContain('--timezone needs --preview');
    expect(await said('--name', 'daily', '--date', date, '--to', 'maul')).toContain('unknown target `maul`; ');
  });
});
