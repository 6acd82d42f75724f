import { execFile } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { serve } from './support/serve.ts';

const root = new URL('..', import.meta.url).pathname;
const run = promisify(execFile);

/** `.ci/audit` before a registry; nothing else is reached. */
async function audit(answer: (response: ServerResponse) => void) {
  await using registry = await serve((request: IncomingMessage, response) => {
    if (request.url?.endsWith('/advisories/bulk') === true) answer(response);
    else response.writeHead(404).end('{}');
  });
  const env = {
    ...process.env,
    npm_config_registry: registry.url,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1',
    npm_config_fetch_retries: '0',
  };
  const ended = await run('bash', ['.ci/audit'], { cwd: root, env }).catch((error: unknown) => error);
  return ended as { code?: number; stdout: string };
}

test('the audit passes where nothing is known', async () => {
  const { code = 0, stdout } = await audit((response) => response.end('{}'));
  expect(stdout).toMatch(/^npm audit .*: nothing found$/m);
  expect(code).toBe(0);
});

test('the audit fails for a package with a serious fault', async () => {
  const fault = { id: 1, url: 'https://example.org/1', title: 'made up', severity: 'high', vulnerable_versions: '*' };
  const { code, stdout } = await audit((response) => response.end(JSON.stringify({ zod: [fault] })));
  expect(stdout).toContain('made up');
  expect(code).toBe(1);
});

test('the audit says so where the registry gives no answer', async () => {
  const { code = 0, stdout } = await audit((response) => response.writeHead(405).end());
  expect(stdout).toMatch(/^npm audit --omit.*: NOT CHECKED, .*405/m);
  expect(stdout).toMatch(/^npm audit signatures: NOT CHECKED, /m);
  expect(code).toBe(0);
});
