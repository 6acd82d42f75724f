import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load.ts';
import { platforms } from '../../src/platforms/index.ts';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrowOnce } from '../support/workplace.ts';

const init = (cwd: string, answers: readonly string[], args: readonly string[] = []) =>
  pilcrowOnce(['init', ...args], { cwd, input: answers.map((answer) => `${answer}\n`).join('') });

const feedOf = (text: string) =>
  `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>${text}</title></item></channel></rss>`;

/** No list, no texts, no digest, no login; then write. */
const nothingMore = ['-', '', '', '', ''];

test('a newcomer is asked again until an answer passes, and has a bot that runs', async () => {
  const dir = await tempDir();
  await using site = await serve((_request, response) => response.end(feedOf('See #07ASTANA2244 ¶5')));
  const feed = ['nonsense', 'rss', 'no url', site.url, 'maybe', 'yes', 'yes'];
  const { code, out } = await init(dir, [...feed, ...nothingMore]);
  expect(out).toContain('not in the list: nonsense');
  expect(out).toContain('docs/platforms/rss.md');
  expect(out).toContain('expected an http or https URL, such as https://blog.example');
  expect(out).toContain('expected yes or no');
  expect(out).toMatch(/ok +feed from-rss/);
  // All that is written is shown before.
  expect(out.indexOf('onTopic: true')).toBeLessThan(out.indexOf('Write it?'));
  expect(code).toBe(0);
  expect(existsSync(join(dir, '.env'))).toBe(false);
  expect(loadConfig({ file: join(dir, 'pilcrow.yaml'), env: {}, platforms }).feeds).toMatchObject([{ onTopic: true }]);
});

test('a platform that charges is asked for what it may cost; secrets stand in .env for their owner alone', async () => {
  const dir = await tempDir();
  writeFileSync(join(dir, '.env'), "OTHER=1\nX_APP_KEY='old'", { mode: 0o644 });
  const keys = ['bearer', 'key', 'secret', 'token', 'token-secret'];
  // Nobody answers for X here: the questions are not asked again.
  const { code, out } = await init(dir, [
    'x',
    ...keys,
    '@cablebot',
    '1000',
    '#a',
    '2',
    '30',
    '15',
    'summoned',
    'no',
    ...nothingMore,
  ]);
  expect(code).toBe(0);
  expect(out).toContain('X_APP_KEY has another value, which stays');
  const env = readFileSync(join(dir, '.env'), 'utf8');
  expect(env).toMatch(/^OTHER=1\nX_APP_KEY='old'\nX_BEARER_TOKEN='bearer'\nX_APP_KEY_2='key'\n/);
  expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
  const text = readFileSync(join(dir, 'pilcrow.yaml'), 'utf8');
  for (const key of keys.slice(0, 1)) expect(text).not.toContain(`'${key}'`);
  const config = loadConfig({ file: join(dir, 'pilcrow.yaml'), env: environment(dir), platforms });
  expect(config.publishers[0]).toMatchObject({ mode: 'summoned', limits: { budget: { perMonth: 15_000_000 } } });
  expect(config.feeds[0]?.config['budget']).toMatchObject({ perDay: 2_000_000, perMonth: 30_000_000 });
});

test('who stops answering, or says no, has nothing written', async () => {
  const dir = await tempDir();
  expect(await init(dir, ['rss'])).toMatchObject({ code: 2, err: expect.stringContaining('nothing was written') });
  const answers = ['rss', 'blog.invalid/feed', '', 'no', ...nothingMore.slice(0, -1), 'no'];
  expect(await init(dir, answers)).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was written.') });
  expect(existsSync(join(dir, 'pilcrow.yaml'))).toBe(false);
});

test('a password of the page and a secret come by standard input, in the order of the questions', async () => {
  const dir = await tempDir();
  const flags = ['--platform', 'mastodon', '--server', '127.0.0.1:9', '--allow-private', '--token-stdin'];
  const page = ['--page-user', 'ada', '--page-password-stdin'];
  const { code, out } = await init(dir, ['my-token', 'a long enough password'], [...flags, ...page]);
  expect(code).toBe(0);
  expect(out).not.toContain('my-token');
  const env = readFileSync(join(dir, '.env'), 'utf8');
  expect(env).toMatch(/^MASTODON_TOKEN='my-token'\nPAGE_PASSWORD_HASH='scrypt:/);
  expect(readFileSync(join(dir, 'pilcrow.yaml'), 'utf8')).toMatch(/name: ada\n *role: operator/);
});
