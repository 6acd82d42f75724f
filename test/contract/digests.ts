import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  recordTroubles,
  purgeAlerts,
  openAlerts,
  reportAlerts,
  unreportedSince,
} from '../../src/ledger/operators/alert-rows.ts';
import type { Digest } from '../../src/core/digest.ts';
import { total } from '../../src/digest/tally.ts';
import { citedBefore, countedPosts } from '../../src/ledger/digests/counted-posts.ts';
import type { Target } from '../../src/ledger/db/schema.ts';
import { insertDigestPost } from '../../src/ledger/posts/digest-posts.ts';
import { optOut } from '../../src/ledger/operators/consents.ts';
import { addDeliveries, dueDeliveries, endDelivery, claimDelivery } from '../../src/ledger/digests/deliveries.ts';
import {
  type EditionName,
  countEditions,
  firstDay,
  insertEdition,
  issuedDays,
  listEditions,
} from '../../src/ledger/digests/editions.ts';
import { codecs } from '../../src/ledger/db/codecs.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { decidedPosts } from '../../src/ledger/posts/mentions.ts';
import { dueChannels } from '../../src/ledger/operators/notices.ts';
import {
  leaseFeed,
  beginOutage,
  endOutage,
  gapsWithin,
  recordWatched,
  watchedSince,
} from '../../src/ledger/feeds/feed-rows.ts';
import { cited, recorded, emit } from '../support/digests.ts';
import { now, replyTo } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

const hour = 3_600_000;
const counted = {
  model: { totals: { posts: 3, cables: 2 }, corrections: [{ date: '2026-11-20' }] } as unknown as Digest,
  tally: total([]),
  reading: null,
};
const empty = {
  model: { totals: { posts: 0, cables: 0 }, corrections: [] } as unknown as Digest,
  tally: total([]),
  reading: [],
};

