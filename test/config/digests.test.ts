import { writeFileSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/core/errors.ts';
import { loadConfig } from '../../src/config/load.ts';
import { platforms } from '../../src/platforms/index.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

async function loaded(more: string) {
  const config = writeWorkplace(await tempDir(), []);
  writeFileSync(config, `${readFileSync(config, 'utf8')}${more}\n`);
  return loadConfig({ file: config, env: {}, platforms });
}

async function faults(more: string): Promise<string> {
  return await loaded(more).then(
    () => 'none',
    (error: unknown) => (error instanceof ConfigError ? error.message : String(error)),
  );
}

describe('digests', () => {
  test('have a folder in the data folder, and times in minutes', async () => {
    const { digests, dataDir } = await loaded('digests: [{ name: daily, time: "07:30" }]');
    expect(digests[0]).toMatchObject({
      at: 450,
      folder: `${dataDir}/digests/daily`,
      timezone: 'UTC',
      ranking: 'mentions',
    });
  });

  test.each([
    ['digests: [{ name: a, channels: [mial] }]', 'unknown channel `mial`; there is none'],
    ['digests: [{ name: a, account: lug }]', 'unknown publisher `lug`; did you mean `log`?'],
    ['digests: [{ name: a, filter: { feeds: [post] } }]', 'did you mean `posts`?'],
    ['digests: [{ name: a }, { name: a }]', 'another digest is named a already'],
    ['digests: [{ name: a, timezone: Europe/Berlni }]', 'expected the name of a time zone'],
    ['digests: [{ name: a, period: month }]', 'expected one of day, week'],
    ['digests: [{ name: a, time: "7:00" }]', 'expected a time of day'],
    ['digests: [{ name: a, formats: [htlm] }]', 'html'],
    ['alerts: { to: [nobody] }', 'unknown channel `nobody`'],
    ['alerts: { quiet: { from: "07:00" } }', 'expected `from` and `to` to differ'],
  ])('%s: %s', async (more, fault) => {
    expect(await faults(more)).toContain(fault);
  });

  test('are posted by who may speak for itself alone', async () => {
    const config = writeWorkplace(await tempDir(), []);
    const social =
      '  - { name: social, platform: mastodon, server: https://social.example, token: { env: T }, mode: summoned }\n';
    const text = readFileSync(config, 'utf8').replace('publishers:\n', `publishers:\n${social}`);
    writeFileSync(config, `${text}digests: [{ name: a, account: social }]\n`);
    expect(() => loadConfig({ file: config, env: { T: 'x' }, platforms })).toThrow(
      'a digest is posted with `mode: own-timeline` only',
    );
  });
});
