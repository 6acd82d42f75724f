import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { soundness } from '../../src/cli/lib/ledger-checks.ts';
import { quickCheck } from '../../src/ledger/db/queries.ts';
import { ingestPosts } from '../../src/ledger/posts/posts.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { holdWorkerLock, workerLockIsHeld } from '../../src/ledger/processes/worker-lock.ts';
import { everyLedgerContract } from '../contract/every-ledger.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import { testClock } from '../support/clock.ts';
import { post } from '../support/posts.ts';
import { tempDir } from '../support/temp.ts';

describe('SQLite ledger', () => {
  everyLedgerContract(async () => {
    const file = join(await tempDir(), 'ledger.db');
    const clock = testClock();
    const reopen = () => openSqliteLedger({ file, clock });
    return { ledger: await reopen(), clock, reopen };
  });

  test('commits concurrent writes together, each durable before its promise resolves', async () => {
    const file = join(await tempDir(), 'ledger.db');
    await using ledger = await openSqliteLedger({ file, clock: testClock() });
    const other = new DatabaseSync(file);
    const seen: number[] = [];
    const versions = new Set<unknown>();
    const writes = Array.from({ length: 50 }, async (_, i) => {
      await ledger.transact((tx) =>
        ingestPosts(tx, 'f', [{ post: post({ id: String(i) }), citations: [], surplus: 0 }], 0),
      );
      seen.push(Number(other.prepare('select count(*) as n from posts').get()?.['n']));
      versions.add(other.prepare('pragma data_version').get()?.['data_version']);
    });
    await Promise.all(writes);
    expect(Math.min(...seen)).toBeGreaterThan(0);
    expect(versions.size).toBeLessThan(10);
    expect(await quickCheck(ledger.db)).toBe('ok');
    expect((await soundness(ledger.db, 'here')).message).toBe('here');
    expect((await soundness(ledger.db, 'here', 1000)).message).toMatch(/^here, \d+ MB: not read whole/);
    other.close();
  });

  test('a long read by another process leaves no large write-ahead log behind', async () => {
    const file = join(await tempDir(), 'ledger.db');
    await using ledger = await openSqliteLedger({ file, clock: testClock() });
    const keep = (id: string, text: string) =>
      ledger.transact((tx) => ingestPosts(tx, 'f', [{ post: post({ id, text }), citations: [], surplus: 0 }], 0));
    const size = () => statSync(`${file}-wal`).size;
    const other = new DatabaseSync(file);
    other.exec('begin; select count(*) from posts');
    for (let i = 0; i < 10; i += 1) await keep(String(i), 'x'.repeat(2_000_000));
    const large = size();
    other.exec('commit');
    other.close();
    for (let i = 10; i < 13; i += 1) await keep(String(i), 'x'.repeat(5_000));
    expect(large).toBeGreaterThan(20_000_000);
    expect(size()).toBeLessThanOrEqual(8 * 2 ** 20);
  });

  test('a full disk fails the write, keeps the ledger sound, and later writes go through', async () => {
    const file = join(await tempDir(), 'ledger.db');
    await using ledger = await openSqliteLedger({ file, clock: testClock() });
    const keep = (id: string, text: string) =>
      ledger.transact((tx) => ingestPosts(tx, 'f', [{ post: post({ id, text }), citations: [], surplus: 0 }], 0));
    await keep('1', 'small');
    await ledger.transact((tx) => limitPages(tx, 40));
    await expect(keep('2', 'x'.repeat(4_000_000))).rejects.toThrow(/full/);
    await ledger.transact((tx) => limitPages(tx, 1_000_000));
    expect(await keep('3', 'small')).toMatchObject({ fresh: ['file:3'] });
    expect(await quickCheck(ledger.db)).toBe('ok');
  });
});

describe('worker lock', () => {
  test('is held by one process at a time, and is free again when let go', async () => {
    const file = join(await tempDir(), 'ledger.db');
    expect(workerLockIsHeld(file)).toBe(false);
    {
      using lock = holdWorkerLock(file);
      expect(lock).toBeDefined();
      expect(holdWorkerLock(file)).toBeUndefined();
      expect(workerLockIsHeld(file)).toBe(true);
    }
    expect(workerLockIsHeld(file)).toBe(false);
    using again = holdWorkerLock(file);
    expect(again).toBeDefined();
  });

  test('is freed by kill -9', async () => {
    const file = join(await tempDir(), 'ledger.db');
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { holdWorkerLock } = await import(${JSON.stringify(new URL('../../src/ledger/processes/worker-lock.ts', import.meta.url))});
       globalThis.lock = holdWorkerLock(${JSON.stringify(file)}); console.log('held'); setInterval(() => {}, 1000);`,
    ]);
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(workerLockIsHeld(file)).toBe(true);
    holder.kill('SIGKILL');
    await new Promise((resolve) => holder.once('exit', resolve));
    expect(workerLockIsHeld(file)).toBe(false);
  });
});

/** SQLite's own stand-in for a full disk. */
async function limitPages(tx: Executor, pages: number): Promise<void> {
  await sql`pragma max_page_count = ${sql.lit(pages)}`.execute(tx);
}
