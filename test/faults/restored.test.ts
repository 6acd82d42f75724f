import { expect, test } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { recordRestore } from '../../src/ledger/processes/processes.ts';
import { replyRow } from '../../src/ledger/replies/replies.ts';
import type { LostReply, Publisher, Repeat } from '../../src/platforms/platform.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';

const post = { id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5' };
const key = 'file:1';
const minute = 60_000;

/** A bot on a ledger that was restored at noon, after the post; `answer`: what a lookup comes to. */
async function restored(
  repeat: Repeat,
  answer: 'absent' | 'cannot-tell' | Error,
  account: Partial<Publisher> = { self: 'bot' },
) {
  const lookups: (LostReply | undefined)[] = [];
  const scripted = scriptedPublisher(repeat, []);
  const platform: Publisher & { calls: number } = Object.assign(scripted, {
    find: (_payload: unknown, _signal: unknown, lost?: LostReply) => {
      lookups.push(lost);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    ...account,
  });
  const { app, clock, work } = await openTestApp([post], platform);
  await app.ledger.transact((tx) => recordRestore(tx, clock.now(), 0));
  return { app, clock, work, platform, lookups, state: async () => (await replyRow(app.ledger.db, key))?.state };
}

const repeats: readonly Repeat[] = ['harmless', { harmlessForMs: hourMs }, 'doubles'];

test.each(repeats)(
  'a reply that the platform cannot tell of is not sent, and a person decides (a repeat is %s)',
  async (repeat) => {
    const { clock, work, platform, lookups, state } = await restored(repeat, 'cannot-tell');
    for (let at = 0; at < 2 * hourMs; at += 10 * minute) {
      await work();
      clock.advance(10 * minute);
    }
    expect(platform.calls).toBe(0);
    expect(await state()).toBe('abandoned');
    expect(lookups.length).toBeLessThan(15);
    expect(new Set(lookups.map((lost) => JSON.stringify(lost)))).toHaveLength(1);
    expect(lookups[0]).toMatchObject({ since: Date.parse(post.createdAt), anyWords: true });
  },
);

test.each(repeats)('a reply waits while the platform does not answer (a repeat is %s)', async (repeat) => {
  const { clock, work, platform, state } = await restored(repeat, new Error('503'));
  for (let at = 0; at < 2 * hourMs; at += 10 * minute) {
    await work();
    clock.advance(10 * minute);
  }
  expect(platform.calls).toBe(0);
  expect(await state()).toBe('planned');
});

test.each(repeats)('a reply that the platform has not is sent once (a repeat is %s)', async (repeat) => {
  const { work, platform, lookups, state } = await restored(repeat, 'absent');
  await work();
  expect([platform.calls, await state(), lookups.length]).toEqual([1, 'sent', 1]);
});

test('a publisher without an account, as the log, is not asked', async () => {
  const { work, platform, lookups, state } = await restored('doubles', 'cannot-tell', {});
  await work();
  expect([platform.calls, await state(), lookups.length]).toEqual([1, 'sent', 0]);
});
