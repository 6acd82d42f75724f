import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { driver } from '../../../src/platforms/mastodon/driver.ts';
import { command } from '../../support/command.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { openFakeMastodon } from '../../support/fake-mastodon/fake-mastodon.ts';
import { tempDir } from '../../support/temp.ts';
import { configuration } from '../../support/workplace.ts';
import { feedConfig } from './setup.ts';

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

test('doctor says which posts under hashtags a server hides', async () => {
  await using fake = await openFakeMastodon({ hashtagAccess: { local: 'authenticated', remote: 'disabled' } });
  await using context = await openTestContext([fake.allow]);
  const { token } = fake.join('bot');
  const check = (access: { token?: string }, changes = {}) =>
    driver.checkFeed!(feedConfig([{ url: fake.url, ...access }], changes), context);
  expect(await check({})).toBe(
    `${fake.url} shows local posts under hashtags only with a \`token\` of an account there; ` +
      `${fake.url} shows no remote posts under hashtags: only those that mention the bot arrive`,
  );
  expect(await check({ token })).toMatch(/^\S+ shows no remote posts under hashtags: [^;]+$/);
  expect(await check({ token }, { hashtags: [], mentions: true })).toBeUndefined();
});
