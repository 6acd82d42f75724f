import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../support/command.ts';
import { openFakeMastodon } from '../../support/fake-mastodon/fake-mastodon.ts';
import { tempDir } from '../../support/temp.ts';
import { configuration } from '../../support/workplace.ts';

test('doctor says how many calls are left, what the account may do, and on whose word', async () => {
  await using fake = await openFakeMastodon({});
  const dir = await tempDir();
  writeFileSync(join(dir, 'token'), fake.join('bot').token);
  const publisher = `  - { name: bot, platform: mastodon, mode: summoned, server: '${fake.url}', token: { file: token } }`;
  const config = join(dir, 'pilcrow.yaml');
  const text = configuration([], `network: { allowPrivate: ['${fake.allow}'] }`).replace('feeds:\n\n', '');
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}\n`));
  const { out } = await command(['doctor', '--config', config]);
  expect(out).toMatch(/note publisher bot\s+mode summoned, at most 200 a day/);
  expect(out).toMatch(/also permitted: opted-in, own-timeline: the rules of many servers/);
  expect(out).toMatch(/note publisher bot\s+\d+ \S+ read calls are left until \d\d:\d\dZ/);
  expect(out).toMatch(/(ok|FAIL)\s+publisher bot/);
});
