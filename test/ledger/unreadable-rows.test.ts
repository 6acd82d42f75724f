import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { expect, onTestFinished, test, vi } from 'vitest';
import { codecs } from '../../src/ledger/db/codecs.ts';
import { openSqliteLedger, openSqliteReader } from '../../src/ledger/db/sqlite.ts';
import { canonicalReferenceId } from '../../src/cables/ids/reference-id.ts';
import { readSettings } from '../../src/ledger/db/settings.ts';
import { countedPosts } from '../../src/ledger/digests/counted-posts.ts';
import { editions } from '../../src/ledger/digests/editions.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { claimNotices, insertNotices, lostNotices } from '../../src/ledger/operators/notices.ts';
import { decidedPosts, mentionsOfCable } from '../../src/ledger/posts/mentions.ts';
import { deletePost } from '../../src/ledger/posts/post-changes.ts';
import { ingestPosts } from '../../src/ledger/posts/posts.ts';
import { purgeDeleted } from '../../src/ledger/posts/purge-deleted.ts';
import { purgeTexts, textsOfFeed } from '../../src/ledger/posts/retention.ts';
import { waitingReplies } from '../../src/ledger/replies/move-publisher.ts';
import { supersedeReply } from '../../src/ledger/replies/withdraw-reply.ts';
import { poll } from '../../workers/poll.ts';
import { dueWork } from '../../workers/sweep.ts';
import { openTestApp } from '../support/app.ts';
import { testClock } from '../support/clock.ts';
import { cited, planOf } from '../support/digests.ts';
import { now, replyTo, steps } from '../support/ledger.ts';
import { post } from '../support/posts.ts';
import { tempDir } from '../support/temp.ts';

const ids = ['first', 'broken', 'last'] as const;

/** A ledger with three decided posts, each with a planned reply, a notice and an edition. */
async function openThree(): Promise<Ledger> {
  const ledger = await openSqliteLedger({ file: join(await tempDir(), 'ledger.db'), clock: testClock(now) });
  onTestFinished(() => ledger[Symbol.asyncDispose]());
  const { keep, decide } = steps(() => ledger);
  await keep(...ids);
  for (const id of ids)
    await decide(id, replyTo(post({ id })), { resolutions: [cited('07ASTANA2244', { paragraphs: [5] })] });
  const content = { subject: 's', text: 't' };
  await ledger.transact(async (tx) => {
    await insertNotices(
      tx,
      ids.map((id) => ({ channel: 'desk', postKey: `file:${id}`, content, at: now })),
    );
    for (const [index, id] of ids.entries())
      await sql`insert into editions (digest, date, model, tally, made_at)
        values ('daily', ${`2026-11-2${index}`}, ${id === 'broken' ? '{' : `{"id":"${id}"}`}, '{}', 0)`.execute(tx);
  });
  return ledger;
}

const later = now + 1;
const cable = canonicalReferenceId('07ASTANA2244')!;

async function decidedIn(db: Ledger['db'], wanted: { readonly verdicts: boolean }) {
  return (await Array.fromAsync(decidedPosts(db, 0, wanted), (page) => [...page])).flat();
}

/** What reads rows of many posts: the column that is broken in one row, and the keys or ids of what is still read or done. */
const readers: Readonly<
  Record<string, readonly [column: string, read: (ledger: Ledger) => Promise<readonly unknown[]>]>
> = {
  'posts of a digest': ['posts.post', async ({ db }) => await countedPosts(db, { from: 0, to: later })],
  'verdicts of a digest': ['posts.verdict', async ({ db }) => await countedPosts(db, { from: 0, to: later })],
  'editions for feeds': ['editions.model', async ({ db }) => await editions(db, { digest: 'daily', limit: 9 })],
  'posts of a backtest': ['posts.post', ({ db }) => decidedIn(db, { verdicts: false })],
  'verdicts of a backtest': ['posts.verdict', ({ db }) => decidedIn(db, { verdicts: true })],
  'resolutions of a backtest': [
    'mentions.resolution',
    async ({ db }) => (await decidedIn(db, { verdicts: false })).filter(({ resolutions }) => resolutions.length > 0),
  ],
  'mentions of a cable': ['posts.post', async ({ db }) => await mentionsOfCable(db, cable, 9)],
  'resolutions of a cable': [
    'mentions.resolution',
    async ({ db }) => {
      return (await mentionsOfCable(db, cable, 9)).filter(({ paragraphs }) => paragraphs.length > 0);
    },
  ],
  'texts of a feed': [
    'posts.post',
    async ({ db }) => await textsOfFeed(db, { platform: 'file', feeds: ['sample'], limit: 9 }),
  ],
  'replies that move to another publisher': ['replies.payload', async ({ db }) => await waitingReplies(db, 'log')],
  'notices of a channel': [
    'notices.content',
    async (ledger) => {
      const claimed = await ledger.transact((tx) => claimNotices(tx, { channel: 'desk', now, leaseMs: 1000, most: 9 }));
      expect(await lostNotices(ledger.db)).toEqual([{ channel: 'desk', count: 1, error: 'it cannot be read' }]);
      return claimed;
    },
  ],
  'settings of a kind': [
    'settings.value',
    async (ledger) => {
      for (const id of ids)
        await ledger.transact((tx) =>
          sql`insert into settings (name, value) values (${`kind:${id}`}, ${id === 'broken' ? '{' : '{}'})`.execute(tx),
        );
      return [...(await readSettings(ledger.db, 'kind:')).keys()];
    },
  ],
  'posts that come again': [
    'posts.post',
    async (ledger) => {
      const again = ids.map((id) => ({ post: post({ id, text: 'other words' }), citations: [], surplus: 0 }));
      return (await ledger.transact((tx) => ingestPosts(tx, 'sample', again, now))).contradicted;
    },
  ],
  'replies to withdraw': [
    'replies.scope',
    async (ledger) => {
      const results = await ledger.transact((tx) =>
        Promise.all(ids.map((id) => supersedeReply(tx, `file:${id}`, now))),
      );
      expect(results).toEqual(['abandoned', 'abandoned', 'abandoned']);
      return ['first', 'last'];
    },
  ],
  'names that retention purges': [
    'replies.payload',
    async (ledger) => {
      await endReplies(ledger);
      expect(await ledger.transact((tx) => purgeTexts(tx, { platform: 'file', before: now + 2 }))).toBe(3);
      return ['first', 'last'];
    },
  ],
  'posts that were deleted': [
    'replies.payload',
    async (ledger) => {
      await ledger.transact(async (tx) => {
        for (const id of ids) await deletePost(tx, `file:${id}`, { now, withdraw: true });
      });
      expect(await ledger.transact((tx) => purgeDeleted(tx, now))).toBe(2);
      return ['first', 'last'];
    },
  ],
};

