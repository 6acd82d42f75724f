import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { builtInFolder } from '../../src/config/built-in.ts';
import { foldersOf } from '../../src/config/ledger-config.ts';
import { loadConfig, type LoadRequest } from '../../src/config/load.ts';
import type { Config } from '../../src/config/config.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { SecretValue } from '../../src/core/secret.ts';
import { broken } from './broken.ts';
import { platforms, silent } from './platforms.ts';

const folder = mkdtempSync(join(tmpdir(), 'pilcrow-config-'));
const file = join(folder, 'pilcrow.yaml');

beforeEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

function load(yaml: string, request: Partial<LoadRequest> = {}): Config {
  writeFileSync(file, yaml);
  return loadConfig({ file, env: {}, platforms, ...request });
}

/** With the name of the file alone, as a person in its folder would call it. */
function findings(yaml: string, request: Partial<LoadRequest> = {}): readonly string[] {
  try {
    load(yaml, request);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.findings.map((finding) => finding.replaceAll(`${folder}/`, ''));
    throw error;
  }
}

test('limits of one author are those of the platform but for what is set; null takes them away', () => {
  const limits = (own: string) =>
    load(`publishers: [{ name: r, platform: relay, limits: { ${own} } }]`).publishers[0]?.limits.perAuthorPerDay;
  expect(limits('perDay: 7')).toEqual({ unsummoned: 5, summoned: 20 });
  expect(limits('perAuthorPerDay: { summoned: 3 }')).toEqual({ unsummoned: 5, summoned: 3 });
  expect(limits('perAuthorPerDay: { unsummoned: null }')).toEqual({ unsummoned: null, summoned: 20 });
  expect(limits('perAuthorPerDay: null')).toEqual({ unsummoned: null, summoned: null });
});

test('limits of a publisher may have durations', () => {
  const { publishers } = load(
    'publishers: [{ name: log, platform: log, path: a, limits: { authorCooldown: 3m, cooldown: 2h } }]',
  );
  expect(publishers[0]?.limits).toMatchObject({ authorCooldownMs: 180_000, cooldownMs: 7_200_000 });
});

describe('a broken configuration gets every fault with file, line and column:', () => {
  test.each(Object.entries(broken))('%s', (_, { yaml, findings: expected }) => {
    expect(expected.length).toBeGreaterThan(0);
    expect(findings(yaml)).toEqual(expected);
  });

  test('no file', () => expect(() => loadConfig({ file, env: {}, platforms })).toThrow(`${file}:1:1: no such file`));

  test('a folder in the place of the file', () => {
    expect(() => loadConfig({ file: folder, env: {}, platforms })).toThrow('cannot be read: it is a folder');
  });

  test('a missing variable beside a fault of another entry', () => {
    const yaml =
      'publishers:\n  - { name: a, platform: network, token: { env: NOT_SET } }\n  - { name: b, platform: lug }\n';
    expect(findings(yaml)).toEqual([
      'pilcrow.yaml:2:42: `token`: the variable NOT_SET is not set, neither in the environment nor in .env',
      'pilcrow.yaml:3:26: `platform: lug`: expected one of log, network, relay; did you mean `log`?',
    ]);
  });

  test('more than can be mended at once is cut off', () => {
    const yaml = `corpus:\n${'  - 1\n'.repeat(10_000)}`;
    expect(findings(yaml)).toHaveLength(200);
  });

  test.each(['hunter2', '"hunter2"', '{ value: hunter2 }', '[hunter2]', '{ env: hunter2 }', '{ env: [hunter2] }'])(
    'and never repeats a secret that was put in the wrong place: %s',
    (secret) => {
      const said = findings(`publishers:\n  - { name: m, platform: network, token: ${secret} }\n`).join('\n');
      expect(said).toContain('`token`');
      expect(said).not.toContain('hunter2');
    },
  );

  test('nor a password in a URL', () => {
    const said = findings('feeds:\n  - { name: f, platform: rss, url: "htt p://me:hunter2@host/" }\n');
    expect(said).toEqual(['pilcrow.yaml:2:36: `url`: expected a URL']);
  });
});

