import { expect, test } from 'vitest';
import { RetryLater } from '../../src/core/errors.ts';
import { replyRow } from '../../src/ledger/replies.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import { drain } from '../../workers/index.ts';
import { settle } from '../../workers/settle.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';

const cited = [{ id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5' }];
const hour = 3_600_000;

// Found by the kill matrix at `settle: rung`: settle asked in time whether a repeat is harmless, and respond did not ask again.
test('a repeat that was decided in time and comes too late is not sent: the platform has forgotten the key', async () => {
  const platform = scriptedPublisher({ harmlessForMs: hour }, ['lost answer']);
  const hidden = { ...platform, find: () => Promise.resolve('absent') } satisfies Publisher;
  const { app, clock, events } = await openTestApp(cited, hidden);
  await drain(app);
  clock.advance(10_000);
  await settle.work(app, 'file:1');
  // The bot is down for longer than the platform keeps its keys.
  clock.advance(hour);
  await drain(app);
  expect(events.filter(({ kind }) => kind === 'sent')).toEqual([]);
  expect(hidden.calls).toBe(1);
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
  const platform = scriptedPublisher({ harmlessForMs: hour, restMs: 180_000 }, ['lost request']);
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
