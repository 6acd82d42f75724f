import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { violations } from '../../src/ledger/db/ledger-check.ts';
import { openPostgresLedger } from '../../src/ledger/db/postgres.ts';
import { openSqliteLedger, openSqliteReader } from '../../src/ledger/db/sqlite.ts';
import { fillLedger } from '../contract/ledger-check.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { command } from '../support/command.ts';
import { steps } from '../support/ledger.ts';
import { testClock } from '../support/clock.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow, writeWorkplace } from '../support/workplace.ts';
import { wait } from '../support/wait.ts';

let started: Promise<PostgresServer> | undefined;
const server = () => (started ??= startPostgres());
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

async function workplace() {
  const dir = await tempDir();
  return {
    dir,
    config: writeWorkplace(dir, [{ id: '1', text: '#07ASTANA2244 ¶5' }]),
    file: join(dir, 'data/ledger.db'),
  };
}

describe('ledger backup', () => {
  test('copies the ledger beside a bot at work, and never over another file', async () => {
    const { dir, config } = await workplace();
    const bot = pilcrow(['run', '--config', config]);
    await vi.waitFor(() => expect(bot.out).toContain('Waiting for more'), wait);
    const target = join(dir, 'backup.db');
    expect(await command(['ledger', 'backup', target, '--config', config])).toMatchObject({ code: 0, err: '' });
    bot.child.kill('SIGTERM');
    await bot.exited;
    await using copy = await openSqliteReader(target);
    expect(await copy.db.selectFrom('replies').select(['key', 'state']).execute()).toEqual([
      { key: 'file:1', state: 'sent' },
    ]);
    const again = await command(['ledger', 'backup', target, '--config', config]);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('exists') });
    expect(existsSync(`${target}.partial`)).toBe(false);
  });

  test('of a PostgreSQL ledger names the tool, with the variable in the place of the secret', async () => {
    const { config } = await workplace();
    appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
    const env = { LEDGER_URL: 'postgres://me:hunter2@127.0.0.1:1/x' };
    const { code, err } = await command(['ledger', 'backup', 'x.db', '--config', config], { env });
    expect(code).toBe(2);
    expect(err).toContain('pg_dump --format=custom --file=');
    expect(err).toContain('"$LEDGER_URL"');
    expect(err).not.toContain('hunter2');
  });
});

describe('ledger check', () => {
  test('says that all is well, or what is not, with exit code 1', async () => {
    const { config, file } = await workplace();
    await command(['once', '--config', config]);
    const sound = await command(['ledger', 'check', '--config', config]);
    expect(sound).toMatchObject({ code: 0, out: expect.stringContaining('no errors') });
    {
      await using ledger = await openSqliteLedger({ file, clock: testClock() });
      await ledger.transact((tx) => tx.updateTable('replies').set({ published: null }).execute());
    }
    const broken = await command(['ledger', 'check', '--json', '--config', config]);
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out)).toEqual({ violation: 'reply file:1 (sent) is published, but without an id' });
  });

  test('shows 20 rows with a fault, and counts the others', async () => {
    const { config, file } = await workplace();
    {
      await using ledger = await openSqliteLedger({ file, clock: testClock() });
      await steps(() => ledger).keep(...Array.from({ length: 23 }, (_, n) => `many${n}`));
      await ledger.transact((tx) => tx.updateTable('posts').set({ due_at: null }).execute());
    }
    const { code, out } = await command(['ledger', 'check', '--config', config]);
    const lines = out.trim().split('\n');
    expect(code).toBe(1);
    expect(lines.slice(0, -1).filter((line) => /^post file:many\d+ is open, but never due$/.test(line))).toHaveLength(
      20,
    );
    expect(lines.slice(20)).toEqual(['and 3 more: posts: is open, but never due']);
  });

  test('without a ledger is wrong use', async () => {
    const { config } = await workplace();
    expect(await command(['ledger', 'check', '--config', config])).toMatchObject({ code: 2 });
  });
});

