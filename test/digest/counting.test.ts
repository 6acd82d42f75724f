import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import type { DateText } from '../../src/core/zone.ts';
import { insertEdition } from '../../src/ledger/digests/editions.ts';
import { writeFingerprints } from '../../src/ledger/digests/fingerprints.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { ingestPosts } from '../../src/ledger/posts/posts.ts';
import { decidePosts } from '../../src/ledger/replies/decide-posts.ts';
import { buildDigest, editionFrom, type Sources } from '../../src/operations/digests/build-digest.ts';
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
    const { editions: after, fingerprints } = built;
    await ledger.transact((tx) => insertEdition(tx, editionFrom(built, 0), { targets: [], after, fingerprints }));
    return built;
  };
  return { ledger, plan, write, build, issue };
}

test('other work has its turns while a digest counts posts', async () => {
  const { write, build } = await openDigests();
  await write(sunday, 900);
  await write(monday, 900);
  let turns = 0;
  const turn = () => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  onTestFinished(() => clearImmediate(next));
  const { digest } = await build(monday);
  expect(digest.totals.posts).toBe(900);
  // Of each day as many as there are pages of 200 posts.
  expect(turns).toBeGreaterThanOrEqual(10);
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

test('for a page, earlier days are as published', async () => {
  const { write, build, issue } = await openDigests();
  await write(sunday, 3);
  await issue(sunday);
  await write(sunday, 4);
  await write(monday, 2);
  expect((await build(monday, false)).digest).toMatchObject({ before: 3, corrections: [], totals: { posts: 2 } });
  expect((await build(monday)).digest).toMatchObject({ before: 4, corrections: [{ date: sunday }] });
});
