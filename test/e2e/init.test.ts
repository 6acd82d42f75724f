import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import { platforms } from '../../src/platforms/index.ts';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow } from '../support/workplace.ts';

async function init(cwd: string, answers: readonly string[], args: readonly string[] = []) {
  const child = pilcrow(['init', ...args], { cwd });
  child.child.stdin.end(answers.map((answer) => `${answer}\n`).join(''));
  const code = await child.exited;
  return { code, out: child.out, err: child.err };
}

test('a newcomer who is led to a web feed has a configuration that runs', async () => {
  const dir = await tempDir();
  await using site = await serve((_request, response) => response.end('<rss version="2.0"><channel/></rss>'));
  const { code, out } = await init(dir, ['nonsense', 'rss', site.url]);
  expect(out).toContain('Not in the list: nonsense');
  expect(out).toContain('docs/platforms/rss.md');
  // The test's site is not public, and that is said.
  expect(out).toMatch(/FAIL feed from-rss: .*private|loopback/);
  expect(out).toContain('npx pilcrow run --config my/pilcrow.yaml');
  expect(out).toContain('npx pilcrow catalogue import cablemap --config my/pilcrow.yaml');
  expect(code).toBe(0);
  const config = readFileSync(join(dir, 'my/pilcrow.yaml'), 'utf8');
  expect(config).toContain(`url: ${site.url}`);
  const once = pilcrow(['doctor', '--config', 'my/pilcrow.yaml'], { cwd: dir });
  await once.exited;
  expect(once.out).toContain('ok   configuration');
  expect(existsSync(join(dir, '.env'))).toBe(false);
});

test('secrets stand in .env for their owner alone, and what stands there stays', async () => {
  const dir = await tempDir();
  writeFileSync(join(dir, '.env'), 'OTHER=1', { mode: 0o644 });
  const { code } = await init(dir, ['nostr', 'ws://127.0.0.1:1', '', '', 'nsec-not-a-key', 'summoned'], ['here']);
  expect(code).toBe(0);
  expect(readFileSync(join(dir, '.env'), 'utf8')).toBe("OTHER=1\nNOSTR_KEY='nsec-not-a-key'\n");
  expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
  const config = readFileSync(join(dir, 'here/pilcrow.yaml'), 'utf8');
  expect(config).toMatch(/key: *\{ env: NOSTR_KEY \}/);
  expect(config).toContain('mode: summoned');
  expect(config).not.toContain('nsec');
});

test('a platform that charges is asked for what it may cost, and keeps to that', async () => {
  const dir = await tempDir();
  const keys = ['bearer', 'key', 'secret', 'token', 'token-secret'];
  const { code } = await init(dir, ['x', ...keys, 'cablebot', '1000', '', '2', '30', '15', 'summoned']);
  expect(code).toBe(0);
  const config = loadConfig({ file: join(dir, 'my/pilcrow.yaml'), env: environment(dir), platforms });
  expect(config.publishers[0]).toMatchObject({ mode: 'summoned', limits: { budget: { perMonth: 15_000_000 } } });
  expect(config.feeds[0]?.config['budget']).toMatchObject({ perDay: 2_000_000, perMonth: 30_000_000 });
});

test('what is there already is not overwritten, and nobody is asked for nothing', async () => {
  const dir = await tempDir();
  mkdirSync(join(dir, 'my'));
  writeFileSync(join(dir, 'my/pilcrow.yaml'), 'mine');
  expect(await init(dir, ['rss', 'https://example.org/feed'])).toMatchObject({ code: 2, out: '' });
  expect(readFileSync(join(dir, 'my/pilcrow.yaml'), 'utf8')).toBe('mine');
});

test('who stops answering has nothing written', async () => {
  const dir = await tempDir();
  expect(await init(dir, ['rss'])).toMatchObject({ code: 2, err: expect.stringContaining('nothing was written') });
  expect(existsSync(join(dir, 'my'))).toBe(false);
});

test('every platform that reads or answers tells a newcomer what to do, or reads what is on this machine', () => {
  const without = platforms.filter(({ setup }) => setup === undefined).map(({ id }) => id);
  expect(without).toEqual(['file', 'log']);
  for (const { feed, publisher, setup } of platforms) {
    const known = { ...feed?.shape, ...publisher?.shape, limits: {} };
    for (const { key } of setup?.questions ?? []) expect(Object.keys(known)).toContain(key.split('.', 1)[0]);
  }
});