async function endReplies(ledger: Ledger): Promise<void> {
  await ledger.transact((tx) => sql`update replies set state = 'rejected', due_at = null`.execute(tx));
}

test.each(Object.entries(readers))(
  'one unreadable row is left out, and the others go on: %s',
  async (_name, [column, read]) => {
    const ledger = await openThree();
    const [table = '', name = ''] = column.split('.');
    const key = table === 'replies' || table === 'posts' ? 'key' : 'post_key';
    if (table !== 'settings' && table !== 'editions')
      await ledger.transact((tx) =>
        sql`update ${sql.table(table)} set ${sql.ref(name)} = '{' where ${sql.ref(key)} = 'file:broken'`.execute(tx),
      );
    expect(await read(ledger)).toHaveLength(2);
  },
);

test('a backtest that needs no stored verdict decodes none, and decodes each post in its turn', async () => {
  const ledger = await openThree();
  await ledger.transact((tx) => sql`update posts set verdict = '{'`.execute(tx));
  const decode = vi.spyOn(codecs.posts.post, 'decode');
  for await (const page of decidedPosts(ledger.db, 0, { verdicts: false })) {
    let read = 0;
    for (const { verdict } of page) {
      expect(verdict).toBeUndefined();
      expect(decode).toHaveBeenCalledTimes((read += 1));
    }
    expect(read).toBe(3);
  }
  decode.mockRestore();
});

test('a post that cannot be read is purged and deleted with the others', async () => {
  const ledger = await openThree();
  const isStored = async () =>
    (await sql`select 1 from posts where post like '%secret%'`.execute(ledger.db)).rows.length;
  const damage = () =>
    ledger.transact((tx) => sql`update posts set post = '{"secret' where key = 'file:broken'`.execute(tx));
  await damage();
  await endReplies(ledger);
  expect(await isStored()).toBe(1);
  expect(await ledger.transact((tx) => purgeTexts(tx, { platform: 'file', before: now + 2 }))).toBe(3);
  expect(await isStored()).toBe(0);
  await damage();
  expect(await ledger.transact((tx) => deletePost(tx, 'file:broken', { now, withdraw: true }))).toBe(true);
  expect(await isStored()).toBe(0);
  await damage();
  expect(await ledger.transact((tx) => purgeDeleted(tx, now))).toBe(1);
  expect(await isStored()).toBe(0);
});

test('a list of due work that cannot be read is reported, and the others are worked through', async () => {
  const { app, events } = await openTestApp([{ id: '1', text: '#cablegate #07ASTANA2244' }]);
  await poll.work(app, 'posts');
  const config = { ...app.config, digests: [planOf({ name: 'daily' })] };
  await app.ledger.transact((tx) => sql`insert into settings (name, value) values ('digest:daily', '{')`.execute(tx));
  expect(await dueWork({ ...app, config })).toEqual([{ queue: 'resolve', key: 'file:1' }]);
  const message = 'what is due for it cannot be listed: settings.value of digest:daily is invalid JSON';
  expect(events).toContainEqual({ kind: 'error', what: 'digest', message });
});

test('a ledger that cannot be read is closed again', async () => {
  const file = join(await tempDir(), 'ledger.db');
  new DatabaseSync(file).close();
  const openFiles = () => readdirSync('/proc/self/fd').flatMap((fd) => linkOf(`/proc/self/fd/${fd}`));
  await expect(openSqliteReader(file)).rejects.toThrow('it has no tables');
  expect(openFiles()).not.toContain(file);
});

/** Where an open file leads; none: it was closed meanwhile. */
function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}
