import { expect, test } from 'vitest';
import { RetryLater } from '../../src/core/errors.ts';
import { timeouts } from '../../src/core/timeouts.ts';
import type { Failpoint } from '../../src/core/failpoints.ts';
import { replyRow } from '../../src/ledger/replies/replies.ts';
import { requestWithdrawal } from '../../src/ledger/replies/withdraw-reply.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import { drain } from '../../workers/index.ts';
import { respond } from '../../workers/respond.ts';
import { reconcile } from '../../workers/reconcile.ts';
import { withdraw } from '../../workers/withdraw.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';

const cited = [{ id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5' }];
const hour = 3_600_000;

/** Does something when the point is passed. */
const after = (failpoint: Failpoint, act: () => void) => (passed: Failpoint) => {
  if (passed === failpoint) act();
};

// Found by the kill matrix: reconcile checked in time that a repeat is harmless, and respond did not check again.
test('a repeat that was decided in time and comes too late is not sent: the platform has forgotten the key', async () => {
  const platform = scriptedPublisher({ harmlessForMs: hour }, ['lost answer']);
  const hidden = { ...platform, find: () => Promise.resolve('absent') } satisfies Publisher;
  const { app, clock, events } = await openTestApp(cited, hidden);
  await drain(app);
  clock.advance(10_000);
  await reconcile.work(app, 'file:1');
  // The bot is down for longer than the platform keeps its keys.
  clock.advance(hour);
  await drain(app);
  expect(events.filter(({ kind }) => kind === 'sent')).toEqual([]);
  expect(hidden.calls).toBe(1);
});

test('a repeat that was taken in time and is sent too late is not sent: its sender slept meanwhile', async () => {
  const platform = scriptedPublisher({ harmlessForMs: hour }, ['lost answer']);
  const hidden = { ...platform, find: () => Promise.resolve('absent') } satisfies Publisher;
  const { app, clock } = await openTestApp(cited, hidden);
  await drain(app);
  clock.advance(10_000);
  await reconcile.work(app, 'file:1');
  clock.advance(hour - timeouts.marginMs - 20_000);
  await respond.work({ ...app, failpoint: after('respond: claimed', () => clock.advance(20_000)) }, 'file:1');
  expect(hidden.calls).toBe(1);
  await drain(app);
  expect(await replyRow(app.ledger.db, 'file:1')).toMatchObject({ state: 'unknown' });
});

test.each([
  ['reconcile: reply read', 'looks for nothing'],
  ['withdraw: reply read', 'takes nothing back'],
] as const)('who slept through a lease at `%s` %s: others are at it by now', async (failpoint, _what) => {
  const asked: string[] = [];
  const platform: Publisher = {
    ...scriptedPublisher('doubles', failpoint === 'reconcile: reply read' ? ['lost answer'] : []),
    find: () => Promise.resolve(asked.push('find') > 0 ? 'absent' : 'cannot-tell'),
    withdraw: () => Promise.resolve(void asked.push('withdraw')),
  };
  const { app, clock } = await openTestApp(cited, platform);
  await drain(app);
  if (failpoint === 'withdraw: reply read')
    await app.ledger.transact((tx) => requestWithdrawal(tx, 'file:1', clock.now()));
  clock.advance(10_000);
  const worker = failpoint === 'reconcile: reply read' ? reconcile : withdraw;
  await worker.work({ ...app, failpoint: after(failpoint, () => clock.advance(hour)) }, 'file:1');
  expect(asked).toEqual([]);
  await worker.work(app, 'file:1');
  expect(asked).toHaveLength(1);
});

test('a platform that asked for patience has nothing to forget: its promise counts from the first attempt that may have arrived', async () => {
  const platform = scriptedPublisher({ harmlessForMs: hour }, [new RetryLater('429', hour), 'lost request']);
  const { app, clock, work } = await openTestApp(cited, platform);
  await work();
  clock.advance(hour);
  await work();
  clock.advance(10_000);
  await work();
  expect(await replyRow(app.ledger.db, 'file:1')).toMatchObject({ state: 'sent' });
  expect(platform.record).toHaveLength(1);
});

test('a repeat is not sent while the first attempt may be under way on the platform', async () => {
  const platform = scriptedPublisher({ harmlessForMs: hour, afterMs: 180_000 }, ['lost request']);
  const { app, clock, work } = await openTestApp(cited, platform);
  await work();
  clock.advance(10_000);
  await work();
  clock.advance(179_000);
  await work();
  expect(platform.calls).toBe(1);
  clock.advance(1000);
  await work();
  expect(platform.calls).toBe(2);
  expect(await replyRow(app.ledger.db, 'file:1')).toMatchObject({ state: 'sent' });
});
