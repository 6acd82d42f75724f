import { sql } from 'kysely';
import { hourMs } from '../../src/core/durations.ts';
import { postponePost } from '../../src/ledger/posts/posts.ts';
import { codecs } from '../../src/ledger/db/codecs.ts';
import { cited } from '../support/digests.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditPage, recordAudit } from '../../src/ledger/operators/audit-log.ts';
import { consentsPage, optIn, optOut } from '../../src/ledger/operators/consents.ts';
import { countPosts, countReplies, hourlyFlow, postsIn, repliesIn, startOfHour } from '../../src/ledger/posts/flow.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { changeToken, isPostgres, type PageToken } from '../../src/ledger/db/queries.ts';
import type { SessionRow } from '../../src/ledger/db/schema.ts';
import {
  insertNotices,
  lostNotices,
  postponeNotices,
  retryNotices,
  claimNotices,
} from '../../src/ledger/operators/notices.ts';
import { authorsNamed } from '../../src/ledger/posts/authors.ts';
import { type Search, searchPosts } from '../../src/ledger/posts/search-posts.ts';
import {
  endSession,
  purgeSessions,
  sessionOf,
  startSession,
  touchSession,
} from '../../src/ledger/operators/sessions.ts';
import { now, published, steps } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

const mentionOf = (post_key: string, position: number) => ({
  post_key,
  position,
  reference_id: '07ASTANA2244',
  status: 'resolved',
  resolution: codecs.mentions.resolution.encode(cited('07ASTANA2244')),
  at: now,
});

