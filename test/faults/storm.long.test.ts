import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openApp } from '../../src/app.ts';
import { banner } from '../../src/cli/lib/banner.ts';
import { outputTo } from '../../src/cli/lib/output.ts';
import { readConfig } from '../../src/config/read.ts';
import type { BotEvent } from '../../src/core/event.ts';
import { startWorkers } from '../../workers/index.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { command } from '../support/command.ts';
import { startProxy } from '../support/proxy.ts';
import { tempDir } from '../support/temp.ts';
import { wait } from '../support/wait.ts';
import { pilcrow, writeWorkplace } from '../support/workplace.ts';

let started: Promise<PostgresServer> | undefined;
const server = () => (started ??= startPostgres());
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

const silence = () => {};
const quiet = outputTo({ write: silence, writeError: silence, closed: new AbortController().signal, colours: false });

const cited = [{ id: '1', text: '#07ASTANA2244 ¶5' }];

/** A workplace whose ledger is in PostgreSQL, at `url` behind a proxy. */
async function workplaceBehindProxy() {
  const config = writeWorkplace(await tempDir(), cited);
  appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
  const proxy = await startProxy((await server()).port);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const url = new URL(await (await server()).database());
  url.port = String(proxy.port);
  return { config, proxy, url };
}

describe.skipIf(!postgresIsHere)('while PostgreSQL comes and goes', () => {
  test('a connection that breaks at any step of the start ends no bot, which still names a missing publisher', async () => {
    const { config, proxy, url } = await workplaceBehindProxy();
    const env = { LEDGER_URL: url.href };
    for (const args of [['pause'], ['once', '--quiet']]) await command([...args, '--config', config], { env });
    vi.stubEnv('LEDGER_URL', url.href);
    onTestFinished(() => void vi.unstubAllEnvs());
    writeFileSync(config, readFileSync(config, 'utf8').replace('- name: log', '- name: journal'));
    for (let nth = 1; nth <= 8; nth += 1) {
      const events: BotEvent[] = [];
      const { signal } = new AbortController();
      const emit = (event: BotEvent) => void events.push(event);
      await using app = await openApp(readConfig({ config }), { emit, stopping: signal, hurry: signal });
      proxy.cutAt({ nth, when: 'before', how: 'reset' });
      await banner(app, quiet, { watch: undefined, page: undefined });
      await using _workers = startWorkers(app);
      await vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining({ what: 'publisher log' })), wait);
    }
  });

  test('a process that waits for a silent server ends on SIGTERM before that is noticed', async () => {
    const { config, proxy, url } = await workplaceBehindProxy();
    const bot = pilcrow(['run', '--config', config], { env: { LEDGER_URL: url.href } });
    await vi.waitFor(() => expect(bot.out).toContain('logged (dry run)'), wait);
    proxy.become('black hole');
    const before = proxy.swallowed();
    await vi.waitFor(() => expect(proxy.swallowed()).toBeGreaterThan(before), wait);
    bot.child.kill('SIGTERM');
    // The silence of a connection is noticed after 20 s.
    const killer = delay(17_000, undefined, { ref: false }).then(() => bot.child.kill('SIGKILL'));
    expect(await bot.exited).toBe(1);
    killer.catch(() => {});
  });

  test('a server that starts is waited for', async () => {
    await using own = await startPostgres();
    const config = writeWorkplace(await tempDir(), cited);
    appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
    const LEDGER_URL = await own.database();
    const recovery = await own.recover();
    const bot = pilcrow(['run', '--config', config], { env: { LEDGER_URL } });
    await vi.waitFor(() => expect(bot.err).toContain('is starting: waiting for it'), wait);
    recovery.goOn();
    await vi.waitFor(() => expect(bot.out).toContain('→'), wait);
    bot.child.kill('SIGTERM');
    expect(await bot.exited).toBe(0);
  });
});
