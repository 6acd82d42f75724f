import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { openRedis, redisIsHere } from '../servers/redis.ts';
import { pgbouncerIsHere, startPgbouncer } from '../servers/pgbouncer.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow, pilcrowOnce, writeWorkplace } from '../support/workplace.ts';
import { wait } from '../support/wait.ts';

let started: Promise<PostgresServer> | undefined;
const server = () => (started ??= startPostgres());
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

async function workplace(posts: readonly object[]) {
  const dir = await tempDir();
  const config = writeWorkplace(dir, posts);
  appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
  const url = await (await server()).database();
  const options = (data: string) => ({ env: { LEDGER_URL: url, PILCROW_DATA: join(dir, data) } });
  return { dir, config, url, options };
}

function repliesIn(dir: string, data: string): string[] {
  const file = join(dir, data, 'replies.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => (JSON.parse(line) as { key: string }).key);
}

describe.skipIf(!postgresIsHere)('with a PostgreSQL ledger', () => {
  test('run answers what a file feeds, another run works beside it, and other commands see both', async () => {
    const { dir, config, options } = await workplace([{ id: '1', text: '#07ASTANA2244 ¶5' }]);
    const bot = pilcrow(['run', '--config', config], options('a'));
    await vi.waitFor(() => expect(repliesIn(dir, 'a')).toEqual(['file:1']), wait);
    expect(bot.out).toContain('PostgreSQL at 127.0.0.1');
    const second = pilcrow(['run', '--config', config], options('b'));
    await vi.waitFor(() => expect(second.out).toContain('1 reply logged (dry run)'), wait);
    appendFileSync(join(dir, 'posts.jsonl'), '{"id":"2","text":"#07ASTANA2244 ¶7"}\n');
    await vi.waitFor(() => expect([...repliesIn(dir, 'a'), ...repliesIn(dir, 'b')]).toContain('file:2'), wait);
    expect((await command(['replies', 'list', '--config', config], options('c'))).out).toContain('logged (dry run)');

    const running = () => command(['doctor', '--running', '--config', config], options('c'));
    await vi.waitFor(async () => expect((await running()).out).toContain(`process ${second.child.pid}`), wait);
    expect((await running()).out).toContain(`process ${bot.child.pid}`);
    const status = () => command(['status', '--config', config], options('c'));
    expect((await status()).out).toMatch(/^bot +running[^]*^publisher +ok/m);
    for (const { child, exited } of [bot, second]) {
      child.kill('SIGTERM');
      expect(await exited).toBe(0);
    }
    expect(await running()).toMatchObject({ code: 1, out: expect.stringContaining('not running on') });
    expect((await status()).out).toMatch(/^bot +stopped[^]*^replies +none open$/m);
    expect([...repliesIn(dir, 'a'), ...repliesIn(dir, 'b')].toSorted()).toEqual(['file:1', 'file:2']);
    expect(existsSync(join(dir, 'a/ledger.db'))).toBe(false);
  });

  test('two `once` at the same time answer each post once between them', async () => {
    const posts = Array.from({ length: 60 }, (_, i) => ({ id: String(i), text: '#07ASTANA2244 ¶5' }));
    const { dir, config, options } = await workplace(posts);
    const done = { code: 0, err: '' };
    const both = await Promise.all(['a', 'b'].map((data) => pilcrowOnce(['once', '--config', config], options(data))));
    expect(both.map(({ code, err }) => ({ code, err }))).toEqual([done, done]);
    const answered = ['a', 'b'].flatMap((data) => repliesIn(dir, data));
    expect(answered.toSorted()).toEqual(posts.map(({ id }) => `file:${id}`).toSorted());
  });

  test('doctor and run name a server that forgets what it acknowledged, and how to mend it', async () => {
    const { config, options, url } = await workplace([{ id: '1', text: '#07ASTANA2244 ¶5' }]);
    const name = new URL(url).pathname.slice(1);
    await (await server()).query(`alter database ${name} set synchronous_commit = off`);
    const once = await command(['once', '--config', config], options('a'));
    expect(once).toMatchObject({ code: 0, err: expect.stringContaining('set synchronous_commit = on') });
    const doctor = await command(['doctor', '--config', config], options('a'));
    expect(doctor.out).toMatch(/note ledger +synchronous_commit is off/);
    expect(doctor.out).toMatch(/ok +ledger +PostgreSQL at/);
  });

  test('a standby is refused with the mend', async () => {
    const { config, options, url } = await workplace([]);
    const name = new URL(url).pathname.slice(1);
    await (await server()).query(`alter database ${name} set default_transaction_read_only = on`);
    const { code, err } = await command(['run', '--config', config], options('a'));
    expect(code).toBe(2);
    expect(err).toContain('name the primary');
  });

  test.skipIf(!pgbouncerIsHere)('run and doctor refuse a pooler in transaction mode, with the mend', async () => {
    const { config, options, url } = await workplace([]);
    await using pooler = await startPgbouncer(await server(), { mode: 'transaction', size: 20 });
    const env = { ...options('a').env, LEDGER_URL: pooler.urlOf(url) };
    const run = await command(['run', '--config', config], { env });
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('set pool_mode = session') });
    const doctor = await command(['doctor', '--config', config], { env });
    expect(doctor.out).toMatch(/FAIL ledger +a pooler in transaction mode/);
  });

  test.skipIf(!pgbouncerIsHere)(
    'with two connections of a pooler run answers everything, and ends on SIGTERM',
    async () => {
      const posts = Array.from({ length: 10 }, (_, i) => ({ id: String(i), text: '#07ASTANA2244 ¶5' }));
      const { dir, config, options, url } = await workplace(posts);
      await using pooler = await startPgbouncer(await server(), { mode: 'session', size: 2 });
      const env = { ...options('a').env, LEDGER_URL: pooler.urlOf(url) };
      const bot = pilcrow(['run', '--config', config], { env });
      await vi.waitFor(() => expect(repliesIn(dir, 'a')).toHaveLength(10), { ...wait, timeout: 120_000 });
      expect(bot.err).toContain('grants 2 of the 9 connections');
      bot.child.kill('SIGTERM');
      expect(await bot.exited).toBe(0);
    },
    180_000,
  );

  test('a server that is not there is named, but not the password', async () => {
    const { config, options } = await workplace([]);
    const { env } = options('a');
    const { code, err } = await command(['run', '--config', config], {
      env: { ...env, LEDGER_URL: 'postgres://me:hunter2@127.0.0.1:1/pilcrow' },
    });
    expect(code).toBe(1);
    expect(err).toContain('the ledger in PostgreSQL at 127.0.0.1:1/pilcrow cannot be opened');
    expect(err).toContain('ECONNREFUSED');
    expect(err).not.toContain('hunter2');
  });

  test.each(['me:hunter2@host/db', 'mysql://me:hunter2@host/db', 'postgres://me:hunter2@ho st/db'])(
    'a URL that is none is told without repeating it: %s',
    async (url) => {
      const { config, options } = await workplace([]);
      const { env } = options('a');
      const { code, err } = await command(['once', '--config', config], { env: { ...env, LEDGER_URL: url } });
      expect(code).toBe(2);
      expect(err).toContain('postgres://USER:PASSWORD@HOST:PORT/DATABASE');
      expect(err).not.toContain('hunter2');
    },
  );
});