/** Queries of the operator's page, the same for every database. */
export function operatorPageContract(open: () => Promise<{ ledger: Ledger; reopen: () => Promise<Ledger> }>): void {
  let ledger: Ledger;
  let reopen: () => Promise<Ledger>;

  beforeEach(async () => {
    ({ ledger, reopen } = await open());
  });
  afterEach(() => ledger[Symbol.asyncDispose]());

  const { keepThese, keep, plan, mustTake, end } = steps(() => ledger);

  /** All pages of a list, by what `show` sees in its items. */
  async function pages<T>(
    page: (after: PageToken | undefined) => Promise<{ items: readonly T[]; next: PageToken | undefined }>,
  ) {
    const found: (readonly T[])[] = [];
    let after: PageToken | undefined;
    do {
      const { items, next } = await page(after);
      found.push(items);
      after = next;
    } while (after !== undefined);
    return found;
  }

  describe('the operator’s page', () => {
    test('a session is found while its time lasts, and not after its end', async () => {
      const span = { idleMs: 100, mostMs: 1000 };
      const session: SessionRow = { id: 's', name: 'ada', proof: 'p', started_at: now, seen_at: now };
      await ledger.transact((tx) => startSession(tx, session));
      const at = (later: number) => sessionOf(ledger.db, 's', { now: now + later, ...span });
      expect(await at(99)).toEqual(session);
      expect(await at(100)).toBeUndefined();
      await ledger.transact((tx) => touchSession(tx, 's', now + 950));
      expect(await at(999)).toEqual({ ...session, seen_at: now + 950 });
      expect(await at(1000)).toBeUndefined();
      await ledger.transact((tx) => purgeSessions(tx, { now: now + 999, ...span }));
      expect(await at(999)).toBeDefined();
      await ledger.transact((tx) => purgeSessions(tx, { now: now + 1000, ...span }));
      expect(await at(999)).toBeUndefined();
      await ledger.transact((tx) => startSession(tx, session));
      await ledger.transact((tx) => endSession(tx, 's'));
      expect(await at(0)).toBeUndefined();
    });

    test('posts are found by cable, words, author, feed and state', async () => {
      await keepThese([
        post({ id: '1', text: 'Übung 100% _ "quoted" \\ ~ end' }),
        post({ id: '2', author: { id: 'm', handle: 'Mira', name: null, bot: false }, platform: 'x', key: 'x:2' }),
      ]);
      await keep('3');
      await ledger.transact((tx) => tx.insertInto('mentions').values(mentionOf('file:3', 0)).execute());
      const found = async (search: Search) => {
        const { posts } = await searchPosts(ledger.db, search, { after: undefined, limit: 10 });
        return posts.map(({ key }) => key);
      };
      expect(await found({})).toEqual(['x:2', 'file:3', 'file:1']);
      for (const text of ['100% _', '"QUOTED" \\', '~ end', 'bung'])
        expect([text, await found({ text })]).toEqual([text, ['file:1']]);
      for (const text of ['1%end', 'quoted_', '100__']) expect([text, await found({ text })]).toEqual([text, []]);
      expect(await found({ author: 'mira' })).toEqual(['x:2']);
      expect(await found({ author: 'mir' })).toEqual([]);
      expect(await found({ author: 'mira', referenceId: '07ASTANA2244' })).toEqual([]);
      expect(await found({ platform: 'x' })).toEqual(['x:2']);
      expect(await found({ feed: 'other' })).toEqual([]);
      expect(await found({ state: 'decided' })).toEqual([]);
      expect(await found({ referenceId: '07ASTANA2244' })).toEqual(['file:3']);
    });

    test('authors are found by their id or their handle, whatever is in it', async () => {
      const long = 'ha'.repeat(150);
      const handles = ['Mira@social.example', 'a"b', 'a"c', 'a\\', long, `${long}!`, ''];
      await keepThese(
        handles.map((handle, id) => post({ id: `${id}`, author: { id: `id:${id}`, handle, name: null, bot: false } })),
      );
      const found = async (name: string) => (await authorsNamed(ledger.db, name)).map(({ id }) => id);
      for (const [id, handle] of handles.entries())
        expect([handle, await found(handle)]).toEqual([handle, handle === '' ? [] : [`id:${id}`]]);
      expect(await found('@MIRA@social.example')).toEqual(['id:0']);
      expect(await found('file:id:4')).toEqual(['id:4']);
      for (const name of ['mira', 'a', 'file:id', 'x:id:4', '%']) expect([name, await found(name)]).toEqual([name, []]);
    });

    test('lists come in pages, each item once', async () => {
      const ids = Array.from({ length: 7 }, (_, i) => `${i}`);
      await keep(...ids);
      for (const id of ids) {
        await ledger.transact(async (tx) => {
          await recordAudit(tx, { at: now, actor: 'ada', action: 'pause', target: id, note: '' });
          await (Number(id) % 2 === 0
            ? optOut(tx, { person: id, source: 's' }, now)
            : optIn(tx, { person: id, source: 's' }, now));
        });
      }
      const limit = 3;
      const posts = await pages(async (after) => {
        const { posts: items, next } = await searchPosts(ledger.db, {}, { after, limit });
        return { items: items.map(({ key }) => key), next };
      });
      expect(posts.map((page) => page.length)).toEqual([3, 3, 1]);
      expect(posts.flat()).toEqual(ids.toReversed().map((id) => `file:${id}`));
      const mentions = posts.flat().flatMap((key) => [mentionOf(key, 0), mentionOf(key, 1)]);
      await ledger.transact((tx) => tx.insertInto('mentions').values(mentions).execute());
      for (const filter of [{}, { state: 'pending', since: 0 }] as const) {
        const citing = await pages(async (after) => {
          const search = { referenceId: '07ASTANA2244', ...filter };
          const { posts: items, next } = await searchPosts(ledger.db, search, { after, limit });
          return { items: items.map(({ key }) => key), next };
        });
        expect(citing).toEqual(posts);
      }
      const auditLog = await pages(async (after) => {
        const { rows: items, next } = await auditPage(ledger.db, { after, limit });
        return { items: items.map(({ target }) => target), next };
      });
      expect([auditLog.length, auditLog.flat().toSorted()]).toEqual([3, ids]);
      const consents = await pages(async (after) => {
        const { rows: items, next } = await consentsPage(ledger.db, { after, limit });
        return { items: items.map(({ person, choice }) => `${person} ${choice}`), next };
      });
      expect([consents.length, consents.flat()]).toEqual([
        3,
        ids.toReversed().map((id) => `${id} ${Number(id) % 2 === 0 ? 'out' : 'in'}`),
      ]);
      const about = { after: undefined, limit, target: '5' };
      expect((await auditPage(ledger.db, about)).rows.map(({ target }) => target)).toEqual(['5']);
    });

    test('the hours of a day are counted, each by its own ranges of indexes', async () => {
      await keep('1', '3', '4');
      await plan(post({ id: '2' }));
      await plan(post({ id: '5' }));
      await end(await mustTake('2', now + hourMs), { state: 'sent', published });
      await end(await mustTake('5', now + hourMs), { state: 'refused', reason: 'no' });
      const reject = { id: 'r', feed: 'sample', position: '1', at: now + 2 * hourMs, reason: 'no text', excerpt: '{}' };
      await ledger.transact((tx) => tx.insertInto('rejects').values(reject).execute());
      await ledger.transact((tx) => postponePost(tx, 'file:4', 'disk error', null));
      const first = startOfHour(now);
      const hours = await hourlyFlow(ledger.db, { since: now, now: first + 3 * hourMs }, ['log', 'other']);
      expect(hours.map(({ from }) => from)).toEqual([0, 1, 2, 3].map((hour) => first + hour * hourMs));
      expect(hours.map(({ posts }) => posts)).toEqual([
        { pending: 2, decided: 2, failed: 1 },
        ...Array.from({ length: 3 }, () => ({ pending: 0, decided: 0, failed: 0 })),
      ]);
      expect(hours.map(({ unreadable }) => unreadable)).toEqual([0, 0, 1, 0]);
      expect(hours.map((hour) => [repliesIn([hour], ['log']), repliesIn([hour], ['log'], ['refused'])])).toEqual([
        [0, 0],
        [1, 1],
        [0, 0],
        [0, 0],
      ]);
      expect([postsIn(hours), postsIn(hours, ['failed']), repliesIn(hours, ['other'])]).toEqual([5, 1, 0]);
    });

    test.each([
      ['posts', () => countPosts(ledger.db, [now]), ['posts_decided', 'posts_failed', 'posts_pending', 'rejects_at']],
      ['replies', () => countReplies(ledger.db, [now], ['log']), ['replies_by_state']],
    ])('the query of the hours reads no %s but those it counts', async (_, query, indexes) => {
      const lines = await ledger.transact(async (tx) => {
        if (!isPostgres(tx))
          return (await sql<{ detail: string }>`explain query plan ${query()}`.execute(tx)).rows.map(
            ({ detail }) => detail,
          );
        // Of a table without rows the whole is read at once.
        await sql`set local enable_seqscan = off`.execute(tx);
        return (await sql<{ 'QUERY PLAN': string }>`explain ${query()}`.execute(tx)).rows.map(
          (row) => row['QUERY PLAN'],
        );
      });
      expect(lines.filter((line) => /Seq Scan|SCAN (?!json_each)/.test(line))).toEqual([]);
      const used = lines.flatMap((line) => /(?:COVERING INDEX|Index Only Scan using) (\w+)/.exec(line)?.[1] ?? []);
      expect([...new Set(used)].toSorted()).toEqual(indexes);
      // Both ends of the hour: without one it would be all hours before or after.
      const ranges = lines.filter((line) => /COVERING INDEX|Index Cond/.test(line));
      expect(ranges.length).toBeGreaterThanOrEqual(indexes.length);
      for (const range of ranges) expect(range).toMatch(/>.*</);
    });

    test('abandoned notices are due again on request', async () => {
      await keep('1');
      const channel = 'desk';
      const content = { subject: '@ada cites 07ASTANA2244', text: 'a post' };
      const again = () => ledger.transact((tx) => retryNotices(tx, channel, now));
      await ledger.transact((tx) => insertNotices(tx, [{ channel, postKey: 'file:1', content, at: now }]));
      expect(await again()).toBe(false);
      await ledger.transact((tx) => postponeNotices(tx, ['desk file:1'], { dueAt: null, error: '500' }));
      expect(await lostNotices(ledger.db)).toMatchObject([{ channel, count: 1 }]);
      expect(await again()).toBe(true);
      expect(await lostNotices(ledger.db)).toEqual([]);
      const terms = { channel, now, leaseMs: 1000, most: 5 };
      expect(await ledger.transact((tx) => claimNotices(tx, terms))).toMatchObject([{ content, attempts: 1 }]);
    });

    test('every write changes the change token, a read does not', async () => {
      const before = await changeToken(ledger.db);
      await searchPosts(ledger.db, {}, { after: undefined, limit: 1 });
      expect(await changeToken(ledger.db)).toBe(before);
      await keep('1');
      const own = await changeToken(ledger.db);
      expect(own).not.toBe(before);
      await using other = await reopen();
      await other.transact((tx) => recordAudit(tx, { at: now, actor: 'ada', action: 'x', target: 'y', note: '' }));
      expect(await changeToken(ledger.db)).not.toBe(own);
    });
  });
}
