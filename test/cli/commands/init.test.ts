import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { offered } from '../../../src/config/read.ts';
import { environment } from '../../../src/config/environment.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { checkAnswer } from '../../../src/operations/setup/answers.ts';
import { platforms } from '../../../src/platforms/index.ts';
import { command } from '../../support/command.ts';
import { serve } from '../../support/serve.ts';
import { tempDir } from '../../support/temp.ts';
import { rightPrompts, wrongPrompts } from './wrong-prompts.ts';

async function checked(platform: string, key: string, written: string) {
  const one = offered().find(({ id }) => id === platform)!;
  return await checkAnswer(
    one,
    one.setup!.questions.find((question) => question.key === key)!,
    written,
  );
}

test('each wrong answer gets what is wrong and an example, and no secret', async () => {
  const said: string[] = [];
  for (const [platform, key, written] of wrongPrompts) {
    const result = await checked(platform, key, written);
    expect(result, `${platform} ${key} ${written}`).toHaveProperty('fault');
    expect('fault' in result ? result.fault : '').not.toContain('hunter2');
    said.push(`${platform} ${key}: ${written}\n    ${'fault' in result ? result.fault : ''}\n`);
  }
  await expect(said.join('')).toMatchFileSnapshot('../../data/wrong-prompts.txt');
});

test.each(rightPrompts)('%s %s: %j becomes %j', async (platform, key, written, answer) => {
  expect(await checked(platform, key, written)).toEqual({ answer });
});

test('every example and default of a question passes, but for a shortened secret', async () => {
  for (const { id, setup } of offered())
    for (const { key, example, usual } of setup?.questions ?? [])
      for (const answer of [example, usual].filter((one) => one !== undefined && !one.includes('…')))
        expect(await checked(id, key, answer!), `${id} ${key} ${answer}`).toHaveProperty('answer');
});

const configOf = (dir: string) => loadConfig({ file: join(dir, 'pilcrow.yaml'), env: environment(dir), platforms });
const webFeed = ['--platform', 'rss', '--url', 'blog.invalid/feed'];

test('every fault of the flags is listed, and nothing is written', async () => {
  const dir = join(await tempDir(), 'bot');
  const { code, err } = await command([
    'init',
    dir,
    '--platform',
    'mastodon',
    '--server',
    'no server',
    '--mode',
    'all',
  ]);
  expect(code).toBe(2);
  expect(err.replaceAll(dir, 'bot')).toBe(
    [
      'pilcrow: --server no server: expected an http or https URL, such as https://social.example',
      'pilcrow: --token-env: Access token of the application: the variable MASTODON_TOKEN is set neither in the environment nor in bot/.env: set it, name another one, or give the value on standard input with --token-stdin',
      'pilcrow: --mode all: expected one of dry-run, summoned, opted-in, own-timeline',
      '',
    ].join('\n'),
  );
  expect(existsSync(dir)).toBe(false);
});

test('an unknown platform gets the nearest one, also by its old name', async () => {
  const dir = await tempDir();
  expect((await command(['init', dir, '--platform', 'mastodn'])).err).toContain('did you mean `mastodon`?');
  expect((await command(['init', dir, '--platform', 'twitter'])).err).toContain('did you mean `x`?');
});

