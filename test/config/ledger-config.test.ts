import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isDryRun, readLedgerConfig } from '../../src/config/ledger-config.ts';
import { ConfigError } from '../../src/core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'pilcrow-ledger-config-'));
const file = join(folder, 'pilcrow.yaml');

afterAll(() => rmSync(folder, { recursive: true }));

function read(yaml: string, env: Record<string, string> = {}) {
  writeFileSync(file, yaml);
  return readLedgerConfig({ config: file }, env);
}

function findings(yaml: string): readonly string[] {
  try {
    read(yaml);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.findings.map((finding) => finding.replaceAll(`${folder}/`, ''));
    throw error;
  }
}

test('faults of other sections do not matter, and publishers are known as far as they can be read', () => {
  const yaml = `feeds: 7
rules: nowhere.yaml
web: { listen: everywhere }
publishers:
  - { name: log, platform: log, limits: { perDay: many } }
  - { name: a, platform: telegraph }
  - platform: mastodon
  - 3
`;
  const config = read(yaml);
  expect(config.publishers).toEqual([
    { name: 'log', platform: 'log' },
    { name: 'a', platform: 'telegraph' },
  ]);
  expect(config).toMatchObject({ configDir: folder, dataDir: join(folder, 'data'), ledger: {} });
  expect([isDryRun(config, 'log'), isDryRun(config, 'a')]).toEqual([true, false]);
  expect(read('publishers: none').publishers).toEqual([{ name: 'log', platform: 'log' }]);
});

test('the ledger is that of the whole configuration, with its secret', () => {
  const yaml = 'data: state\nledger: { postgres: { url: { env: LEDGER_URL } } }\n';
  const config = read(yaml, { LEDGER_URL: 'postgres://here', PILCROW_DATA: '/srv/pilcrow' });
  expect(config.ledger.postgres?.url.reveal()).toBe('postgres://here');
  expect(config.dataDir).toBe('/srv/pilcrow');
  expect(read('data: state').dataDir).toBe(join(folder, 'state'));
});

test.each([
  ['a misspelt `ledger`', 'legder: {}\n', '1:1: unknown key `legder`, did you mean `ledger`?'],
  ['a missing variable', 'ledger: { postgres: { url: { env: NOT_SET } } }\n', '1:28: `url`: the variable NOT_SET'],
  ['a fault of the ledger', 'ledger:\n  postgres: { uri: 3 }\n', '2:15: unknown key `uri`, did you mean `url`?'],
  ['broken YAML', 'data: [\n', 'not valid YAML'],
])('%s is a fault, because the command would work on another ledger', (_, yaml, fault) => {
  expect(findings(yaml).join('\n')).toContain(fault);
});
