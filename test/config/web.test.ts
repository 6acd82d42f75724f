import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { tempDir } from '../support/temp.ts';
import { platforms } from './platforms.ts';

async function load(web: string) {
  const dir = await tempDir();
  const file = join(dir, 'pilcrow.yaml');
  mkdirSync(join(dir, 'secrets'));
  writeFileSync(join(dir, 'secrets/hash'), 'scrypt');
  writeFileSync(file, `web:\n${web}`);
  try {
    return { web: loadConfig({ file, env: {}, platforms }).web };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { faults: error.findings.map((finding) => finding.replace(`${file}:`, '')) };
  }
}

describe('the page', () => {
  test('is on the loopback where nothing else is said', async () => {
    expect(await load('  users: []\n')).toMatchObject({ web: { listen: '127.0.0.1:8190', cables: 'private' } });
  });

  test.each(['127.0.0.1:1', 'localhost:1', '"[::1]:1"', '127.9.9.9:1'])(
    'needs no other address on the loopback: %s',
    async (listen) => {
      expect(await load(`  listen: ${listen}\n`)).toHaveProperty('web');
    },
  );

  test.each(['0.0.0.0:80', '"[::]:80"', '192.0.2.1:80', 'example.org:80', '127.0.0.1.example.org:80'])(
    'needs its public address anywhere else: %s',
    async (listen) => {
      const { faults } = await load(`  listen: ${listen}\n`);
      expect(faults).toEqual([expect.stringMatching(/^2:11: .*publicUrl/)]);
      expect(await load(`  listen: ${listen}\n  publicUrl: https://example.org\n`)).toHaveProperty('web');
    },
  );

  test('knows its proxies by address or network', async () => {
    const trusted = ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'];
    expect(await load(`  trustedProxies: [${trusted.map((network) => `"${network}"`).join(', ')}]\n`)).toMatchObject({
      web: { trustedProxies: trusted },
    });
    const proxyHeader = '  proxyHeader: { name: X-User, trustedFrom: [10.0.0.0/8], roles: { ada: operator } }\n';
    expect(await load(`  publicUrl: https://example.org\n${proxyHeader}`)).toHaveProperty('web');
  });

  test.each([
    ['  listen: 8190\n', 'listen'],
    ['  listen: 127.0.0.1:70000\n', '65535'],
    ['  publicUrl: ftp://example.org\n', 'publicUrl'],
    ['  publicUrl: https://example.org/page\n', 'without a path'],
    ['  users: [{ name: "a b", role: operator, passwordHash: { file: secrets/hash } }]\n', 'letters'],
    ['  users: [{ name: a, role: admin, passwordHash: { file: secrets/hash } }]\n', 'operator'],
    ['  users: [{ name: a, role: viewer, passwordHash: { file: secrets/none } }]\n', 'passwordHash'],
    ['  proxyHeader: { name: X-User, trustedFrom: [example], roles: {} }\n', 'IP address'],
    ['  trustedProxies: [10.0.0.0/33]\n', 'IP address or network'],
    ['  trustedProxies: [0.0.0.0/0]\n', 'all addresses'],
    ['  trustedProxies: ["::/0"]\n', 'all addresses'],
    ['  trustedProxies: [proxy.example]\n', 'IP address or network'],
  ])('refuses %s', async (web, words) => {
    expect((await load(web)).faults?.join(' ')).toContain(words);
  });
});