describe('what is left out', () => {
  test('the page listens where PILCROW_LISTEN says, with the address that people type; what is written takes precedence', () => {
    const web = (yaml: string, PILCROW_LISTEN: string) => load(yaml, { env: { PILCROW_LISTEN } }).web;
    const container = { listen: '0.0.0.0:8190', publicUrl: 'http://localhost:8190' };
    expect(web('', '0.0.0.0:8190')).toMatchObject(container);
    const publicUrl = 'https://pilcrow.example';
    expect(web(`web: { publicUrl: "${publicUrl}" }`, '0.0.0.0:8190')).toMatchObject({ ...container, publicUrl });
    expect(web('web: { listen: null }', '0.0.0.0:8190').listen).toBeNull();
    expect(web('web: { listen: "127.0.0.1:1" }', '0.0.0.0:8190').listen).toBe('127.0.0.1:1');
    expect(web('', '').listen).toBe('127.0.0.1:8190');
    expect(findings('', { env: { PILCROW_LISTEN: '8190' } })).toEqual([
      'PILCROW_LISTEN: expected HOST:PORT, such as 0.0.0.0:8190',
    ]);
  });

  test('a log is there, unless its name is taken', () => {
    const names = (publishers: string) => load(`publishers: [${publishers}]`).publishers.map(({ name }) => name);
    expect(names('')).toEqual(['log']);
    expect(names('{ name: r, platform: relay }')).toEqual(['r', 'log']);
    expect(names('{ name: own, platform: log }')).toEqual(['own']);
    expect(names('{ name: log, platform: relay }')).toEqual(['log']);
  });

  test('rules and templates beside the file take precedence over the built-in ones', () => {
    writeFileSync(join(folder, 'rules.yaml'), 'rules: []');
    mkdirSync(join(folder, 'templates'));
    expect(load('')).toMatchObject({ rules: join(folder, 'rules.yaml'), templates: join(folder, 'templates') });
    for (const name of ['rules.yaml', 'templates']) rmSync(join(folder, name), { recursive: true });
  });

  test('the state of a configuration that comes with Pilcrow is in the working folder, of any other beside it', () => {
    const sample = (name: string) => foldersOf(join(builtInFolder, name), undefined, {}).dataDir;
    expect([sample('pilcrow.yaml'), sample('mine.yaml')]).toEqual([resolve('data'), resolve('data')]);
    expect(foldersOf(file, undefined, {}).dataDir).toBe(join(folder, 'data'));
  });

  test('has a default', () => {
    expect(load('')).toEqual({
      file,
      configDir: folder,
      dataDir: join(folder, 'data'),
      ledger: {},
      queue: {},
      feeds: [],
      channels: [],
      publishers: [expect.objectContaining({ name: 'log', platform: 'log', mode: 'dry-run' })],
      digests: [],
      alerts: { to: [], quiet: null, groupFor: 600_000, failingFor: 900_000, heldFor: 3_600_000 },
      replies: {
        maxAge: 604_800_000,
        giveUpAfter: 259_200_000,
        excerpts: 'confidential',
        whenNothingFound: 'never',
        languages: ['en', 'de', 'es', 'fr', 'pt'],
        withdrawWithSource: true,
      },
      retention: {
        texts: 365 * 86_400_000,
        limitedTexts: 30 * 86_400_000,
        rejects: 30 * 86_400_000,
        shortLived: [],
      },
      rules: `${builtInFolder}/rules.yaml`,
      templates: `${builtInFolder}/templates`,
      corpus: [`${builtInFolder}/sample`],
      imported: join(folder, 'data', 'corpus.db'),
      catalogue: join(folder, 'data', 'catalogue.bin'),
      links: {
        targets: ['viewer', 'plusd', 'cablegatesearch', 'cabledrum'],
        fragments: 'where-needed',
        check: {
          enabled: false,
          every: 30 * 86_400_000,
          perHost: 10_000,
          confirm: 3_600_000,
          deadAfter: { failures: 5, over: 3 * 86_400_000 },
        },
        archive: 'https://web.archive.org/web/2011/{url}',
        fetchMissing: false,
        keepPages: 365 * 86_400_000,
      },
      network: { allowPrivate: [], userAgent: 'Pilcrow/0.1 (cable links)' },
      observe: { listen: null, hosts: [], log: 'text' },
      web: { listen: '127.0.0.1:8190', cables: 'private', trackbacks: 'held', trustedProxies: [], users: [] },
    });
  });

  test('of a publisher’s limits is that of the general ones, before that of the platform', () => {
    const own =
      'publishers:\n  - { name: r, platform: relay, limits: { authorCooldown: 5m, budget: { perDay: 0.5 } } }\n';
    const [publisher] = load(`limits: { perDay: 7, authorCooldown: 1h, budget: { perMonth: 20 } }\n${own}`).publishers;
    expect(publisher?.limits).toMatchObject({
      authorCooldownMs: 300_000,
      perDay: 7,
      budget: { perDay: 500_000, perMonth: 20_000_000 },
      failureThreshold: 5,
    });
  });

  test('of a cooldown that is `null` is none', () => {
    const relay = 'publishers: [{ name: r, platform: relay, limits: { threadCooldown: null } }]';
    const [publisher] = load(`limits: { authorCooldown: null }\n${relay}`).publishers;
    expect(publisher?.limits).toMatchObject({ authorCooldownMs: 0, threadCooldownMs: 0 });
  });

  test('of a platform that wants its texts gone sooner is what it says', () => {
    const short = [{ id: 'short', summary: 'A network', ...silent, textRetentionMs: 1000 }];
    expect(load('', { platforms: [...platforms, ...short] }).retention.shortLived).toEqual([
      { platform: 'short', textsMs: 1000 },
    ]);
  });

  test('is what the platform says, before what is common to all', () => {
    const yaml =
      'feeds:\n  - { name: f, platform: file, paths: [x] }\n  - { name: w, platform: rss, url: "https://a.example/" }\n';
    expect(load(yaml).feeds.map(({ everyMs }) => everyMs)).toEqual([300_000, 900_000]);
  });

  test('of a feed is taken from `replies`, also when that is no limit', () => {
    const feeds =
      'feeds:\n  - { name: a, platform: file, paths: [x] }\n  - { name: b, platform: file, paths: [x], maxAge: null }\n';
    expect(load(feeds).feeds.map(({ maxAgeMs }) => maxAgeMs)).toEqual([7 * 86_400_000, null]);
    expect(load(`${feeds}replies: { maxAge: 2h }\n`).feeds.map(({ maxAgeMs }) => maxAgeMs)).toEqual([7_200_000, null]);
    expect(load(`${feeds}replies: { maxAge: null }\n`).feeds.map(({ maxAgeMs }) => maxAgeMs)).toEqual([null, null]);
  });
});