test('run again, it adds a platform: comments, entries and secrets stay', async () => {
  const dir = await tempDir();
  await command(['init', dir, ...webFeed, '--digest', 'Europe/Berlin']);
  const file = join(dir, 'pilcrow.yaml');
  writeFileSync(
    file,
    `# Mine.\n${readFileSync(file, 'utf8').replace('    platform: rss', '    platform: rss # kept')}`,
  );
  writeFileSync(join(dir, '.env'), "OTHER=1\nNOSTR_KEY='old'", { mode: 0o644 });
  const key = '01'.repeat(32);
  const nostr = ['--platform', 'nostr', '--relays', 'ws://127.0.0.1:9', '--allow-private', '--mode', 'summoned'];
  const { code, out } = await command(['init', dir, ...nostr, '--key-env', 'BOT_KEY'], { env: { BOT_KEY: key } });
  expect(code).toBe(0);
  expect(out).toContain('adds to it');
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^# Mine\.\n/);
  expect(text).toContain('platform: rss # kept');
  expect(text).not.toContain(key);
  writeFileSync(join(dir, '.env'), `BOT_KEY=${key}\n`);
  const { feeds, publishers, digests, network } = configOf(dir);
  expect(feeds.map(({ name }) => name)).toEqual(['from-rss', 'from-nostr']);
  expect(publishers.map(({ name, mode }) => [name, mode])).toEqual([
    ['to-nostr', 'summoned'],
    ['log', 'dry-run'],
  ]);
  expect(digests).toMatchObject([{ name: 'daily', timezone: 'Europe/Berlin' }]);
  expect(network.allowPrivate).toEqual(['127.0.0.1:9']);
});

test('a second account of a platform gets names of its own, and answers the posts of its own feed', async () => {
  const dir = await tempDir();
  const site = ['--platform', 'wordpress', '--username', 'bot', '--password-env', 'WP', '--mode', 'opted-in'];
  const env = { WP: 'secret' };
  await command(['init', dir, ...site, '--site', 'one.invalid'], { env });
  await command(['init', dir, ...site, '--site', 'two.invalid'], { env });
  writeFileSync(join(dir, '.env'), 'WP=secret');
  expect(configOf(dir).feeds.map(({ platform, publisher, config }) => [platform, publisher, config['url']])).toEqual([
    ['rss', 'to-wordpress', 'https://one.invalid/feed/'],
    ['rss', 'to-wordpress-2', 'https://two.invalid/feed/'],
  ]);
});

test('a configuration with faults is not added to, and its faults are told', async () => {
  const dir = await tempDir();
  writeFileSync(join(dir, 'pilcrow.yaml'), 'feeds: 3\n');
  const { code, err } = await command(['init', dir, ...webFeed]);
  expect(code).toBe(2);
  expect(err).toContain('pilcrow.yaml:1:8: `feeds`: expected a list, got a number');
  expect(readFileSync(join(dir, 'pilcrow.yaml'), 'utf8')).toBe('feeds: 3\n');
});

test('the catalogue is imported, and a bot without one says what it will not answer', async () => {
  const dir = await tempDir();
  expect((await command(['init', join(dir, 'a'), ...webFeed])).out).toContain('There is no list of reference IDs');
  writeFileSync(join(dir, 'ids'), '07ASTANA2244\n');
  const { out } = await command(['init', join(dir, 'b'), ...webFeed, '--catalogue', join(dir, 'ids')]);
  expect(out).toContain('1 reference IDs are in');
  expect(out).not.toContain('There is no list');
  expect(existsSync(join(dir, 'b/data/catalogue.bin'))).toBe(true);
});

test('a server that says no is told as it is, and a private one needs a word', async () => {
  const dir = await tempDir();
  await using site = await serve((_request, response) => response.writeHead(404).end());
  const args = ['init', dir, '--platform', 'rss', '--url', site.url];
  const refused = await command(args);
  expect(refused.err).toContain('is a private address: --allow-private lets the bot reach it');
  const { code, out } = await command([...args, '--allow-private']);
  expect(out).toMatch(/FAIL feed from-rss: .*404/);
  expect(code).toBe(0);
});

test('every platform that reads or answers tells a newcomer what to do, or reads what is on this machine', () => {
  const without = platforms.filter(({ setup }) => setup === undefined).map(({ id }) => id);
  expect(without).toEqual(['file', 'log']);
  for (const { feed, publisher, setup } of platforms) {
    const known = { ...feed?.shape, ...publisher?.shape, limits: {}, onTopic: {} };
    for (const { key } of setup?.questions ?? []) expect(Object.keys(known)).toContain(key.split('.', 1)[0]);
  }
});
