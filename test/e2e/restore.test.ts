import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import type { Call } from '../support/fake-mastodon/calls.ts';
import { openFakeMastodon } from '../support/fake-mastodon/fake-mastodon.ts';
import type { FakeOptions } from '../support/fake-mastodon/state.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';

/** A bot on a server of Mastodon's kind that answers each mention. */
async function openBot(options: Partial<FakeOptions> = {}) {
  const fake = await openFakeMastodon({ limit: 10_000, ...options });
  const [ada, pilcrow] = [fake.join('ada'), fake.join('pilcrow')];
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  const account = `token: { file: token }`;
  const feed = `  - { name: masto, platform: mastodon, hashtags: [cablegate], firstRun: 30d, stream: false, servers: [{ url: '${fake.url}', ${account} }] }`;
  const limits = `limits: { authorCooldown: 0s, threadCooldown: 0s, perAuthorPerDay: null }`;
  const publisher = `  - { name: bot, platform: mastodon, mode: summoned, server: '${fake.url}', ${account}, ${limits} }\n`;
  const text = configuration([feed], `network: { allowPrivate: ['${fake.allow}'] }\n`);
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}`));
  writeFileSync(join(dir, 'token'), pilcrow.token);
  const mentions: string[] = [];
  return {
    fake,
    dir,
    ledger: join(dir, 'data', 'ledger.db'),
    run: (...args: string[]) => command([...args, '--config', config]),
    mention: () => mentions.push(fake.write(ada, `@pilcrow #cablegate #07ASTANA2244 ¶${mentions.length + 1}`).id),
    /** Replies to each mention. */
    answers: () =>
      mentions.map((id) => fake.statuses.filter(({ by, inReplyToId }) => by === pilcrow && inReplyToId === id).length),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

/** Two mentions are answered and backed up, two more are answered, and one waits. */
async function answeredSinceBackup(bot: Awaited<ReturnType<typeof openBot>>): Promise<string> {
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

test('a server that keeps keys drops what a bot on a restored ledger says again', async () => {
  await using bot = await openBot();
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