describe.skipIf(!postgresIsHere || !redisIsHere)('with PostgreSQL and Redis', () => {
  test('one process reads, another answers at once, and each does only what it was told', async () => {
    const { dir, config, options } = await workplace([]);
    await using redis = await openRedis();
    appendFileSync(config, 'queue: { redis: { url: { env: REDIS_URL } } }\n');
    const at = (data: string) => ({ env: { ...options(data).env, REDIS_URL: redis.url } });
    const reader = pilcrow(['run', '--config', config, '--workers', 'poll,sweep'], at('a'));
    const worker = pilcrow(['run', '--config', config, '--workers', 'resolve,respond,reconcile,withdraw'], at('b'));
    const ready = () => {
      expect(reader.out).toContain('pilcrow 0.');
      expect(worker.out).toContain('pilcrow 0.');
    };
    await vi.waitFor(ready, wait);
    appendFileSync(join(dir, 'posts.jsonl'), '{"id":"1","text":"#07ASTANA2244 ¶5"}\n');
    await vi.waitFor(() => expect(repliesIn(dir, 'b')).toEqual(['file:1']), wait);
    const doctor = await command(['doctor', '--config', config], at('c'));
    expect(doctor.out).toContain('Redis answers and passes on wake-ups');
    for (const { child, exited } of [reader, worker]) {
      child.kill('SIGTERM');
      expect(await exited).toBe(0);
    }
    expect(repliesIn(dir, 'a')).toEqual([]);
    expect([reader.err, worker.err]).toEqual(['', '']);
  });

  test('a Redis that drops keys is refused before anything starts', async () => {
    const { config, options } = await workplace([]);
    await using redis = await openRedis({ maxmemoryPolicy: 'allkeys-lru' });
    appendFileSync(config, 'queue: { redis: { url: { env: REDIS_URL } } }\n');
    const run = await command(['run', '--config', config], { env: { ...options('a').env, REDIS_URL: redis.url } });
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('noeviction') });
  });
});

test('--workers takes worker names and lists them for an unknown one; --only names --workers', async () => {
  const dir = await tempDir();
  const run = await command(['run', '--workers', 'answer', '--config', writeWorkplace(dir, [])]);
  expect(run).toMatchObject({ code: 2, err: expect.stringContaining('poll, resolve, respond') });
  const near = await command(['run', '--workers', 'poll,resolv', '--config', writeWorkplace(dir, [])]);
  expect(near).toMatchObject({ code: 2, err: expect.stringContaining('did you mean `resolve`?') });
  const only = await command(['run', '--only', 'poll', '--config', writeWorkplace(dir, [])]);
  expect(only).toMatchObject({ code: 2, err: expect.stringContaining('--workers poll,sweep') });
});

test('a shared queue without a shared ledger is an error of the configuration', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, []);
  appendFileSync(config, 'queue: { redis: { url: { env: REDIS_URL } } }\n');
  const run = await command(['run', '--config', config], { env: { REDIS_URL: 'redis://127.0.0.1:1' } });
  expect(run).toMatchObject({ code: 2, err: expect.stringMatching(/:\d+:\d+: `queue.redis`/) });
});
