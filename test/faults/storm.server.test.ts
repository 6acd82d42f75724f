import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import type { BotEvent } from '../../src/core/event.ts';
import { replyRow } from '../../src/ledger/replies/replies.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import { drain } from '../../workers/index.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { scriptedPublisher } from '../support/app.ts';
import { openDisk } from '../support/chaos/disk.ts';
import { runStorm } from '../support/chaos/storm.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { wait } from '../support/wait.ts';
import { writeWorkplace } from '../support/workplace.ts';

let started: Promise<PostgresServer> | undefined;
const server = () => (started ??= startPostgres());
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

const cited = [{ id: '1', text: '#07ASTANA2244 ¶5' }];
const isHeld = (event: BotEvent) => event.kind === 'error' && event.message.startsWith('the outcome is known');

/** A bot whose platform takes the reply when the ledger has just gone, which comes back once the outcome is held. */
async function answerDuring(config: string, outage: { begin(): Promise<void>; end(): Promise<void> }) {
  const platform = scriptedPublisher('doubles', []);
  const find = vi.spyOn(platform, 'find');
  const events: BotEvent[] = [];
  const { signal } = new AbortController();
  const emit = (event: BotEvent) => {
    events.push(event);
    if (isHeld(event)) void outage.end();
  };
  const opened = await openApp(readConfig({ config }), { emit, stopping: signal, hurry: signal, queue: 'none' });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  const publish: Publisher['publish'] = async (payload, stop) => {
    await outage.begin();
    return await platform.publish(payload, stop);
  };
  const app: App = { ...opened, publisher: () => Promise.resolve({ ...platform, publish }) };
  await drain(app);
  await vi.waitFor(async () => expect(await replyRow(app.ledger.db, 'file:1')).toMatchObject({ state: 'sent' }), wait);
  expect(events.filter(isHeld)).toHaveLength(1);
  expect(platform.record).toHaveLength(1);
  expect(find).not.toHaveBeenCalled();
}

describe('an outcome that is known while the ledger is away is written when it is back', () => {
  test.skipIf(!postgresIsHere)('PostgreSQL accepts no connections', async () => {
    const config = writeWorkplace(await tempDir(), cited);
    appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
    const url = await (await server()).database();
    const name = new URL(url).pathname.slice(1);
    vi.stubEnv('LEDGER_URL', url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const allow = async (connections: boolean) => {
      await (await server()).query(`alter database ${name} allow_connections ${connections}`);
    };
    const begin = async () => {
      await allow(false);
      const end = `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`;
      await (await server()).query(end);
    };
    await answerDuring(config, { begin, end: () => allow(true) });
  });

  test('the disk of an embedded ledger is full; and a start on a full disk names the ledger', async () => {
    const dir = await tempDir();
    const disk = openDisk(dir, 8);
    if (disk === undefined) {
      process.stderr.write('SKIPPED: a full disk, which this user may not mount\n');
      return;
    }
    onTestFinished(() => disk[Symbol.asyncDispose]());
    const config = writeWorkplace(dir, cited);
    vi.stubEnv('PILCROW_DATA', disk.path);
    onTestFinished(() => void vi.unstubAllEnvs());
    await answerDuring(config, { begin: () => disk.fill(), end: () => Promise.resolve(disk.free()) });
    await disk.fill();
    const start = await command(['once', '--config', config], { env: { PILCROW_DATA: disk.path } });
    expect(start.code).toBe(1);
    expect(start.err).toContain(join(disk.path, 'ledger.db'));
    expect(start.err).toContain('the disk is full: free some space');
  });
});

describe.skipIf(!postgresIsHere)('with PostgreSQL', () => {
  test('connections that end and an immediate restart end no process, and each post is answered once', async () => {
    const options = { stormMs: 5000, restarts: 1, processes: 2, perSecond: 5, seed: 1, stallMs: 300_000 };
    const result = await runStorm(options);
    process.stdout.write(
      `storm: ${result.posts} posts, ${result.ended} connections ended; npm run prove storm: 5 min\n`,
    );
    const good = { falls: [], unanswered: [], doubled: [], exits: [0, 0] };
    expect(result).toEqual({ ...result, ...good });
    expect(result.ended).toBeGreaterThan(0);
  }, 400_000);
});
