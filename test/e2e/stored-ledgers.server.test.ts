import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { expectContinued, type Stored, storedFiles, storedLedgers, storedQueries } from '../support/stored-ledgers.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

let started: Promise<PostgresServer> | undefined;
const server = () => (started ??= startPostgres());
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

describe.skipIf(!postgresIsHere)('a PostgreSQL ledger of an earlier version', () => {
  test.each(storedFiles('sql'))('%s is opened, sound, and continued without a second reply', async (name) => {
    const url = await (await server()).database();
    const all = async (query: string) => await (await server()).query(query, new URL(url).pathname.slice(1));
    await all(readFileSync(join(storedLedgers, name), 'utf8'));
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    appendFileSync(config, 'ledger: { postgres: { url: { env: LEDGER_URL } } }\n');
    const stored = { posts: await all(storedQueries.posts), replies: await all(storedQueries.replies) };
    await expectContinued(stored as unknown as Stored, { dir, config, env: { LEDGER_URL: url } });
  });
});
