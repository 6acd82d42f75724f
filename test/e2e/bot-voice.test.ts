import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { openFakeMastodon } from '../support/fake-mastodon/fake-mastodon.ts';
import { hostile } from '../support/strangers.ts';
import { tempDir } from '../support/temp.ts';
import { configuration, ownRules } from '../support/workplace.ts';

/** A bot on a server, whose replies are held. */
async function openHolding(mode = 'summoned') {
  const fake = await openFakeMastodon();
  const [ada, pilcrow] = [fake.join('ada'), fake.join('pilcrow')];
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(join(dir, 'token'), pilcrow.token);
  const feed = `  - { name: masto, platform: mastodon, hashtags: [cablegate], firstRun: 30d, stream: false, servers: [{ url: '${fake.url}', token: { file: token } }] }`;
  const publisher = `  - { name: bot, platform: mastodon, mode: ${mode}, visibility: unlisted, server: '${fake.url}', token: { file: token } }\n`;
  const text = configuration([feed], `network: { allowPrivate: ['${fake.allow}'] }\n`);
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}`));
  writeFileSync(ownRules(dir), 'rules: [{ name: ask, action: hold }]\n');
  return {
    fake,
    ada,
    run: (...args: string[]) => command([...args, '--config', config]),
    replies: () => fake.statuses.filter(({ by }) => by === pilcrow),
    ledger: () => readFileSync(join(dir, 'data/ledger.db'), 'latin1'),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

test.each([
  ['common', 'CW: USPol, food', 'uspol, food'],
  ['hostile', hostile.join(' '), 'as in the post above'],
])('review shows all that is sent in reply to a post with a %s warning', async (_kind, spoilerText, warning) => {
  await using it = await openHolding();
  const asked = { spoilerText };
  const status = it.fake.write(it.ada, '@pilcrow #cablegate #07ASTANA2244 ¶5', asked);
  await it.run('once');
  const listed = (await it.run('review', 'list', '--json')).out;
  const shown = JSON.parse(listed) as { key: string; text: string; warning: string; visibility: string };
  expect(shown).toMatchObject({ warning, visibility: 'unlisted' });
  const { out } = await it.run('review', 'show', shown.key);
  for (const part of [`Content warning: ${warning}`, 'Visibility: unlisted', 'Target: http', shown.text.split('\n')[0]])
    expect(out).toContain(part);
  // Changed behind the reviewer's back.
  status.spoilerText = 'https://evil.example';
  await it.run('review', 'approve', shown.key);
  await it.run('once');
  const sent = it.replies().map((reply) => ({ ...reply, text: reply.text.replace('@ada ', '') }));
  expect(sent).toMatchObject([{ text: shown.text, spoilerText: warning, visibility: 'unlisted' }]);
});
