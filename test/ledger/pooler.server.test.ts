import { sql } from 'kysely';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPostgresLedger } from '../../src/ledger/db/postgres.ts';
import { postgresFaults } from '../../src/ledger/db/postgres-checks.ts';
import { duePosts, ingestPosts } from '../../src/ledger/posts/posts.ts';
import { type Pooler, pgbouncerIsHere, startPgbouncer } from '../servers/pgbouncer.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { post } from '../support/posts.ts';

let started: Promise<PostgresServer> | undefined;
const server = () => (started ??= startPostgres());
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

async function behind(options: Parameters<typeof startPgbouncer>[1]): Promise<string> {
  const pooler: Pooler = await startPgbouncer(await server(), options);
  onTestFinished(() => pooler[Symbol.asyncDispose]());
  return pooler.urlOf(await (await server()).database());
}

const faults = (url: string) => postgresFaults(url, () => Date.now());

describe.skipIf(!postgresIsHere || !pgbouncerIsHere)('a ledger behind PgBouncer', () => {
  test('in session mode as Debian sets it up: no fault, and its time-outs hold', async () => {
    const url = await behind({ mode: 'session', size: 20 });
    expect(await faults(url)).toEqual([]);
    await using ledger = await openPostgresLedger({ url });
    const { rows } = await sql`show idle_in_transaction_session_timeout`.execute(ledger.db);
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '5s' }]);
  });

  test('in transaction mode: refused, with the mend', async () => {
    const [fault] = await faults(await behind({ mode: 'transaction', size: 20 }));
    expect(fault).toMatchObject({ fatal: true, message: expect.stringContaining('pool_mode = session') });
  });

  test('with two connections: says so, and all reads and writes come through', async () => {
    const url = await behind({ mode: 'session', size: 2 });
    const [fault] = await faults(url);
    expect(fault).toMatchObject({ fatal: false, message: expect.stringContaining('grants 2 of the 9') });
    await using ledger = await openPostgresLedger({ url });
    const ids = Array.from({ length: 60 }, (_, i) => String(i));
    const write = (id: string) =>
      ledger.transact((tx) => ingestPosts(tx, 'f', [{ post: post({ id }), citations: [], surplus: 0 }], 0));
    const read = () => sql`select pg_sleep(0.01)`.execute(ledger.db);
    await Promise.all(ids.flatMap((id) => [write(id), read()]));
    expect(await duePosts(ledger.db, 1, 1000)).toHaveLength(ids.length);
  });
});

test.skipIf(!postgresIsHere)('a user with few connections: all reads and writes come through', async () => {
  const url = new URL(await (await server()).database());
  await (
    await server()
  ).query(`create role few login connection limit 3; alter database ${url.pathname.slice(1)} owner to few`);
  url.username = 'few';
  expect(await faults(url.href)).toMatchObject([{ message: expect.stringContaining('grants 3 of the 9') }]);
  await using ledger = await openPostgresLedger({ url: url.href });
  const reads = Array.from({ length: 60 }, () => sql`select pg_sleep(0.01)`.execute(ledger.db));
  expect(await Promise.all(reads)).toHaveLength(60);
});
