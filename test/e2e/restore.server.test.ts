import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openPostgresLedger } from '../../src/ledger/db/postgres.ts';
import { forgetRunner, recordHeartbeat } from '../../src/ledger/processes/processes.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { openAnsweringBot, workLater } from '../support/answering-bot.ts';

let started: Promise<PostgresServer> | undefined;
const server = () => (started ??= startPostgres());
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

describe.skipIf(!postgresIsHere)('a PostgreSQL ledger', () => {
  test('that was restored by other tools says nothing twice', async () => {
    await using bot = await openAnsweringBot(
      { keepsKeys: false },
      'ledger: { postgres: { url: { file: ledger-url } } }\n',
    );
    const use = (url: string) => writeFileSync(join(bot.dir, 'ledger-url'), url);
    const first = await (await server()).database();
    use(first);
    bot.mention();
    expect(await bot.run('once', '--quiet')).toMatchObject({ code: 0, err: '' });
    const restored = await (await server()).database(first);
    bot.mention();
    expect(await bot.run('once', '--quiet')).toMatchObject({ code: 0, err: '' });
    bot.mention();
    const named = await bot.run('ledger', 'restore', 'my.dump');
    expect(named).toMatchObject({
      code: 2,
      err: expect.stringMatching(/pg_restore .*"\$\(cat .*ledger-url\)" .*my\.dump/),
    });
    use(restored);
    expect(await bot.run('ledger', 'restore', '--external')).toMatchObject({ code: 0, err: '' });
    await bot.run('once', '--quiet');
    expect(bot.answers()).toEqual([1, 1, 0]);
    await using ledger = await openPostgresLedger({ url: restored });
    const states = await ledger.db.selectFrom('replies').select('state').execute();
    expect(states.map(({ state }) => state).toSorted()).toEqual(['planned', 'sent', 'sent']);
    await workLater(bot);
    expect(bot.answers()).toEqual([1, 1, 1]);
  });

  test('is not touched while a bot works on it', async () => {
    await using bot = await openAnsweringBot({}, 'ledger: { postgres: { url: { file: ledger-url } } }\n');
    const url = await (await server()).database();
    writeFileSync(join(bot.dir, 'ledger-url'), url);
    await using ledger = await openPostgresLedger({ url });
    const now = await ledger.now();
    await ledger.transact((tx) => recordHeartbeat(tx, { pid: 7, host: 'elsewhere', since: now, aliveAt: now }, 'one'));
    expect(await bot.run('ledger', 'restore', '--external')).toMatchObject({
      code: 2,
      err: expect.stringContaining('a bot works on the ledger: process 7 on elsewhere'),
    });
    await ledger.transact((tx) => forgetRunner(tx, 'one'));
    expect(await bot.run('ledger', 'restore', '--external')).toMatchObject({ code: 0 });
  });
});
