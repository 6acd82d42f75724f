import { afterAll, describe } from 'vitest';
import { openPostgresLedger, openPostgresReader } from '../../src/ledger/db/postgres.ts';
import { locationOf } from '../../src/ledger/db/postgres-url.ts';
import { migrationsContract } from '../contract/migrations.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';

let started: Promise<PostgresServer> | undefined;
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

describe.skipIf(!postgresIsHere)('migrations of PostgreSQL', () => {
  migrationsContract(async () => {
    const url = await (await (started ??= startPostgres())).database();
    return {
      name: `in ${locationOf(url)}`,
      open: () => openPostgresLedger({ url }),
      read: () => openPostgresReader(url),
      run: async (statement) => void (await (await started!).query(statement, new URL(url).pathname.slice(1))),
    };
  });
});