/** Digests and alerts in the ledger, the same for every database. */
export function digestsContract(open: () => Promise<{ ledger: Ledger; reopen: () => Promise<Ledger> }>): void {
  let ledger: Ledger;
  let reopen: () => Promise<Ledger>;
  beforeEach(async () => {
    ({ ledger, reopen } = await open());
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
  });

  const files: readonly Target[] = ['files'];
  const edition = (date: string, targets = files, after = 0, on = ledger) =>
    on.transact(async (tx) => {
      await firstDay(tx, 'daily', date);
      return await insertEdition(
        tx,
        { digest: 'daily', date, ...empty, madeAt: now },
        { targets, after, fingerprints: {} },
      );
    });
  const take = (at = now, on = ledger) => on.transact((tx) => claimDelivery(tx, 'daily', { now: at, leaseMs: 1000 }));

  describe('editions', () => {
    test('are written by one of several processes, and delivered once to each target', async () => {
      const other = await reopen();
      const made = await Promise.all([
        edition('2026-11-22'),
        edition('2026-11-22', files, 0, other),
        edition('2026-11-22'),
      ]);
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await issuedDays(ledger.db, 'daily', '2026-01-01')).toEqual(['2026-11-22']);
      const taken = await Promise.all([take(), take(now, other), take()]);
      expect(taken.filter((one) => one !== undefined)).toEqual([
        { digest: 'daily', date: '2026-11-22', target: 'files', attempts: 1, recipients: null },
      ]);
      await other[Symbol.asyncDispose]();
    });

    test('are listed without their models, the latest day first, in pages, each once', async () => {
      const names = ['a', 'b'].flatMap((digest) => ['2026-11-22', '2026-11-23'].map((date) => ({ digest, date })));
      for (const [at, name] of names.entries())
        await ledger.transact((tx) =>
          insertEdition(tx, { ...name, ...counted, madeAt: now }, { targets: [], after: at % 2, fingerprints: {} }),
        );
      const pages: string[][] = [];
      for (let after: EditionName | undefined; ;) {
        const { found, next } = await listEditions(ledger.db, { after, limit: 3 });
        pages.push(found.map(({ digest, date }) => `${date} ${digest}`));
        expect(found[0]).toMatchObject({ posts: 3, cables: 2, corrects: ['2026-11-20'], madeAt: now });
        if (next === undefined) break;
        after = next;
      }
      expect(pages).toEqual([['2026-11-23 a', '2026-11-23 b', '2026-11-22 a'], ['2026-11-22 b']]);
      const ofB = await listEditions(ledger.db, { digest: 'b', limit: 1 });
      expect(ofB.next).toMatchObject({ digest: 'b', date: '2026-11-23' });
    });

    test('of two days from the same state are one, so that a correction appears once', async () => {
      expect(await edition('2026-11-22')).toBe(true);
      expect(await edition('2026-11-23', files, 0)).toBe(false);
      expect(await edition('2026-11-23', files, await countEditions(ledger.db, 'daily'))).toBe(true);
    });

    test('reach one target in the order of their days, and other targets meanwhile', async () => {
      await edition('2026-11-22', ['files', 'channel mail']);
      await edition('2026-11-23', ['files', 'channel mail'], 1);
      const first = await take();
      expect(first).toMatchObject({ date: '2026-11-22', target: 'channel mail' });
      await ledger.transact((tx) => endDelivery(tx, first!, { dueAt: now + hour, error: '503' }));
      const filed = await take();
      expect(filed).toMatchObject({ date: '2026-11-22', target: 'files' });
      await ledger.transact((tx) => endDelivery(tx, filed!, { dueAt: null, error: null }));
      expect(await take()).toMatchObject({ date: '2026-11-23', target: 'files' });
      expect(await take()).toBeUndefined();
      expect(await dueDeliveries(ledger.db, now)).toEqual([]);
      expect(await dueDeliveries(ledger.db, now + hour)).toEqual(['daily']);
      expect(await take(now + hour)).toMatchObject({ date: '2026-11-22', target: 'channel mail', attempts: 2 });
    });

    test('that were abandoned do not block later ones, and are delivered again on demand', async () => {
      await edition('2026-11-22');
      await edition('2026-11-23', files, 1);
      const first = await take();
      await ledger.transact((tx) => endDelivery(tx, first!, { dueAt: null, error: 'refused' }));
      const second = await take();
      expect(second).toMatchObject({ date: '2026-11-23' });
      await ledger.transact((tx) => endDelivery(tx, second!, { dueAt: null, error: null }));
      await ledger.transact((tx) => addDeliveries(tx, { digest: 'daily', date: '2026-11-22', targets: files, now }));
      expect(await take()).toMatchObject({ date: '2026-11-22', attempts: 1 });
    });

    test('on an account are one reply, however often they are planned, and no post for the rules', async () => {
      const reply = { ...replyTo(post({ id: 'x' })), postKey: 'digest:daily-2026-11-22-log' };
      for (let i = 0; i < 2; i += 1)
        await ledger.transact((tx) => insertDigestPost(tx, reply, { now, createdAt: now }));
      expect(await ledger.db.selectFrom('replies').select('post_key').execute()).toEqual([{ post_key: reply.postKey }]);
      expect(await Array.fromAsync(decidedPosts(ledger.db, 0, { verdicts: true }))).toEqual([]);
      expect(await countedPosts(ledger.db, { from: 0, to: now + hour })).toEqual([]);
    });
  });

  describe('the posts that digests count', () => {
    test('are those of a period, sorted by creation, without authors who opted out', async () => {
      const at = (id: string, createdAt: number, who = id) => ({
        post: { id, createdAt, author: { id: who, handle: who, name: null, bot: false } },
        resolutions: [cited('07ASTANA2244')],
      });
      await emit(ledger, [at('2', 20), at('1', 10), at('late', 30), at('quiet', 15), at('early', 9)]);
      await ledger.transact((tx) => optOut(tx, { person: 'file:quiet', source: 'x' }, now));
      const found = await countedPosts(ledger.db, { from: 10, to: 30 });
      expect(found.map(({ createdAt }) => createdAt)).toEqual([10, 20]);
      expect(found[0]).toMatchObject({ platform: 'file', feed: 'posts', verdict: recorded, replies: [] });
      expect(await citedBefore(ledger.db, ['07ASTANA2244', '06ROME1'], 10)).toEqual(new Set(['07ASTANA2244']));
      expect(await citedBefore(ledger.db, ['07ASTANA2244'], 9)).toEqual(new Set());
    });
  });

  describe('gaps', () => {
    test('come from failing feeds, new feeds, and a bot that did not run', async () => {
      await ledger.transact(async (tx) => {
        await leaseFeed(tx, { name: 'new', holder: 'x', leaseMs: 1 }, 500);
        await beginOutage(tx, 'a', { now: 100, reason: '503' });
        await beginOutage(tx, 'a', { now: 200, reason: '504' });
        await endOutage(tx, 'a', 300);
        await beginOutage(tx, 'a', { now: 400, reason: '503' });
        await beginOutage(tx, 'a~stream', { now: 1, reason: '503' });
        for (const at of [1000, 1000 + hour, 1000 + hour + 30_000]) await recordWatched(tx, at);
      });
      expect(await gapsWithin(ledger.db, { from: 250, to: 2000 })).toEqual([
        { feed: 'a', from: 100, to: 300, why: 'failing' },
        { feed: 'a', from: 400, to: null, why: 'failing' },
        { feed: null, from: 1000, to: 1000 + hour, why: 'stopped' },
        { feed: 'new', from: 0, to: 500, why: 'new' },
      ]);
      expect(await watchedSince(ledger.db, 1000 + hour + 40_000)).toBe(1000 + hour);
      expect(await watchedSince(ledger.db, 1000 + 3 * hour)).toBeUndefined();
    });
  });

  describe('alerts', () => {
    const inWords = (begun: readonly { name: string; until: number | null }[], over: readonly { name: string }[]) => ({
      subject: begun.map(({ name, until }) => `${name}${until === null ? '' : ' over'}`).join(),
      text: over.map(({ name }) => name).join(),
    });
    const note = (at: number, ...names: string[]) =>
      ledger.transact((tx) =>
        recordTroubles(
          tx,
          names.map((name) => ({ name, message: name })),
          at,
        ),
      );
    const report = async (at: number) => {
      await ledger.transact((tx) => reportAlerts(tx, ['mail', 'hook'], { now: at, inWords }));
      const rows = await ledger.db.selectFrom('notices').select('content').where('at', '=', at).execute();
      return rows.map(({ content }) => {
        const { subject, text } = codecs.notices.content.decode(content!, '');
        return [subject, text];
      });
    };

    test('are reported to each channel once when they begin and once when they are over', async () => {
      await note(1000, 'a', 'b');
      await note(2000, 'a', 'b');
      expect(await unreportedSince(ledger.db)).toBe(1000);
      expect(await report(2500)).toEqual([
        ['a,b', ''],
        ['a,b', ''],
      ]);
      expect(await dueChannels(ledger.db, 2500)).toHaveLength(2);
      expect(await unreportedSince(ledger.db)).toBeUndefined();
      expect(await report(2600)).toEqual([]);
      await note(3000, 'b');
      expect(await unreportedSince(ledger.db)).toBe(3000);
      expect((await report(3500))[0]).toEqual(['', 'a']);
      expect((await openAlerts(ledger.db)).map(({ name }) => name)).toEqual(['b']);
      await note(4000, 'a', 'b');
      expect((await report(4500))[0]).toEqual(['a', '']);
    });

    test('that were over before the first report are reported as over', async () => {
      await note(1000, 'a');
      await note(2000);
      expect((await report(3000))[0]).toEqual(['a over', '']);
      expect(await unreportedSince(ledger.db)).toBeUndefined();
    });

    test('are deleted once they are over and reported; without channels, once they are over', async () => {
      const names = async () => {
        const rows = await ledger.db.selectFrom('alerts').select('name').orderBy('name').execute();
        return rows.map(({ name }) => name);
      };
      await note(1000, 'lasts', 'over and told');
      await report(2000);
      await note(3000, 'lasts');
      await report(4000);
      await note(5000, 'lasts', 'over', 'told as begun');
      await note(6000, 'lasts', 'told as begun');
      expect(await names()).toEqual(['lasts', 'over', 'over and told', 'told as begun']);
      await ledger.transact((tx) => purgeAlerts(tx, true));
      expect(await names()).toEqual(['lasts', 'over', 'told as begun']);
      expect((await report(7000))[0]).toEqual(['over over,told as begun', '']);
      await note(8000, 'lasts');
      await ledger.transact((tx) => purgeAlerts(tx, true));
      expect((await report(9000))[0]).toEqual(['', 'told as begun']);
      await note(10_000, 'lasts', 'untold');
      await note(11_000, 'lasts');
      await ledger.transact((tx) => purgeAlerts(tx, false));
      expect(await names()).toEqual(['lasts']);
    });
  });
}
