import { describe, expect, test } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { troubledAccounts } from '../../src/ledger/accounts/accounts.ts';
import { openAlerts } from '../../src/ledger/operators/alert-rows.ts';
import { listReplies } from '../../src/ledger/replies/replies.ts';
import { overview } from '../../src/operations/overview.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import { httpPlaces, nostrPlace, type Place } from '../platforms/places.ts';
import { openTestApp } from '../support/app.ts';

const minute = 60_000;
const texts = Array.from({ length: 8 }, (_, index) => `Reply ${index}: 07ASTANA2244`);
const mention = (index: number) => ({ id: String(index), createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5' });

/** The bot answers one post of the platform, with a text of its own for each mention. */
function answeringOne({ publisher, payload }: Pick<Place, 'publisher' | 'payload'>): Publisher {
  const addressed = ({
    key,
    createdAt,
    idempotencyKey,
  }: {
    key: string;
    createdAt: number;
    idempotencyKey: string;
  }) => ({
    ...payload(texts[Number(key.split(':')[1])] ?? ''),
    key,
    createdAt,
    idempotencyKey,
  });
  return {
    ...publisher,
    publish: (one, signal) => publisher.publish(addressed(one), signal),
    find: (one, signal, lost) => publisher.find(addressed(one), signal, lost),
  };
}

/** Five mentions in the evening, one at midnight, two after the renewal of the token in the morning. */
async function night(
  place: Pick<Place, 'publisher' | 'payload' | 'copies' | 'attempts'>,
  moved: { now: () => number },
  fails: (on: boolean) => void,
) {
  const { app, clock, work, write } = await openTestApp(
    texts.slice(0, 5).map((_, index) => mention(index)),
    answeringOne(place),
  );
  moved.now = () => clock.now();
  const states = async () => (await listReplies(app.ledger.db, [], 100)).map(({ state }) => state);
  fails(true);
  for (let at = 0; at < 8 * hourMs; at += 15 * minute) {
    await work();
    if (at === 4 * hourMs) write(mention(5));
    clock.advance(15 * minute);
    expect(new Set(await states())).toEqual(new Set(['planned']));
  }
  const attempts = place.attempts();
  const [account] = await troubledAccounts(app.ledger.db);
  const { alerts } = await overview(app.config, app.ledger);
  const told = await openAlerts(app.ledger.db);
  fails(false);
  for (const index of [6, 7]) write(mention(index));
  for (let at = 0; at < hourMs; at += 3 * minute) {
    await work();
    clock.advance(3 * minute);
  }
  expect(await states()).toEqual(texts.map(() => 'sent'));
  expect(texts.map((text) => place.copies(text))).toEqual(texts.map(() => 1));
  expect(await troubledAccounts(app.ledger.db)).toEqual([]);
  return { attempts, account, alerts, told };
}

describe('a token that is revoked for a night and renewed loses no mention', () => {
  test.each(Object.entries(httpPlaces))('on %s', async (_name, open) => {
    const moved = { now: () => Date.now() };
    await using place = await open(() => moved.now());
    const { attempts, account, alerts, told } = await night(place, moved, (on) =>
      place.answer(['GET', 'POST'], on ? { status: 401, body: place.own.refuses } : undefined),
    );
    // Those that were in flight, then one at a time, ever less often.
    expect(attempts).toBeLessThan(100);
    expect(account).toMatchObject({ name: 'log', login_refused_at: expect.any(Number) });
    expect(alerts).toEqual([
      expect.stringMatching(/^Account log is blocked since .* its login is refused: .*renew its token/),
    ]);
    expect(told).toMatchObject([
      { name: 'account log is blocked', message: expect.stringContaining('its login is refused') },
    ]);
  });

  test('as a relay that is out of order for a night does not', async () => {
    const state = { on: false };
    await using place = await nostrPlace(() => (state.on ? 'error: could not connect to the database' : undefined));
    const { attempts, told } = await night(place, { now: () => 0 }, (on) => (state.on = on));
    expect(attempts).toBeGreaterThan(5);
    expect(attempts).toBeLessThan(100);
    expect(told).toMatchObject([{ message: expect.stringContaining('could not connect to the database') }]);
  });
});

test.each([302, 401, 403, 422, 429])(
  'a reply that is taken and answered with %i all the same is found, and not repeated',
  async (status) => {
    const moved = { now: () => Date.now() };
    await using place = await httpPlaces['a compatible server']!(() => moved.now());
    const { app, clock, work } = await openTestApp([mention(0)], answeringOne(place));
    moved.now = () => clock.now();
    place.takeAndAnswer!({ status, body: status === 422 ? '{"error":"duplicate"}' : '{"error":"no"}' });
    for (let at = 0; at < hourMs; at += 5 * minute) {
      await work();
      clock.advance(5 * minute);
    }
    expect(await listReplies(app.ledger.db, [], 10)).toMatchObject([{ state: 'sent' }]);
    expect(place.copies(texts[0] ?? '')).toBe(1);
  },
);

test('one reply that a proxy always refuses does not hold up the others for long', async () => {
  const moved = { now: () => Date.now() };
  await using place = await httpPlaces['wordpress']!(() => moved.now());
  const usual = answeringOne(place);
  const poisoned: Publisher = {
    ...usual,
    async publish(payload, signal) {
      const isPoison = payload.key === 'file:0';
      if (isPoison) place.answer(['POST'], { status: 403, body: '<h1>Forbidden</h1>' });
      try {
        return await usual.publish(payload, signal);
      } finally {
        if (isPoison) place.answer(['POST'], undefined);
      }
    },
  };
  const { app, clock, work, write } = await openTestApp([mention(0)], poisoned);
  moved.now = () => clock.now();
  await work();
  for (let index = 1; index < texts.length; index += 1) {
    write(mention(index));
    for (let at = 0; at < 3; at += 1) {
      await work();
      clock.advance(minute);
    }
  }
  const states = (await listReplies(app.ledger.db, [], 10)).map(({ key, state }) => `${key} ${state}`).toSorted();
  expect(states).toEqual(['file:0 planned', ...texts.slice(1).map((_, index) => `file:${index + 1} sent`)]);
});