describe('a ledger that a newer version made', () => {
  /** All commands that open it, each with the one line that it says. */
  async function expectNamed(config: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const named =
      /^pilcrow: the ledger .+ was made by a newer pilcrow: it has the migration `9998-more`, and this version knows migrations up to `\d{4}-[\w-]+`\. Upgrade pilcrow, or restore a backup of the ledger\n$/;
    for (const words of [['run', '--no-web'], ['once'], ['ledger', 'check'], ['replies', 'list']]) {
      const { code, err } = await command([...words, '--config', config], { env });
      expect({ code, err }, words.join(' ')).toEqual({ code: 2, err: expect.stringMatching(named) });
    }
    const doctor = await command(['doctor', '--json', '--config', config], { env });
    expect(doctor.code).toBe(1);
    const checks = doctor.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(checks).toContainEqual({
      name: 'ledger',
      state: 'fail',
      message: expect.stringContaining('made by a newer pilcrow: it has the migration `9998-more`'),
    });
    expect(checks).toContainEqual(expect.objectContaining({ name: 'publisher log', state: 'ok' }));
  }

  const isNewer = `insert into kysely_migration (name, timestamp) values ('9998-more', '2026-12-01T00:00:00Z')`;

  test('is named in one line by every command, and left alone', async () => {
    const { config, file } = await workplace();
    await command(['once', '--config', config]);
    {
      using database = new DatabaseSync(file);
      database.exec(isNewer);
    }
    await expectNamed(config);
  });

  test.skipIf(!postgresIsHere)('is named so on PostgreSQL, too', async () => {
    const { config } = await workplace();
    const url = await (await server()).database();
    appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
    await (await openPostgresLedger({ url }))[Symbol.asyncDispose]();
    await (await server()).query(isNewer, new URL(url).pathname.slice(1));
    await expectNamed(config, { LEDGER_URL: url });
  });
});

describe.skipIf(!postgresIsHere)('ledger copy', () => {
  async function filled() {
    const { dir, config, file } = await workplace();
    {
      await using ledger = await openSqliteLedger({ file, clock: testClock() });
      await fillLedger(ledger);
    }
    const url = await (await server()).database();
    appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
    const copy = () => command(['ledger', 'copy', '--config', config], { env: { LEDGER_URL: url } });
    return { dir, config, file, url, copy };
  }

  const tables = ['posts', 'mentions', 'replies', 'feeds', 'rejects'] as const;

  test('brings every row over as it is, once', async () => {
    const { file, url, copy } = await filled();
    const first = await copy();
    expect(first).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^4 posts\n[^]*\n3 mentions\n[^]*\n3 replies\n/),
    });
    await using from = await openSqliteReader(file);
    await using to = await openPostgresLedger({ url });
    const key = (row: object) => JSON.stringify(row);
    for (const table of tables) {
      const rows = await Promise.all([from, to].map(({ db }) => db.selectFrom(table).selectAll().execute()));
      expect(rows[1]?.map(key).toSorted()).toEqual(rows[0]?.map(key).toSorted());
    }
    expect(await Array.fromAsync(violations(to.db))).toEqual([]);
    expect(await copy()).toMatchObject({ code: 2, err: expect.stringContaining('not empty') });
  });

  test('goes on where the embedded one stopped: what was answered is not answered again', async () => {
    const { dir, config } = await workplace();
    await command(['once', '--config', config]);
    const url = await (await server()).database();
    appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
    const env = { LEDGER_URL: url };
    await command(['ledger', 'copy', '--config', config], { env });
    appendFileSync(join(dir, 'posts.jsonl'), '{"id":"2","text":"#07ASTANA2244 ¶7"}\n');
    const { out } = await command(['once', '--config', config], { env });
    expect(out).toContain('1 post read, 1 cites a cable, 1 reply logged (dry run).');
  });

  test('is refused while a bot works on the embedded ledger', async () => {
    const { dir, config, copy } = await filled();
    const embedded = writeWorkplace(dir, []);
    const bot = pilcrow(['run', '--config', embedded]);
    await vi.waitFor(() => expect(bot.out).toContain('Waiting for more'), wait);
    appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
    expect(await copy()).toMatchObject({ code: 2, err: expect.stringContaining('stop it first') });
    bot.child.kill('SIGTERM');
    await bot.exited;
  });
});
