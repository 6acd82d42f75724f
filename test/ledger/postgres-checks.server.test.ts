import { afterAll, describe, expect, test } from 'vitest';
import { postgresFaults } from '../../src/ledger/db/postgres-checks.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';

let started: Promise<PostgresServer> | undefined;
const server = () => (started ??= startPostgres());
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

const faults = async (settings = '', now = () => Date.now()) => {
  const url = await (await server()).database();
  const name = new URL(url).pathname.slice(1);
  if (settings !== '') await (await server()).query(`alter database ${name} set ${settings}`);
  return await postgresFaults(url, now);
};

describe.skipIf(!postgresIsHere)('the checks of a PostgreSQL server', () => {
  test('find nothing on one as it is installed', async () => expect(await faults()).toEqual([]));

  test('find commits that are not waited for', async () => {
    expect(await faults('synchronous_commit = off')).toMatchObject([
      { fatal: false, message: expect.stringContaining('synchronous_commit') },
    ]);
  });

  test('find one that cannot be written, which is fatal', async () => {
    expect(await faults('default_transaction_read_only = on')).toMatchObject([
      { fatal: true, message: expect.stringContaining('read-only') },
    ]);
  });

  test.each([
    [5000, 'behind'],
    [-5000, 'ahead of'],
  ])('find clocks that differ by more than two seconds: %d ms', async (ms, words) => {
    expect(await faults('', () => Date.now() + ms)).toMatchObject([
      { fatal: false, message: expect.stringContaining(`5.0 s ${words}`) },
    ]);
    expect(await faults('', () => Date.now() + ms / 5)).toEqual([]);
  });

  test('find data that are not flushed to the disk', async () => {
    await using careless = await startPostgres({ fsync: 'off', full_page_writes: 'off' });
    const found = await postgresFaults(await careless.database(), () => Date.now());
    expect(found.map(({ message }) => message.split(' ')[0])).toEqual(['fsync', 'full_page_writes']);
  });
});
