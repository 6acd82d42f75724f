import { expect, test, vi } from 'vitest';
import { postgresIsHere } from '../servers/postgres.ts';
import { redisIsHere } from '../servers/redis.ts';
import { runUnder } from '../support/chaos/run.ts';
import { wait } from '../support/wait.ts';

const everyMs = 5000;
const slackMs = 1000;

/** Records each claim of the scheduler lock with the server’s time. */
const recordClaims = `
create table claims (name text, at double precision);
create function record_claim() returns trigger language plpgsql as $$
begin insert into claims values (new.name, extract(epoch from clock_timestamp()) * 1000); return new; end $$;
create trigger record_claim after insert or update on scheduler_locks for each row execute function record_claim();`;

test.skipIf(!postgresIsHere || !redisIsHere)(
  'two processes that share a ledger and a queue make one sweep each interval between them',
  { timeout: 240_000 },
  async () => {
    const options = { posts: 1, perSecond: 1, processes: 2, repeat: 'harmless' as const, seed: 1, stallMs: 30_000 };
    let claims: number[] = [];
    await runUnder({ ...options, shares: [], script: [] }, async ({ servers }) => {
      const database = new URL(servers.ledgerUrl).pathname.slice(1);
      const ask = (sql: string) => servers.postgres.query(sql, database);
      await ask(recordClaims);
      const read = async () => {
        claims = (await ask(`select at from claims where name = 'sweep' order by at`)).map(({ at }) => Number(at));
        expect(claims.length).toBeGreaterThanOrEqual(4);
      };
      await vi.waitFor(read, { ...wait, interval: 500 });
      return {};
    });
    const gaps = claims.slice(1).map((at, i) => at - claims[i]!);
    expect(gaps.filter((gap) => gap < everyMs - slackMs - 500)).toEqual([]);
  },
);
