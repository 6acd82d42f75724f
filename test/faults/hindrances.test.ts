import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { holdWorkerLock } from '../../src/ledger/processes/worker-lock.ts';
import { openDisk } from '../support/chaos/disk.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';

const commands: readonly string[] = ['once', 'run', 'doctor'];

/** What stands in the way, as each command tells it: golden, without what differs from run to run. */
async function told(dir: string, data: string, { folder = data, commands: named = commands } = {}) {
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(config, 'feeds: []\nweb: { listen: null }\n');
  const lines: string[] = [];
  const add = async (name: string, args: readonly string[]) => {
    const { code, out, err } = await command(args, { env: { PILCROW_DATA: data } });
    const faults = `${err}${out}`.split('\n').filter((line) => /^(pilcrow:|FAIL)/.test(line));
    lines.push(`${name}: ${code}`, ...faults.map((line) => `  ${line}`));
  };
  await add('init', ['init', folder, '--platform', 'nostr', '--relays', 'wss://127.0.0.1:9', ...flags]);
  for (const name of named) await add(name, [name, '--config', config]);
  return lines
    .join('\n')
    .replaceAll(dir, 'DIR')
    .replaceAll(/process \d+ on \S+, since \S+/g, 'process N');
}

const flags = ['--allow-private', '--key-env', 'KEY'];

test.beforeEach(() => {
  process.env['KEY'] = '01'.repeat(32);
  return () => void delete process.env['KEY'];
});

async function openFull(context: TestContext) {
  const dir = await tempDir();
  const disk = openDisk(dir, 1);
  context.skip(disk === undefined, 'this user may not mount a disk');
  onTestFinished(() => disk?.[Symbol.asyncDispose]());
  return { dir, disk: disk! };
}

test('a full disk is told with path, cause and what to do; doctor goes on', async (context) => {
  const { dir, disk } = await openFull(context);
  await disk.fill();
  await expect(await told(dir, join(disk.path, 'data'))).toMatchFileSnapshot('../data/hindrances/full-disk.txt');
});

test('so is a folder that is read-only', async (context) => {
  const { dir, disk } = await openFull(context);
  execFileSync('mount', ['-o', 'remount,ro', disk.path]);
  await expect(await told(dir, join(disk.path, 'data'))).toMatchFileSnapshot('../data/hindrances/read-only.txt');
});

test('so are two bots on one ledger; doctor only looks', async () => {
  const dir = await tempDir();
  const data = join(dir, 'data');
  mkdirSync(data);
  using _lock = holdWorkerLock(join(data, 'ledger.db'));
  await expect(await told(dir, data, { folder: join(dir, 'bot') })).toMatchFileSnapshot(
    '../data/hindrances/two-bots.txt',
  );
});

test('so is a folder below a file', async () => {
  const dir = await tempDir();
  writeFileSync(join(dir, 'file'), '');
  await expect(await told(dir, join(dir, 'file/data'))).toMatchFileSnapshot('../data/hindrances/file-in-path.txt');
});

test('so is a server of any kind that nobody runs, or that speaks no TLS', async () => {
  const dir = await tempDir();
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const plain = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  // A port that was free a moment ago.
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const free = other.address();
  const nobody = `127.0.0.1:${typeof free === 'object' ? free?.port : ''}`;
  other.close();
  await once(other, 'close');
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(
    config,
    `feeds:
  - { name: blog, platform: rss, url: 'http://${nobody}/feed' }
  - { name: notes, platform: nostr, relays: ['ws://${nobody}'] }
publishers:
  - { name: fediverse, platform: mastodon, server: 'http://${nobody}', token: { env: KEY } }
  - { name: sky, platform: bluesky, service: 'http://${nobody}', identifier: bot.example, password: { env: KEY } }
  - { name: site, platform: wordpress, site: 'http://${nobody}', username: bot, password: { env: KEY } }
  - { name: no-tls, platform: wordpress, site: 'https://${plain}', username: bot, password: { env: KEY } }
channels: [{ name: post, type: email, smtp: { env: SMTP }, from: a@example.org, to: [b@example.org] }]
network: { allowPrivate: ['${nobody}', '${plain}'] }
web: { listen: null }
`,
  );
  const shared = join(dir, 'shared.yaml');
  writeFileSync(
    shared,
    'ledger: { postgres: { url: { env: POSTGRES } } }\nqueue: { redis: { url: { env: REDIS } } }\nweb: { listen: null }\n',
  );
  const env = {
    PILCROW_DATA: join(dir, 'data'),
    SMTP: `smtp://${nobody}`,
    POSTGRES: `postgres://me@${nobody}/pilcrow`,
    REDIS: `redis://${nobody}`,
  };
  const said: string[] = [];
  for (const file of [config, shared]) {
    const { out, err } = await command(['doctor', '--config', file], { env });
    said.push(err, ...out.split('\n').filter((line) => /^FAIL|^note queue/.test(line)));
  }
  const golden = said.join('\n').replaceAll(plain, 'PLAIN').replaceAll(nobody, 'NOBODY').replaceAll(dir, 'DIR');
  await expect(golden).toMatchFileSnapshot('../data/hindrances/servers.txt');
});

test('so is a port in use, for the page and for metrics', async () => {
  const dir = await tempDir();
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const config = join(dir, 'pilcrow.yaml');
  const said: string[] = [];
  for (const [section, name] of [
    ['web', 'web'],
    ['observe', 'run'],
  ] as const) {
    writeFileSync(
      config,
      `web: { listen: null }\n${section}: { listen: '127.0.0.1:${port}' }\n`.replace(
        /^web: \{ listen: null \}\n(?=web)/,
        '',
      ),
    );
    const { code, err } = await command([name, '--config', config]);
    said.push(`${name}: ${code}`, err.trimEnd());
  }
  await expect(said.join('\n').replaceAll(String(port), 'PORT')).toMatchFileSnapshot(
    '../data/hindrances/port-in-use.txt',
  );
});

test('doctor goes on where the configuration, the rules or .env are wrong', async () => {
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  const said: string[] = [];
  const doctor = async () => {
    const { code, out } = await command(['doctor', '--config', config]);
    const lines = out.split('\n').filter((line) => /^FAIL|data folder|bot /.test(line));
    said.push(`${code}`, ...lines.map((line) => line.replace(/\d[\d,]* MB/, 'N MB')));
  };
  writeFileSync(config, 'feeds: 3\nreplys: {}\n');
  await doctor();
  writeFileSync(config, 'feeds: []\n');
  writeFileSync(join(dir, 'rules.yaml'), 'rules: 3\n');
  await doctor();
  await expect(said.join('\n').replaceAll(dir, 'DIR')).toMatchFileSnapshot('../data/hindrances/doctor.txt');
});
