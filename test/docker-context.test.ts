import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { contextFiles } from './support/docker-context.ts';
import { tempDir } from './support/temp.ts';

const root = new URL('..', import.meta.url).pathname;

/** A checkout as git has it. */
async function checkout(): Promise<{ dir: string; tracked: readonly string[] }> {
  const dir = await tempDir();
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const tracked = listed.split('\0').filter((file) => /^(?:[^/]+|(?:bin|config|src|workers)\/.*)$/.test(file));
  for (const file of tracked) cpSync(join(root, file), join(dir, file), { recursive: true });
  return { dir, tracked };
}

function plant(dir: string, files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), 'planted');
  }
}

// `{ file: … }` of a configuration is relative to its folder, compose.distributed.yaml has `secrets`, and `.env` lies where a person starts the bot.
const secrets = `
  .env .env.local secrets/ledger-url data/ledger.db key.pem notes.txt
  config/.env config/secrets/token config/secrets/ada-hash config/token config/mine.yaml
  config/templates/token config/sample/token config/sample/secrets/token config/deep/er/token
  src/.env src/web/.env.production src/secrets/token workers/lib/id.key bin/cert.pem`
  .trim()
  .split(/\s+/);

test('no secret that lies in a checkout enters the image, and all that the bot needs does', async () => {
  const { dir, tracked } = await checkout();
  plant(dir, secrets);
  const sent = contextFiles(dir);
  expect(sent.filter((file) => !tracked.includes(file))).toEqual([]);
  expect(sent).toEqual(expect.arrayContaining(tracked.filter((file) => /^(?:bin|config|src|workers)\//.test(file))));
});

test('of the folder of the configuration, whatever a secret is called, only the files of the checkout enter', async () => {
  const { dir, tracked } = await checkout();
  const name = fc.stringMatching(/^[\w.-]{1,12}$/).filter((word) => !/^\.+$/.test(word));
  const paths = fc.array(fc.array(name, { minLength: 1, maxLength: 3 }), { minLength: 40, maxLength: 40 });
  const [made = []] = fc.sample(paths, { numRuns: 1, seed: 18 });
  plant(
    dir,
    made.map((words, number) => join('config', ['', 'templates', 'sample'][number % 3] ?? '', `x${words.join('/x')}`)),
  );
  expect(contextFiles(dir).filter((file) => file.startsWith('config/'))).toEqual(
    tracked.filter((file) => file.startsWith('config/')).toSorted(),
  );
});

test("Docker's own client sends the same files", async (context) => {
  const { dir } = await checkout();
  plant(dir, secrets);
  const sent = await sentByDocker(dir);
  context.skip(sent === undefined, 'no docker client is installed');
  // The client adds these for itself; no COPY may name them.
  expect(sent?.filter((file) => !['.dockerignore', 'Dockerfile'].includes(file))).toEqual(contextFiles(dir));
});

/** The context that `docker build` sends to an engine, here one that refuses to build; `undefined` without a client. */
async function sentByDocker(dir: string): Promise<string[] | undefined> {
  const socket = join(await tempDir(), 'engine');
  const files: string[] = [];
  const engine = createServer((request, response) => {
    const isBuild = request.method === 'POST' && /\/build\?/.test(request.url ?? '');
    response.setHeader('api-version', '1.44');
    void (isBuild ? filesOf(request, files) : Promise.resolve()).then(() =>
      response.writeHead(isBuild ? 400 : 200).end('{}'),
    );
  });
  await new Promise<void>((resolve) => engine.listen(socket, resolve));
  onTestFinished(() => void engine.close());
  const env = { PATH: process.env['PATH'], HOME: dir, DOCKER_HOST: `unix://${socket}`, DOCKER_BUILDKIT: '0' };
  const client = spawn('docker', ['build', '.'], { cwd: dir, env, stdio: 'ignore' });
  const code = await new Promise((resolve) => client.once('error', () => resolve(undefined)).once('exit', resolve));
  return code === undefined ? undefined : files.toSorted();
}

async function filesOf(request: IncomingMessage, files: string[]): Promise<void> {
  for await (const entry of Readable.from(request).pipe(extract())) {
    if (entry.header.type === 'file') files.push(entry.header.name);
    entry.resume();
  }
}