test('a platform gets its own keys, parsed by its own schema', () => {
  const [feed] = load('feeds:\n  - { name: f, platform: file, paths: [x], onTopic: true, every: 1s }\n').feeds;
  expect(feed).toEqual({
    name: 'f',
    platform: 'file',
    everyMs: 1000,
    onTopic: true,
    maxAgeMs: 7 * 86_400_000,
    config: { paths: ['x'], stdin: false, batch: 8 },
  });
});

test('a publisher quotes what it says itself, else what its platform asks for, else what is set for all', () => {
  const quiet = {
    id: 'quiet',
    summary: 'A network that asks',
    ...silent,
    publisher: z.strictObject({}),
    excerpts: 'never',
  } as const;
  const entries = ['log', 'quiet'].flatMap((platform) =>
    ['', ', excerpts: all'].map((own, at) => `  - { name: ${platform}${at}, platform: ${platform}${own} }\n`),
  );
  const quotes = (more: string) => {
    const config = load(`publishers:\n${entries.join('')}${more}`, { platforms: [...platforms, quiet] });
    return config.publishers.map(({ excerpts }) => excerpts);
  };
  expect(quotes('')).toEqual(['confidential', 'all', 'never', 'all']);
  expect(quotes('replies: { excerpts: unclassified }\n')).toEqual(['unclassified', 'all', 'never', 'all']);
});

describe('the data folder', () => {
  test('is relative to the file', () => expect(load('data: ../state').dataDir).toBe(join(folder, '..', 'state')));

  test('is PILCROW_DATA, relative to where one stands, when that is set', () => {
    expect(load('data: ../state', { env: { PILCROW_DATA: '/srv/pilcrow' } }).dataDir).toBe('/srv/pilcrow');
    expect(load('data: ../state', { env: { PILCROW_DATA: 'here' } }).dataDir).toBe(join(process.cwd(), 'here'));
    expect(load('data: ../state', { env: { PILCROW_DATA: '' } }).dataDir).toBe(join(folder, '..', 'state'));
  });
});

test('a catalogue can be ruled out', () => expect(load('catalogue: null').catalogue).toBeNull());

function published(token: string): string {
  return `publishers:\n  - { name: m, platform: network, token: ${token} }\n`;
}

function secretOf(config: Config): SecretValue {
  const secret = config.publishers[0]?.config['token'];
  if (secret instanceof SecretValue) return secret;
  throw new Error('the configuration has no secret');
}

describe('a secret', () => {
  test('comes from a variable', () => {
    expect(secretOf(load(published('{ env: TOKEN }'), { env: { TOKEN: 'hunter2' } })).reveal()).toBe('hunter2');
  });

  test('comes from a file beside the configuration, without the end of the line', () => {
    mkdirSync(join(folder, 'secrets'), { recursive: true });
    writeFileSync(join(folder, 'secrets', 'token'), 'hunter2\n');
    expect(secretOf(load(published('{ file: secrets/token }'))).reveal()).toBe('hunter2');
    writeFileSync(join(folder, 'secrets', 'token'), '\n');
    expect(findings(published('{ file: secrets/token }'))).toEqual([
      'pilcrow.yaml:2:42: `token`: the file is empty: secrets/token',
    ]);
  });

  test('shows in no text that a log is made of', () => {
    const config = load(published('{ env: TOKEN }'), { env: { TOKEN: 'hunter2' } });
    const shown = [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `the token is ${secretOf(config).toString()}`,
    ];
    for (const text of shown) expect(text).not.toContain('hunter2');
  });

  test('cannot be had before it was looked up', () => {
    expect(() => new SecretValue({ env: 'TOKEN' }).reveal()).toThrow('before the configuration was loaded');
  });
});
