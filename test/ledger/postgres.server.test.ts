import { sql } from 'kysely';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { noLimits } from '../../src/core/limits.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { duePosts, ingestPosts, postponePost, postRow } from '../../src/ledger/posts/posts.ts';
import { openPostgresLedger } from '../../src/ledger/db/postgres.ts';
import { type Limits, usualLimits } from '../../src/ledger/db/postgres-pool.ts';
import { runBatch } from '../../src/ledger/db/batch.ts';
import { claimForSending } from '../../src/ledger/replies/claim-reply.ts';
import { endSending } from '../../src/ledger/replies/end-sending.ts';
import { requestWithdrawal } from '../../src/ledger/replies/withdraw-reply.ts';
import { everyLedgerContract } from '../contract/every-ledger.ts';
import { postgresIsHere, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { published, replyTo, steps, terms } from '../support/ledger.ts';
import { testClock } from '../support/clock.ts';
import { post } from '../support/posts.ts';
import { startProxy } from '../support/proxy.ts';
import { wait } from '../support/wait.ts';

let started: Promise<PostgresServer> | undefined;
// No database of these lives long enough to need a vacuum, or outlives its machine.
const server = () => (started ??= startPostgres({ deadlock_timeout: '50ms', autovacuum: 'off', fsync: 'off' }));
afterAll(async () => (await started)?.[Symbol.asyncDispose]());

const database = async () => (await server()).database();

let migrated: Promise<string> | undefined;
/** A ledger without rows: always the same database, because to make one takes ten times as long as to empty it. */
async function emptied(): Promise<string> {
  migrated ??= database().then(async (url) => {
    await (await openPostgresLedger({ url }))[Symbol.asyncDispose]();
    return url;
  });
  const url = await migrated;
  await (await server()).query(deleteAll, new URL(url).pathname.slice(1));
  return url;
}

// As a replica it does not look whether a row that goes is named by another one that goes as well.
const deleteAll = `do $$ declare name text; begin
  perform set_config('session_replication_role', 'replica', true);
  for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%' loop
    execute format('delete from %I', name);
  end loop;
end $$`;

async function open(url: string, limits: Partial<Limits> = {}): Promise<Ledger> {
  const ledger = await openPostgresLedger({ url, limits: { ...usualLimits, ...limits } });
  onTestFinished(() => ledger[Symbol.asyncDispose]());
  return ledger;
}

const keep = (ledger: Ledger, ...ids: string[]) =>
  ledger.transact((tx) =>
    ingestPosts(
      tx,
      'f',
      ids.map((id) => ({ post: post({ id }), citations: [], surplus: 0 })),
      0,
    ),
  );

async function plan(ledger: Ledger, id: string): Promise<void> {
  await steps(() => ledger).decide(id, replyTo(post({ id })));
}

describe.skipIf(!postgresIsHere)('PostgreSQL ledger', () => {
  everyLedgerContract(
    async () => {
      const url = await emptied();
      const clock = testClock();
      const reopen = () => openPostgresLedger({ url, clock });
      return { ledger: await reopen(), clock, reopen };
    },
    { doesNotNoticeOthers: 'others write all the time' },
  );

  test('four processes that open an empty database at once all find the tables made', async () => {
    const url = await database();
    const ledgers = await Promise.all([open(url), open(url), open(url), open(url)]);
    const ingested = await Promise.all(ledgers.map((ledger, i) => keep(ledger, String(i))));
    expect(ingested.map(({ fresh }) => fresh.length)).toEqual([1, 1, 1, 1]);
  });

  test('small writes that are asked for at the same time share commits', async () => {
    const ledger = await open(await database());
    await Promise.all(Array.from({ length: 200 }, (_, i) => keep(ledger, String(i))));
    const { rows } = await sql<{ posts: number; commits: number }>`
      select count(*) as posts, count(distinct xmin::text) as commits from posts`.execute(ledger.db);
    expect(rows[0]?.posts).toBe(200);
    expect(rows[0]?.commits).toBeLessThan(20);
  });

  test('uses the time of the database, whatever the clock of this host shows', async () => {
    const ledger = await open(await database());
    const before = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    onTestFinished(() => void vi.useRealTimers());
    const now = await ledger.now();
    vi.useRealTimers();
    expect(now).toBeGreaterThanOrEqual(before - 1000);
    expect(now).toBeLessThanOrEqual(Date.now() + 1000);
  });

  test('a table that a newer version changes meanwhile is read and written on', async () => {
    const url = await database();
    const ledger = await open(url);
    await keep(ledger, '1', '2');
    await plan(ledger, '1');
    await plan(ledger, '2');
    const look = () => postRow(ledger.db, 'file:1');
    const now = await ledger.now();
    const take = (id: string) => ledger.transactEach(claimForSending, { key: `file:${id}`, now, terms: terms() });
    expect(await look()).toMatchObject({ state: 'decided' });
    expect(await take('1')).toMatchObject({ attempt: 1 });
    const change = 'alter table posts add column more text; alter table replies add column more text';
    await (await server()).query(change, new URL(url).pathname.slice(1));
    expect(await look()).toMatchObject({ state: 'decided' });
    expect(await take('2')).toMatchObject({ attempt: 1 });
  });

  test('a text with a NUL character is stored without that character', async () => {
    const ledger = await open(await database());
    expect((await keep(ledger, 'a\0b')).fresh).toEqual(['file:a\uFFFDb']);
    expect(await postRow(ledger.db, 'file:a\0b')).toBeDefined();
  });

  test('a number that JavaScript cannot hold exactly is an error, not another number', async () => {
    const ledger = await open(await database());
    await expect(sql`select 9007199254740993::bigint`.execute(ledger.db)).rejects.toThrow('too large');
  });

  test('plans each statement for the tables as they are: one that was small may have grown', async () => {
    await using ledger = await openPostgresLedger({ url: await database() });
    const { rows } = await sql`show plan_cache_mode`.execute(ledger.db);
    expect(rows).toEqual([{ plan_cache_mode: 'force_custom_plan' }]);
  });
});

function claim(id: string, now: number) {
  return { key: `file:${id}`, now, terms: { ...terms(), leaseMs: 60_000 } };
}

describe.skipIf(!postgresIsHere)('two processes on one PostgreSQL ledger', () => {
  async function two(limits: Partial<Limits> = {}): Promise<[Ledger, Ledger]> {
    const url = await database();
    return [await open(url, limits), await open(url, limits)];
  }

  test('take each planned reply exactly once between them', async () => {
    const [one, other] = await two();
    const ids = Array.from({ length: 200 }, (_, i) => String(i));
    await keep(one, ...ids);
    await Promise.all(ids.map((id) => plan(one, id)));
    const now = await one.now();
    const take = (ledger: Ledger, id: string) => ledger.transactEach(claimForSending, claim(id, now));
    const takings = await Promise.all([
      ...ids.map((id) => take(one, id)),
      ...ids.toReversed().map((id) => take(other, id)),
    ]);
    const taken = takings.flatMap((sending) => (sending !== undefined && 'attempt' in sending ? [sending.key] : []));
    expect(taken.toSorted()).toEqual(ids.map((id) => `file:${id}`).toSorted());
  });

  test('do not pass a quota together', async () => {
    const [one, other] = await two();
    const ids = Array.from({ length: 40 }, (_, i) => String(i));
    const people = ids.map((id) => post({ id, author: { id, handle: id, name: null, bot: false } }));
    for (const each of people) await steps(() => one).plan(each);
    const now = await one.now();
    const taken = await Promise.all(
      ids.map((id, i) => steps(() => (i % 2 === 0 ? one : other)).take(id, now, terms({ perDay: 9 }))),
    );
    expect(taken.filter((each) => each !== undefined && 'attempt' in each)).toHaveLength(9);
  });

  test('do not wait for each other: what the other is about to take is passed over', async () => {
    const [one, other] = await two();
    await keep(one, '1');
    await plan(one, '1');
    const now = await one.now();
    const taken = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const first = one.transact(async (tx) => {
      const sending = await runBatch(tx, claimForSending, [claim('1', now)]);
      taken.resolve();
      await ended.promise;
      return sending;
    });
    await taken.promise;
    expect(await other.transactEach(claimForSending, claim('1', now))).toBeUndefined();
    ended.resolve();
    expect(await first).toMatchObject([{ attempt: 1 }]);
  });

  test('a person withdraws a reply while its sender writes that it arrived: it is withdrawn', async () => {
    const [one, other] = await two();
    await keep(one, '1');
    await plan(one, '1');
    const now = await one.now();
    const lease = await steps(() => one).mustTake('1', now);
    const written = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const sender = one.transact(async (tx) => {
      await runBatch(tx, endSending, [{ lease, ending: { state: 'sent', published }, now, limits: noLimits }]);
      written.resolve();
      await ended.promise;
    });
    await written.promise;
    const withdrawal = other.transact((tx) => requestWithdrawal(tx, 'file:1', now));
    const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock'";
    await vi.waitFor(async () => expect(await (await server()).query(waiting)).toHaveLength(1), wait);
    ended.resolve();
    await sender;
    expect(await withdrawal).toBe('withdrawing');
  });

  test('that block each other crosswise both come through', async () => {
    const [one, other] = await two();
    await keep(one, 'a', 'b');
    const held = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
    let runs = 0;
    const cross = (ledger: Ledger, first: 'a' | 'b', second: 'a' | 'b') =>
      ledger.transact(async (tx) => {
        runs += 1;
        await postponePost(tx, `file:${first}`, 'x', 1);
        held[first].resolve();
        await held[second].promise;
        await postponePost(tx, `file:${second}`, 'x', 1);
      });
    await Promise.all([cross(one, 'a', 'b'), cross(other, 'b', 'a')]);
    expect(runs).toBeGreaterThan(2);
    expect(await postRow(one.db, 'file:a')).toMatchObject({ attempts: 2 });
    expect(await postRow(one.db, 'file:b')).toMatchObject({ attempts: 2 });
  });

  test('one that stands still in the middle of a transaction does not hold the other up', async () => {
    const [one, other] = await two({ idleInTransactionMs: 100 });
    await keep(one, '1');
    const stood = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const frozen = one.transact(async (tx) => {
      await postponePost(tx, 'file:1', 'frozen', 1);
      stood.resolve();
      await goOn.promise;
      await postponePost(tx, 'file:1', 'thawed', 1);
    });
    await stood.promise;
    await other.transact((tx) => postponePost(tx, 'file:1', 'other', 1));
    goOn.resolve();
    await expect(frozen).rejects.toThrow('PostgreSQL does not answer');
    expect(await postRow(one.db, 'file:1')).toMatchObject({ error: 'other', attempts: 1 });
    await one.transact((tx) => postponePost(tx, 'file:1', 'again', 1));
  });
});

describe.skipIf(!postgresIsHere)('when PostgreSQL or the way to it breaks', () => {
  /** Writes all the while; what was acknowledged must be there afterwards. */
  function writing(ledger: Ledger) {
    const acknowledged: string[] = [];
    const failures: unknown[] = [];
    const stop = new AbortController();
    const done = Promise.all(
      [0, 1, 2, 3].map(async (lane) => {
        for (let i = 0; !stop.signal.aborted; i += 1) {
          const id = `${lane}-${i}`;
          try {
            await keep(ledger, id);
            acknowledged.push(`file:${id}`);
          } catch (error) {
            failures.push(error);
            await new Promise(setImmediate);
          }
        }
      }),
    );
    return {
      acknowledged,
      failures,
      async end(): Promise<void> {
        stop.abort();
        await done;
      },
    };
  }

  async function lost(ledger: Ledger, acknowledged: readonly string[]): Promise<string[]> {
    const there = new Set(await duePosts(ledger.db, 1, 1_000_000));
    return acknowledged.filter((key) => !there.has(key));
  }

  test.each(['stop', 'kill'] as const)('a %s of the server loses no acknowledged write and heals', async (way) => {
    await using own = await startPostgres();
    const ledger = await open(await own.database());
    const writes = writing(ledger);
    await vi.waitFor(() => expect(writes.acknowledged.length).toBeGreaterThan(20), wait);
    await own[way]();
    await vi.waitFor(() => expect(writes.failures.length).toBeGreaterThan(0), wait);
    await own.start();
    const before = writes.acknowledged.length;
    await vi.waitFor(() => expect(writes.acknowledged.length).toBeGreaterThan(before + 20), wait);
    await writes.end();
    expect(await lost(ledger, writes.acknowledged)).toEqual([]);
  });

  async function behindProxy() {
    const { port } = await server();
    const proxy = await startProxy(port);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const url = (await database()).replace(String(port), String(proxy.port));
    return { proxy, ledger: await open(url, { silenceMs: 300 }) };
  }

  test('reset connections are replaced', async () => {
    const { proxy, ledger } = await behindProxy();
    const writes = writing(ledger);
    await vi.waitFor(() => expect(writes.acknowledged.length).toBeGreaterThan(20), wait);
    // Between two writes it fails none of them.
    expect(proxy.reset()).toBeGreaterThan(0);
    const before = writes.acknowledged.length;
    await vi.waitFor(() => expect(writes.acknowledged.length).toBeGreaterThan(before + 20), wait);
    await writes.end();
    expect(await lost(ledger, writes.acknowledged)).toEqual([]);
  });

  test('connections that break while nobody uses them are no accident', async () => {
    const { proxy, ledger } = await behindProxy();
    await keep(ledger, '1');
    expect(proxy.reset()).toBeGreaterThan(0);
    await vi.waitFor(() => keep(ledger, '2'), wait);
    expect(await duePosts(ledger.db, 1, 9)).toEqual(['file:1', 'file:2']);
  });

  test('a network that swallows everything ends reads and writes in an error, and all is well once it is back', async () => {
    const { proxy, ledger } = await behindProxy();
    await keep(ledger, '1');
    proxy.become('black hole');
    await expect(keep(ledger, '2')).rejects.toThrow('silent for 300 ms');
    await expect(duePosts(ledger.db, 1, 9)).rejects.toThrow('silent for 300 ms');
    proxy.become('fair');
    await vi.waitFor(() => keep(ledger, '3'), wait);
    expect(await duePosts(ledger.db, 1, 9)).toEqual(['file:1', 'file:3']);
  });

  test('a network that only stutters is waited for', async () => {
    const { proxy, ledger } = await behindProxy();
    proxy.become('paused');
    const ingested = keep(ledger, '1');
    await new Promise(setImmediate);
    proxy.become('fair');
    expect((await ingested).fresh).toEqual(['file:1']);
  });
});
