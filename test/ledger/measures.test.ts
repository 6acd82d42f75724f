import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { advanceFeed, leaseFeed } from '../../src/ledger/feeds/feed-rows.ts';
import { countedStates, measure } from '../../src/ledger/processes/measures.ts';
import { ingestPosts } from '../../src/ledger/posts/posts.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { testClock } from '../support/clock.ts';
import { post } from '../support/posts.ts';
import { tempDir } from '../support/temp.ts';

const now = Date.UTC(2026, 10, 23, 12);

async function ledgerWithPosts(count: number) {
  const file = join(await tempDir(), 'ledger.db');
  const ledger = await openSqliteLedger({ file, clock: testClock() });
  const ingested = Array.from({ length: count }, (_, id) => ({
    post: post({ id: `${id}` }),
    citations: [],
    surplus: 0,
  }));
  await ledger.transact((tx) => ingestPosts(tx, 'f', ingested, now));
  const other = new DatabaseSync(file, { timeout: 5000 });
  return { ledger, other };
}

/** A reply in some state, as the workers leave it. */
const insert = `insert into replies (key, post_key, publisher, state, payload, scope, due_at, author, thread, cancel_requested, attempts, lookups, planned_at, sent_at, updated_at)
  values (?, ?, 'log', ?, '{}', ?, ?, '', '', 0, 1, 0, 0, ?, 0)`;

test('counts open replies in every state, waiting or stopped, and measures how long the oldest has been due', async () => {
  const { ledger, other } = await ledgerWithPosts(20);
  await using _ledger = ledger;
  const row = (id: number, state: string, dueAt: number | null, sentAt: number | null = null) =>
    other.prepare(insert).run(`file:${id}`, `file:${id}`, state, `${id}`, dueAt, sentAt);
  row(1, 'planned', now - 5000);
  row(2, 'planned', now - 90_000);
  row(3, 'planned', now + 5000);
  row(4, 'unknown', now + 1000);
  row(5, 'held', null);
  row(6, 'held', now + 86_400_000);
  row(7, 'refused', null);
  row(8, 'abandoned', null);
  row(9, 'sending', now + 1000);
  row(10, 'sent', null, now);
  row(11, 'withdrawn', null, now);
  const { replies, overdueMs } = await measure(ledger.db, [], now + 60_000);
  expect(Object.fromEntries(replies)).toEqual({
    planned: 3,
    held: 2,
    sending: 1,
    unknown: 1,
    refused: 1,
    abandoned: 1,
    replacing: 0,
    withdrawing: 0,
  });
  expect(overdueMs).toEqual({ pending: 60_000, planned: 150_000, unknown: 59_000 });
  other.close();
});

test('an empty ledger has measures, with the age 0', async () => {
  const { ledger, other } = await ledgerWithPosts(0);
  await using _ledger = ledger;
  const { overdueMs, feeds, replies } = await measure(ledger.db, ['f'], now);
  expect({ overdueMs, feeds }).toEqual({ overdueMs: { pending: 0, planned: 0, unknown: 0 }, feeds: [] });
  expect([...replies.keys()]).toEqual([...countedStates]);
  other.close();
});

test('measures the requested feeds', async () => {
  const { ledger, other } = await ledgerWithPosts(0);
  await using _ledger = ledger;
  await ledger.transact(async (tx) => {
    for (const name of ['f', 'g']) {
      const hold = await leaseFeed(tx, { name, holder: 'h', leaseMs: 1000 }, now);
      if (hold === undefined) throw new Error('not held');
      await advanceFeed(tx, hold, { cursor: 'c', seen: 4, ingested: 0, rejects: [] }, { now, leaseMs: 1000 });
    }
  });
  expect((await measure(ledger.db, ['g'], now)).feeds).toEqual([{ feed: 'g', polledAt: now, seen: 4 }]);
  other.close();
});

test('scans no table, and reads no more rows than it counts', async () => {
  const { ledger, other } = await ledgerWithPosts(1200);
  await using _ledger = ledger;
  other.exec('begin');
  for (let id = 0; id < 1200; id += 1) other.prepare(insert).run(`k${id}`, `file:${id}`, 'held', `${id}`, null, null);
  other.exec('commit');
  const asked: string[] = [];
  const { db } = ledger;
  const executor = db.getExecutor();
  const compile = executor.compileQuery.bind(executor);
  executor.compileQuery = (node, id) => {
    const compiled = compile(node, id);
    asked.push(compiled.sql);
    return compiled;
  };
  const { replies } = await measure(db, ['f'], now);
  expect(replies.get('held')).toBe(1000);
  expect(asked.length).toBeGreaterThan(10);
  for (const text of asked) {
    const plan = other.prepare(`explain query plan ${text}`).all(...Array<null>(text.split('?').length - 1).fill(null));
    const steps = plan.map((step) => String(step['detail']));
    expect(steps.filter((step) => /^SCAN (?!rows)/.test(step) && !step.includes('USING COVERING INDEX'))).toEqual([]);
    expect(steps.join('\n')).toMatch(/USING (COVERING )?INDEX/);
  }
  other.close();
});
