import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadDriver, platforms } from '../../src/platforms/index.ts';
import type { Platform } from '../../src/platforms/platform.ts';

const root = new URL('../../', import.meta.url);
const folders = (await readdir(new URL('src/platforms/', root), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
  .map((entry) => entry.name);

test('every folder of a platform stands in the registry, once, in the order of the alphabet', () => {
  expect(platforms.map(({ id }) => id)).toEqual(folders.toSorted());
});

test('README’s table of platforms has a row for each', async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  expect(folders.filter((name) => !readme.includes(`| [${name}](docs/platforms/${name}.md)`))).toEqual([]);
});

test('the compiler asks a platform for its consent policy, its limits and its prices', () => {
  const [{ consent, limits, prices, ...others }] = platforms as readonly [Platform];
  const keys = (platform: Platform) => Object.keys(platform);
  // @ts-expect-error: what a bot may do there
  expect(keys({ ...others, limits, prices })).not.toContain('consent');
  // @ts-expect-error: how long texts may be
  expect(keys({ ...others, consent, prices })).not.toContain('limits');
  // @ts-expect-error: what it charges
  expect(keys({ ...others, consent, limits })).not.toContain('prices');
});

describe.each(platforms.map((platform) => ({ ...platform, platform })))('$id', ({ id, feed, publisher, platform }) => {
  test('opens what its configuration describes, and nothing else', async () => {
    const driver = await loadDriver(id);
    expect(driver?.openFeed !== undefined).toBe(feed !== undefined);
    expect(driver?.openStream !== undefined).toBe(platform.streams === true);
    expect(driver?.openPublisher !== undefined).toBe(publisher !== undefined);
  });

  test('its options have a description each, and a JSON Schema', () => {
    for (const schema of [feed, publisher]) {
      if (schema === undefined) continue;
      const { properties } = z.toJSONSchema(schema, { io: 'input' });
      const undescribed = Object.entries(properties ?? {}).filter(
        ([, option]) => typeof option === 'boolean' || option.description === undefined,
      );
      expect(undescribed.map(([name]) => name)).toEqual([]);
    }
  });

  test('its page in docs/platforms names every option and its consent', async () => {
    const page = new URL(`docs/platforms/${id}.md`, root);
    expect(existsSync(page)).toBe(true);
    const text = await readFile(page, 'utf8');
    const options = [feed, publisher].flatMap((schema) => Object.keys(schema?.shape ?? {}));
    expect(options.filter((option) => !text.includes(`\`${option}\``))).toEqual([]);
    expect(text).toContain(`platform: ${id}`);
  });

  test('is run by the contract suites', async () => {
    const tests = new URL(`test/platforms/${id}/`, root);
    const names = (await readdir(tests)).filter((name) => name.endsWith('.test.ts'));
    const texts = await Promise.all(names.map((name) => readFile(new URL(name, tests), 'utf8')));
    const all = texts.join('\n');
    expect(/\bfeedContract\(/.test(all)).toBe(feed !== undefined);
    expect(/\bpublisherContract\(/.test(all)).toBe(publisher !== undefined);
    expect(/\bstreamContract\(/.test(all)).toBe(platform.streams === true);
    expect(/\bcutContract\(/.test(all)).toBe(platform.addressesPeople);
  });

  test('says what is permitted and on what it rests', () => {
    const { summons, permits, clause, source } = platform.consent;
    for (const words of [summons, clause, source, platform.summary]) expect(words).not.toBe('');
    // Nobody can be answered where nothing can be written; the log is always there.
    expect(permits).toContain('dry-run');
    if (!platform.addressesPeople) expect(permits).toEqual(['dry-run']);
  });
});
