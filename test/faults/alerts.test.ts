import { shortId } from '../../src/core/post.ts';
import { text as readText } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { noLimits } from '../../src/core/limits.ts';
import { recordRefusal, recordSuccess } from '../../src/ledger/accounts/accounts.ts';
import { failedLogin, recordAudit } from '../../src/ledger/operators/audit-log.ts';
import { openAlerts } from '../../src/ledger/operators/alert-rows.ts';
import { beginOutage, endOutage } from '../../src/ledger/feeds/feed-rows.ts';
import { auditEntryOf } from '../../src/operations/audit-entry.ts';
import { ingestPosts, postponePost, retryPost } from '../../src/ledger/posts/posts.ts';
import { openHooked } from '../support/hooked.ts';
import { post } from '../support/posts.ts';

const minute = 60_000;

/** A bot that tells its alerts to a webhook. The clock stands at 12:00 UTC. */
async function open(alerts: string) {
  const got: { subject: string; text: string }[] = [];
  const { app, clock, work } = await openHooked({
    configured: (text) =>
      `${text.replace('platform: log', 'platform: log\n    limits: { failureThreshold: 3, cooldown: 30m }')}alerts: { to: [hook], ${alerts} }\n`,
    hook: (request, response) => {
      void readText(request).then((body) => {
        got.push(JSON.parse(body) as { subject: string; text: string });
        return response.end();
      });
    },
  });
  return {
    app,
    got,
    /** Some time later the bot looks, and works. */
    later: async (minutes: number) => {
      clock.advance(minutes * minute);
      await work();
    },
    clock,
  };
}

test('a quota of replies that is nearly used is an alert, until the next day', async () => {
  const posts = Array.from({ length: 4 }, (_, i) => ({ id: `${i}`, author: `a${i}`, text: `#07ASTANA2244 ¶${i + 1}` }));
  const limited = await openHooked({
    posts,
    configured: (text) => text.replace('platform: log', 'platform: log\n    limits: { perDay: 5 }'),
    hook: (_request, response) => void response.end(),
  });
  await limited.work();
  const messages = async () => (await openAlerts(limited.app.ledger.db)).map(({ message }) => message);
  expect(await messages()).toEqual(['account log has used 4 of its 5 replies today; the surplus waits for tomorrow']);
  limited.clock.advance(12 * 60 * minute);
  await limited.work();
  expect(await messages()).toEqual([]);
});

test('a feed whose items cannot be read is an alert at the third poll, until one can be read', async () => {
  const { app, write, clock, work } = await openHooked({ hook: (_request, response) => void response.end() });
  const messages = async () => (await openAlerts(app.ledger.db)).map(({ message }) => message);
  const poll = async (item: object) => {
    write(item);
    clock.advance(minute);
    await work();
  };
  await poll({ id: '1', author: 'a', text: 'fine' });
  for (let i = 0; i < 2; i += 1) await poll({ id: null });
  expect(await messages()).toEqual([]);
  await poll({ id: null });
  expect(await messages()).toEqual([
    expect.stringMatching(/^feed posts: nothing of its last answers can be read \(.+\); has its format changed\?$/),
  ]);
  await poll({ id: '2', author: 'a', text: 'fine' });
  expect(await messages()).toEqual([]);
});

test('many failed logins within an hour are an alert, a few are none', async () => {
  const { app, later } = await open('groupFor: 0s');
  const fail = (count: number) =>
    app.ledger.transact(async (tx) => {
      for (let i = 0; i < count; i += 1)
        await recordAudit(tx, auditEntryOf(failedLogin, 'ada', await app.ledger.now(), 'from 192.0.2.1', 'nobody'));
    });
  const messages = async () => (await openAlerts(app.ledger.db)).map(({ message }) => message);
  await fail(19);
  await later(1);
  expect(await messages()).toEqual([]);
  await fail(1);
  await later(1);
  expect(await messages()).toEqual(['20 logins at the page failed within an hour: pilcrow audit']);
  await later(61);
  expect(await messages()).toEqual([]);
});

test('alerts of several kinds travel in one message, once, and so does the all clear', async () => {
  const { app, got, later, clock } = await open('groupFor: 10m, failingFor: 15m');
  const { ledger } = app;
  await ledger.transact((tx) => beginOutage(tx, 'posts', { now: clock.now(), reason: '503 Service Unavailable' }));
  await ledger.transact(async (tx) => {
    await ingestPosts(tx, 'posts', [{ post: post({ id: '1' }), citations: [], surplus: 0 }], clock.now());
    await postponePost(tx, 'file:1', 'disk @everyone <!channel>\n[error](https://evil.example)\u202E x', null);
  });
  for (let i = 0; i < 3; i += 1)
    await ledger.transact((tx) =>
      recordRefusal(tx, 'log', {
        now: clock.now(),
        reason: '403',
        limits: { ...noLimits, failureThreshold: 3, cooldownMs: 1000 },
      }),
    );
  await later(5);
  expect(got).toEqual([]);
  await later(11);
  expect(got.map(({ subject }) => subject)).toEqual(['Pilcrow: 3 alerts']);
  for (const words of [
    'feed posts has failed since 2026-11-23 12:00Z: 503',
    'account log sends nothing',
    `post ${shortId('file:1')} was given up: disk (at)everyone ‹!channel› [error] (https://evil.example) x`,
  ])
    expect(got[0]?.text).toContain(words);
  await later(60);
  await later(60);
  expect(got).toHaveLength(1);
  await ledger.transact(async (tx) => {
    await endOutage(tx, 'posts', clock.now());
    await recordSuccess(tx, 'log', clock.now());
    await retryPost(tx, 'file:1', clock.now());
  });
  await later(1);
  expect(got).toHaveLength(1);
  await later(11);
  await later(60);
  expect(got.map(({ subject }) => subject)).toEqual(['Pilcrow: 3 alerts', 'Pilcrow: 3 all clear']);
  expect(got[1]?.text).toMatch(/all clear since .*: feed posts has failed/);
});

test('at night nothing is told; in the morning all that waited is', async () => {
  const { app, got, later, clock } = await open(`groupFor: 1m, quiet: { from: '12:30', to: '08:00', timezone: UTC }`);
  await later(40);
  await app.ledger.transact((tx) => beginOutage(tx, 'posts', { now: clock.now(), reason: '503' }));
  for (let hour = 0; hour < 19; hour += 1) await later(60);
  expect(got).toEqual([]);
  await app.ledger.transact((tx) => endOutage(tx, 'posts', clock.now()));
  await later(10);
  await later(15);
  expect(got.map(({ subject }) => subject)).toEqual(['Pilcrow: 1 alert']);
  expect(got[0]?.text).toContain('over at 2026-11-24 07:50Z');
});
