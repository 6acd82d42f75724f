import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { sql } from 'kysely';
import type { DateText } from '../../src/core/zone.ts';
import { writeFingerprints } from '../../src/ledger/digests/fingerprints.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { ingestPosts } from '../../src/ledger/posts/posts.ts';
import { decidePosts } from '../../src/ledger/replies/decide-posts.ts';
import { buildDigest, writeEdition, type Sources } from '../../src/operations/digests/build-digest.ts';
import { countedBefore } from '../../src/operations/digests/earlier-tallies.ts';
import { testClock } from '../support/clock.ts';
import { cited, planOf, recorded } from '../support/digests.ts';
import { post } from '../support/posts.ts';

const config = {
  feeds: [],
  publishers: [],
  retention: { texts: null },
  replies: { excerpts: 'never' },
} as unknown as Sources['config'];
const corpus = { cable: () => Promise.resolve(undefined) };
const [sunday, monday, tuesday] = ['2026-11-22', '2026-11-23', '2026-11-24'] as const;
const noonOf = (date: DateText) => Date.parse(`${date}T12:00:00Z`);

async function openDigests() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'pilcrow-'));
  const ledger = await openSqliteLedger({ file: join(folder.path, 'ledger.db'), clock: testClock(noonOf(tuesday)) });
  onTestFinished(async () => {
    await ledger[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  const plan = planOf({ timezone: 'UTC' });
  const write = async (date: DateText, count: number) => {
    const at = noonOf(date);
    const posts = Array.from({ length: count }, (_, n) => post({ id: `${date} ${n}`, createdAt: at + n }));
    const incoming = posts.map((one) => ({ post: one, citations: [], surplus: 0 }));
    const decided = { at, revision: 0, resolutions: [cited('07ASTANA2244')], verdict: recorded, reply: undefined };
    await ledger.transact(async (tx) => {
      await ingestPosts(tx, 'posts', incoming, at);
      await decidePosts.run(
        tx,
        posts.map(({ key }) => ({ key, ...decided })),
      );
    });
  };
  const build = (date: DateText, corrects = true) =>
    buildDigest({ db: ledger.db, config, corpus }, plan, date, noonOf(tuesday), { corrects });
  const issue = async (date: DateText) => {
    const built = await build(date);
    await ledger.transact((tx) => writeEdition(tx, built, { targets: [], now: 0 }));
    return built;
  };
  return { ledger, plan, write, build, issue };
}

test('other work has its turns while a digest counts posts', async () => {
  const { write, build } = await openDigests();
  const turnsWhileBuilding = async () => {
    let turns = 0;
    let next = setImmediate(function turn() {
      turns += 1;
      next = setImmediate(turn);
    });
    const { digest } = await build(monday);
    clearImmediate(next);
    return { turns, posts: digest.totals.posts };
  };
  await write(monday, 1);
  // The first time it may wait for what is loaded on demand.
  await turnsWhileBuilding();
  const few = await turnsWhileBuilding();
  await write(monday, 2000);
  const many = await turnsWhileBuilding();
  expect(many.posts).toBe(2000);
  // One after each page of 200 posts.
  expect(many.turns - few.turns).toBeGreaterThanOrEqual(8);
});

test('a day that has not changed since its edition is not counted again', async () => {
  const { ledger, plan, write, build, issue } = await openDigests();
  await write(sunday, 3);
  await issue(sunday);
  await write(monday, 2);
  expect((await issue(monday)).digest).toMatchObject({ before: 3, corrections: [] });
  // A change that no statement of the bot makes, so that what was published differs from the posts.
  await ledger.transact((tx) => tx.deleteFrom('mentions').where('post_key', '=', `file:${sunday} 0`).execute());
  expect((await build(tuesday)).digest.corrections).toEqual([]);
  await ledger.transact((tx) => writeFingerprints(tx, plan.name, {}));
  expect((await build(tuesday)).digest.corrections).toMatchObject([
    { date: sunday, changes: { totals: { posts: -1 } } },
  ]);
});

test('a day that has changed is counted again, and its correction is published once', async () => {
  const { write, build, issue } = await openDigests();
  await write(sunday, 3);
  await issue(sunday);
  await write(monday, 2);
  await issue(monday);
  await write(sunday, 4);
  expect((await issue(tuesday)).digest).toMatchObject({ before: 6, corrections: [{ date: sunday }] });
  expect((await build('2026-11-24')).digest.corrections).toEqual([]);
});

test.each([
  ['an edition', "update editions set tally = 'nonsense'"],
  ['what is known of the days', `update settings set value = 'nonsense' where name like 'digest fingerprints:%'`],
])('an edition is made though %s cannot be read', async (_what, damage) => {
  const { ledger, write, issue } = await openDigests();
  await write(sunday, 3);
  await issue(sunday);
  await write(monday, 2);
  await ledger.transact((tx) => sql.raw(damage).execute(tx));
  expect((await issue(monday)).digest).toMatchObject({ before: 3, corrections: [] });
});

test('a correction that an unreadable edition held is published again', async () => {
  const { ledger, write, issue } = await openDigests();
  await write(sunday, 3);
  await issue(sunday);
  await write(sunday, 4);
  expect((await issue(monday)).digest.corrections).toMatchObject([{ date: sunday }]);
  await ledger.transact((tx) => sql`update editions set tally = 'nonsense' where date = ${monday}`.execute(tx));
  expect((await issue(tuesday)).digest.corrections).toMatchObject([
    { date: sunday, changes: { totals: { posts: 1 } } },
  ]);
});

test('a day that changes while it is read is counted again next time, though the change was taken back', async () => {
  const { ledger, plan } = await openDigests();
  const asked = { config, plan: { ...plan, logs: new Set<string>() }, date: sunday, now: noonOf(monday) };
  const earlier = await countedBefore(ledger.db, asked);
  await earlier.during(() => Promise.resolve());
  expect(Object.keys(earlier.fingerprints())).toContain(sunday);
  const disturbed = await countedBefore(ledger.db, asked);
  await disturbed.during(async () => {
    const incoming = { post: post({ id: 'late', createdAt: noonOf(sunday) }), citations: [], surplus: 0 };
    await ledger.transact((tx) => ingestPosts(tx, 'posts', [incoming], noonOf(monday)));
  });
  expect(Object.keys(disturbed.fingerprints())).not.toContain(sunday);
});

test('for a page, earlier days are as published', async () => {
  const { write, build, issue } = await openDigests();
  await write(sunday, 3);
  await issue(sunday);
  await write(sunday, 4);
  await write(monday, 2);
  expect((await build(monday, false)).digest).toMatchObject({ before: 3, corrections: [], totals: { posts: 2 } });
  expect((await build(monday)).digest).toMatchObject({ before: 4, corrections: [{ date: sunday }] });
});
