import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  advanceFeed,
  feedRows,
  leaseFeed,
  releaseFeeds,
  blockFeed,
  trimRejects,
} from '../../src/ledger/feeds/feed-rows.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import {
  forgetRunner,
  forgetSilentRunners,
  lastRunner,
  recordHeartbeat,
  runners,
  releaseDeadLeases,
  acquireSchedulerLock,
} from '../../src/ledger/processes/processes.ts';
import { duePosts, ingestPosts, postponePost, retryPost, postRow, waitingPosts } from '../../src/ledger/posts/posts.ts';
import { dueReplies, replyRow, retryReply } from '../../src/ledger/replies/replies.ts';
import { expireSending } from '../../src/ledger/replies/end-sending.ts';
import { reconcileReply, claimUnknown } from '../../src/ledger/replies/reconcile-reply.ts';
import { claimForSending } from '../../src/ledger/replies/claim-reply.ts';
import { requestWithdrawal, endWithdrawal, claimWithdrawal } from '../../src/ledger/replies/withdraw-reply.ts';
import { now, published, replyTo, steps, terms, verdict } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

/** What a database may do otherwise, each with its reason. */
export interface Exceptions {
  readonly doesNotNoticeOthers?: string;
}

/** The protocol of the ledger, the same for every database. `reopen` gives a second process's view of the same ledger. */
export function ledgerContract(
  open: () => Promise<{ ledger: Ledger; reopen: () => Promise<Ledger> }>,
  { doesNotNoticeOthers }: Exceptions = {},
): void {
  let ledger: Ledger;
  let reopen: () => Promise<Ledger>;

  beforeEach(async () => {
    ({ ledger, reopen } = await open());
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
  });

  const { keep, decide, plan, take, mustTake, end, state } = steps(() => ledger);
  const plannedReply = (id: string) => plan(post({ id }));

  describe('posts', () => {
    test('a post is stored once, and only the first time counts as new', async () => {
      expect(await keep('1', '2')).toMatchObject({ fresh: ['file:1', 'file:2'], contradicted: [] });
      expect(await keep('2', '3')).toMatchObject({ fresh: ['file:3'], contradicted: [] });
      expect(await duePosts(ledger.db, now, 10)).toEqual(['file:1', 'file:2', 'file:3']);
    });

    test('a second post under a known id stays out and is named, the same one again is not', async () => {
      await keep('1');
      const other = { post: post({ id: '1', text: 'another text' }), citations: [], surplus: 0 };
      const { fresh, contradicted } = await ledger.transact((tx) => ingestPosts(tx, 'sample', [other], now));
      expect(fresh).toEqual([]);
      expect(contradicted).toEqual([other.post]);
    });

    test('250 posts of one page are stored in one transaction', async () => {
      const ids = Array.from({ length: 250 }, (_, i) => String(i));
      expect((await keep(...ids)).fresh).toHaveLength(250);
    });

    test('a decision is written once: the second one finds the post decided', async () => {
      await keep('1');
      expect(await decide('1', replyTo(post({ id: '1' })))).toEqual(verdict);
      expect(await decide('1', replyTo(post({ id: '1' }), { cited: ['another'] }))).toBeUndefined();
      expect(await ledger.load(waitingPosts, { key: 'file:1', now: now })).toBeUndefined();
      expect(await dueReplies(ledger.db, 'planned', now, 10)).toEqual(['file:1']);
    });

    test('a second reply for the same thread, cables and paragraphs becomes a record with the reason', async () => {
      await keep('1', '2');
      await decide('1', replyTo(post({ id: '1', thread: 'T' }), { cited: ['same'] }));
      const second = await decide('2', replyTo(post({ id: '2', thread: 'T' }), { cited: ['same'] }));
      expect(second).toMatchObject({ action: 'record', asked: 'reply', clause: expect.stringContaining('one reply') });
      expect(JSON.parse((await postRow(ledger.db, 'file:2'))?.verdict ?? '')).toEqual(second);
      expect(await replyRow(ledger.db, 'file:2')).toBeUndefined();
    });

    test('a post that could not be resolved is due later, and after the last try among the failed', async () => {
      await keep('1');
      await ledger.transact((tx) => postponePost(tx, 'file:1', 'disk error', now + 500));
      expect(await duePosts(ledger.db, now, 10)).toEqual([]);
      expect(await ledger.load(waitingPosts, { key: 'file:1', now: now + 500 })).toMatchObject({ attempts: 1 });
      await ledger.transact((tx) => postponePost(tx, 'file:1', 'disk error', null));
      expect(await postRow(ledger.db, 'file:1')).toMatchObject({ state: 'failed', error: 'disk error', due_at: null });
      expect(await ledger.transact((tx) => retryPost(tx, 'file:1', now))).toBe(true);
      expect(await duePosts(ledger.db, now, 10)).toEqual(['file:1']);
      expect(await ledger.transact((tx) => retryPost(tx, 'file:1', now))).toBe(false);
    });
  });

  describe('replies', () => {
    test('planned -> sending: one of several claims succeeds', async () => {
      await plannedReply('1');
      const claims = await Promise.all([take('1'), take('1'), take('1')]);
      expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
      expect(await state('1')).toBe('sending');
    });

    test('another process cannot claim a reply that is being sent', async () => {
      await plannedReply('1');
      await take('1');
      const other = await reopen();
      expect(await other.transactEach(claimForSending, { key: 'file:1', now, terms: terms() })).toBeUndefined();
      await other[Symbol.asyncDispose]();
    });

    test('a reply cannot be claimed before it is due', async () => {
      await plannedReply('1');
      const sending = await mustTake('1');
      await end(sending, { state: 'planned', reason: '429', dueAt: now + 900 });
      expect(await take('1', now + 899)).toBeUndefined();
      expect(await take('1', now + 900)).toMatchObject({ attempt: 2 });
    });

    test('an expired `sending` becomes unknown, never planned', async () => {
      await plannedReply('1');
      await take('1');
      expect(await ledger.transact((tx) => expireSending(tx, now + 999))).toBe(0);
      expect(await ledger.transact((tx) => expireSending(tx, now + 1000))).toBe(1);
      expect(await state('1')).toBe('unknown');
      expect(await take('1', now + 5000)).toBeUndefined();
    });

    test('a late outcome after the lease: `sent` is accepted, anything else is not', async () => {
      await plannedReply('1');
      const sending = await mustTake('1');
      await ledger.transact((tx) => expireSending(tx, now + 1000));
      const refused = { state: 'refused', reason: '403' } as const;
      expect(await end(sending, refused)).toBeUndefined();
      expect(await end(sending, { state: 'sent', published })).toBe(true);
      expect(await state('1')).toBe('sent');
    });

    test('the outcome of an earlier attempt does not affect a later one', async () => {
      await plannedReply('1');
      const first = await mustTake('1');
      await end(first, { state: 'planned', reason: '429', dueAt: now });
      await take('1');
      expect(await end(first, { state: 'refused', reason: 'x' })).toBeUndefined();
      expect(await state('1')).toBe('sending');
    });

    test('unknown -> sent, planned, abandoned, or unknown after another lookup', async () => {
      await plannedReply('1');
      await take('1');
      await ledger.transact((tx) => expireSending(tx, now + 1000));
      const at = now + 1000;
      const look = async () =>
        (await ledger.transact((tx) => claimUnknown(tx, 'file:1', { now: at + 9999, leaseMs: 0 })))!;
      const settle = async (to: Parameters<typeof reconcileReply>[2]) => {
        const unknown = await look();
        return await ledger.transact((tx) => reconcileReply(tx, unknown, to, at));
      };
      const stale = await look();
      expect(await settle({ state: 'unknown', dueAt: at + 50, answered: true })).toBe(true);
      expect(await look()).toMatchObject({ lookups: 1 });
      expect(
        await ledger.transact((tx) =>
          reconcileReply(tx, stale, { state: 'planned', repeatUntil: null, dueAt: at }, at),
        ),
      ).toBe(false);
      expect(await settle({ state: 'abandoned', reason: 'outcome unknown' })).toBe(true);
      expect(await state('1')).toBe('abandoned');
      expect(await ledger.transact((tx) => retryReply(tx, 'file:1', at))).toBe(true);
      expect(await state('1')).toBe('planned');
    });

    test('one process at a time looks a reply up or withdraws it, until its lease ends', async () => {
      await plannedReply('1');
      await end(await mustTake('1'), { state: 'unknown', reason: 'reset', dueAt: now });
      const other = await reopen();
      const lookups = (at: number) =>
        Promise.all(
          [ledger, other].map((one) => one.transact((tx) => claimUnknown(tx, 'file:1', { now: at, leaseMs: 900 }))),
        );
      expect((await lookups(now)).filter(Boolean)).toHaveLength(1);
      expect((await lookups(now + 899)).filter(Boolean)).toHaveLength(0);
      // The holder of the worker lock does not wait for the leases of dead processes.
      await ledger.transact((tx) => releaseDeadLeases(tx, now + 1));
      expect((await lookups(now + 1)).filter(Boolean)).toHaveLength(1);
      const [again] = (await lookups(now + 901)).filter((look) => look !== undefined);
      await ledger.transact((tx) => reconcileReply(tx, again!, { state: 'sent', published }, now));
      await ledger.transact((tx) => requestWithdrawal(tx, 'file:1', now));
      const withdrawals = (at: number) =>
        Promise.all(
          [ledger, other].map((one) => one.transact((tx) => claimWithdrawal(tx, 'file:1', { now: at, leaseMs: 900 }))),
        );
      expect((await withdrawals(now)).filter(Boolean)).toHaveLength(1);
      expect((await withdrawals(now + 899)).filter(Boolean)).toHaveLength(0);
      expect((await withdrawals(now + 900)).filter(Boolean)).toHaveLength(1);
      await other[Symbol.asyncDispose]();
    });

    test('a person withdraws: a planned reply is abandoned, a sent one is withdrawn, others stay', async () => {
      await plannedReply('1');
      expect(await ledger.transact((tx) => requestWithdrawal(tx, 'file:1', now))).toBe('abandoned');
      await plannedReply('2');
      const sending = await mustTake('2');
      await end(sending, { state: 'sent', published });
      expect(await ledger.transact((tx) => requestWithdrawal(tx, 'file:2', now))).toBe('withdrawing');
      const withdrawal = (await ledger.transact((tx) => claimWithdrawal(tx, 'file:2', { now, leaseMs: 60_000 })))!;
      await ledger.transact((tx) =>
        endWithdrawal(tx, withdrawal, { state: 'withdrawing', reason: '503', dueAt: now + 10 }, now),
      );
      expect(await ledger.transact((tx) => claimWithdrawal(tx, 'file:2', { now, leaseMs: 60_000 }))).toBeUndefined();
      await ledger.transact((tx) => endWithdrawal(tx, withdrawal, { state: 'withdrawn', dueAt: null }, now));
      expect(await state('2')).toBe('withdrawn');
    });
  });

  describe('feeds', () => {
    const hold = (holder: string, at = now) =>
      ledger.transact((tx) => leaseFeed(tx, { name: 'sample', holder, leaseMs: 1000 }, at));
    const progress = { cursor: 'c1', seen: 2, ingested: 1, rejects: [] };

    test('one process leases a feed until the lease ends or it releases the feed', async () => {
      expect(await hold('a')).toMatchObject({ epoch: 1, cursor: undefined });
      expect(await hold('b')).toBeUndefined();
      expect(await hold('b', now + 1000)).toMatchObject({ epoch: 2 });
      await ledger.transact((tx) => releaseFeeds(tx, 'b'));
      expect(await hold('a', now + 1000)).toMatchObject({ epoch: 3 });
    });

    test('a cursor of an older epoch is refused, and its posts are rolled back', async () => {
      const old = (await hold('a'))!;
      await hold('b', now + 1000);
      const ingested = ledger.transact(async (tx) => {
        await ingestPosts(tx, 'sample', [{ post: post({ id: '1' }), citations: [], surplus: 0 }], now);
        if (!(await advanceFeed(tx, old, progress, { now, leaseMs: 1000 }))) throw new Error('lost the hold');
      });
      await expect(ingested).rejects.toThrow('lost the hold');
      expect(await postRow(ledger.db, 'file:1')).toBeUndefined();
    });

    test('a blocked feed cannot be leased before it is due, and progress resets its failures', async () => {
      const held = (await hold('a'))!;
      await ledger.transact((tx) => blockFeed(tx, held, { error: '503', failed: true, now, dueAt: now + 700 }));
      expect(await hold('a', now + 699)).toBeUndefined();
      const again = (await hold('a', now + 700))!;
      expect(again).toMatchObject({ failures: 1 });
      await ledger.transact((tx) => advanceFeed(tx, again, progress, { now, leaseMs: 1000 }));
      expect(await feedRows(ledger.db)).toMatchObject([
        { cursor: 'c1', failures: 0, seen: 2, ingested: 1, last_error: null },
      ]);
    });

    test('only the newest 10,000 rejects stay', async () => {
      const held = (await hold('a'))!;
      const rejects = Array.from({ length: 5001 }, (_, i) => ({ position: `f:${i}`, reason: 'no JSON', excerpt: '' }));
      for (const at of [now, now + 1, now + 2]) {
        await ledger.transact((tx) => advanceFeed(tx, held, { ...progress, rejects }, { now: at, leaseMs: 1000 }));
      }
      await ledger.transact((tx) => trimRejects(tx));
      const left = await ledger.db
        .selectFrom('rejects')
        .select(({ fn }) => ['at', fn.countAll<number>().as('count')])
        .groupBy('at')
        .orderBy('at')
        .execute();
      expect(left).toEqual([
        { at: now + 1, count: 4999 },
        { at: now + 2, count: 5001 },
      ]);
    });
  });

  describe('scheduler locks', () => {
    test('one of two processes gets a lock, and the next one after the interval', async () => {
      const other = await reopen();
      const ask = (who: Ledger, at: number) => who.transact((tx) => acquireSchedulerLock(tx, 'sweep', at, 1000));
      const round = async (at: number) => (await Promise.all([ask(ledger, at), ask(other, at)])).filter(Boolean).length;
      expect(await round(now)).toBe(1);
      expect(await round(now + 999)).toBe(0);
      expect(await round(now + 1000)).toBe(1);
      await other[Symbol.asyncDispose]();
    });

    test('a lock far in the future, from a wrong clock, blocks nobody', async () => {
      const ask = (at: number) => ledger.transact((tx) => acquireSchedulerLock(tx, 'sweep', at, 1000));
      expect(await ask(now + 9999)).toBe(true);
      expect(await ask(now)).toBe(true);
      expect(await ask(now)).toBe(false);
    });
  });

  describe('runners', () => {
    test('each has its own id until it stops or its heartbeat is too old', async () => {
      const note = (id: string, pid: number, aliveAt: number) =>
        ledger.transact((tx) => recordHeartbeat(tx, { pid, host: 'h', since: now, aliveAt }, id));
      await note('a', 1, now);
      await note('b', 2, now + 1);
      await note('a', 1, now + 2);
      expect((await runners(ledger.db)).map(({ pid }) => pid)).toEqual([1, 2]);
      await ledger.transact((tx) => forgetSilentRunners(tx, now + 2));
      expect((await runners(ledger.db)).map(({ pid }) => pid)).toEqual([1]);
      await ledger.transact((tx) => forgetRunner(tx, 'a'));
      expect(await runners(ledger.db)).toEqual([]);
      expect(await lastRunner(ledger.db)).toBeUndefined();
    });
  });

  describe('transactions', () => {
    test('an unreadable row fails only its own read in a batch', async () => {
      await keep('1', '2', '3');
      await ledger.transact((tx) => sql`update posts set post = '{' where key = 'file:2'`.execute(tx));
      const asked = ['1', '2', '3'].map((id) => ledger.load(waitingPosts, { key: `file:${id}`, now }));
      const results = await Promise.allSettled(asked);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    });

    test('a failing one rolls back its own writes only', async () => {
      const failing = ledger.transact(async (tx) => {
        await ingestPosts(tx, 'sample', [{ post: post({ id: 'bad' }), citations: [], surplus: 0 }], now);
        throw new Error('no');
      });
      const results = await Promise.allSettled([keep('1'), failing, keep('2')]);
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await duePosts(ledger.db, now, 10)).toSorted()).toEqual(['file:1', 'file:2']);
    });

    test('a read beside a running transaction sees only what is committed', async () => {
      const inside = Promise.withResolvers<void>();
      const seen = Promise.withResolvers<void>();
      const write = ledger.transact(async (tx) => {
        await ingestPosts(tx, 'sample', [{ post: post({ id: '1' }), citations: [], surplus: 0 }], now);
        inside.resolve();
        await seen.promise;
      });
      await inside.promise;
      expect(await duePosts(ledger.db, now, 10)).toEqual([]);
      seen.resolve();
      await write;
      expect(await duePosts(ledger.db, now, 10)).toEqual(['file:1']);
    });

    const noticed = doesNotNoticeOthers === undefined;
    const others = noticed ? 'is noticed once' : `is not noticed, because ${doesNotNoticeOthers}`;
    test(`a write of another process ${others}, and our own are not`, async () => {
      expect(await ledger.changedOutside()).toBe(false);
      await keep('1');
      expect(await ledger.changedOutside()).toBe(false);
      const other = await reopen();
      await other.transact((tx) => postponePost(tx, 'file:1', 'x', now));
      expect(await ledger.changedOutside()).toBe(noticed);
      expect(await ledger.changedOutside()).toBe(false);
      await other[Symbol.asyncDispose]();
    });
  });
}
