import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { PageToken } from '../../src/ledger/db/queries.ts';
import { postRow } from '../../src/ledger/posts/posts.ts';
import {
  approveTrackback,
  claimProbe,
  decideSite,
  dueTrackbacks,
  type TrackbackProbe,
  recordProbe,
  receiveTrackback,
  purgeTrackbacks,
  rejectTrackback,
  type Trackback,
  trackbackRow,
  trackbackSites,
  trackbacksIn,
} from '../../src/ledger/links/trackback-rows.ts';
import { now } from '../support/ledger.ts';

const minute = 60_000;
const hour = 60 * minute;
const links = {
  kind: 'links',
  title: 'Of chopsticks',
  site: 'A blog',
  again: now + hour,
} as const satisfies TrackbackProbe;
const removed: TrackbackProbe = { kind: 'removed', error: 'it answered 404' };

/** What other sites say of cable pages, the same for every database. */
export function trackbacksContract(open: () => Promise<{ ledger: Ledger }>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ({ ledger } = await open());
  });
  afterEach(() => ledger[Symbol.asyncDispose]());

  const received = (source = 'https://blog.example/1', host = 'blog.example'): Trackback => ({
    kind: 'webmention',
    source,
    host,
    domain: host,
    cable: '07ASTANA2244',
    page: 'https://cables.example/cable/07ASTANA2244',
    paragraph: 5,
    title: '',
    site: '',
    excerpt: '',
  });
  const note = (page = received(), at = now) => ledger.transact((tx) => receiveTrackback(tx, page, at));
  async function noted(page = received(), at = now): Promise<string> {
    const taken = await note(page, at);
    if (taken === 'full') throw new Error('full');
    return taken.id;
  }
  const row = async (id: string) => (await trackbackRow(ledger.db, id))!;
  const claim = async (id: string, at: number) => {
    await ledger.transact((tx) => tx.updateTable('trackbacks').set({ due_at: at }).where('id', '=', id).execute());
    return await ledger.transact((tx) => claimProbe(tx, id, at));
  };
  const probe = async (id: string, looked: TrackbackProbe, at = now) => {
    const claimed = await claim(id, at);
    await ledger.transact((tx) => recordProbe(tx, claimed!, looked, at));
  };
  const approve = (id: string) => ledger.transact((tx) => approveTrackback(tx, id, now));
  const reject = (id: string) => ledger.transact((tx) => rejectTrackback(tx, id, now));

  describe('a page that reports its link', () => {
    test('is stored once, is due, waits for approval when the link is verified, and then becomes a post', async () => {
      const id = await noted();
      expect(await noted(received(), now + 1)).toBe(id);
      expect(await dueTrackbacks(ledger.db, now, 10)).toEqual([id]);
      expect(await approve(id)).toBe(false);
      await probe(id, links);
      expect(await row(id)).toMatchObject({ state: 'pending', title: 'Of chopsticks', due_at: now + hour });
      expect(await approve(id)).toBe(true);
      expect(await approve(id)).toBe(false);
      const { state, post_key: key } = await row(id);
      expect(state).toBe('approved');
      expect(JSON.parse((await postRow(ledger.db, key!))!.post)).toMatchObject({ platform: 'rss', summoned: false });
    });

    test('and is removed takes its post with it; when it comes back it waits for approval again, as another post', async () => {
      const id = await noted();
      await probe(id, links);
      await approve(id);
      const { post_key: first } = await row(id);
      await probe(id, removed);
      expect(await row(id)).toMatchObject({ state: 'removed', due_at: null, post_key: null });
      expect(await postRow(ledger.db, first!)).toMatchObject({ state: 'deleted' });
      await noted(received(), now + hour);
      expect(await row(id)).toMatchObject({ state: 'new', due_at: now + 24 * hour });
      await probe(id, { ...links, again: now + 2 * hour }, now + hour);
      expect(await ledger.transact((tx) => approveTrackback(tx, id, now + hour))).toBe(true);
      expect((await row(id)).post_key).not.toBe(first);
    });

    test('and cannot be read stays approved if it was, and is refused otherwise', async () => {
      const [shown, fresh] = [await noted(), await noted(received('https://blog.example/2'))];
      await probe(shown, links);
      await approve(shown);
      for (const id of [shown, fresh]) await probe(id, { kind: 'unclear', error: 'it answered 503', again: null });
      expect(await row(shown)).toMatchObject({ state: 'approved', error: 'it answered 503' });
      expect(await row(fresh)).toMatchObject({ state: 'refused', attempts: 1 });
    });

    test('and was rejected stays rejected; a probe that was in flight changes nothing', async () => {
      const id = await noted();
      await probe(id, links);
      await approve(id);
      const before = await row(id);
      expect(await reject(id)).toBe(true);
      expect(await reject(id)).toBe(false);
      await ledger.transact((tx) => recordProbe(tx, before, removed, now));
      expect(await noted(received(), now + hour)).toBe(id);
      expect(await row(id)).toMatchObject({ state: 'rejected', due_at: null, post_key: null });
      expect(await postRow(ledger.db, before.post_key!)).toMatchObject({ state: 'deleted' });
    });
  });

  describe('many pages', () => {
    const fill = async (count = 20) => {
      const ids: string[] = [];
      for (let i = 0; i < count; i += 1) ids.push(await noted(received(`https://blog.example/${i}`)));
      return ids;
    };

    test('of one site wait, and no more; those of others have room', async () => {
      const [first] = await fill();
      expect(await note(received('https://blog.example/20'))).toBe('full');
      expect(await note(received('https://other.example/', 'other.example'))).not.toBe('full');
      expect(await note(received('https://blog.example/20'), now + 48 * hour)).toBe('full');
      await probe(first!, removed);
      expect(await note(received('https://blog.example/20'))).not.toBe('full');
      // One that comes back needs room as well.
      expect(await note(received('https://blog.example/0'))).toBe('full');
    });

    test('are probed at most once each while they are leased, and again after a day', async () => {
      const [id] = await fill(1);
      const claims = await Promise.all([1, 2, 3].map(() => ledger.transact((tx) => claimProbe(tx, id!, now))));
      expect(claims.filter((claimed) => claimed !== undefined)).toHaveLength(1);
      await ledger.transact((tx) =>
        recordProbe(
          tx,
          claims.find((claimed) => claimed !== undefined)!,
          links,
          now,
        ),
      );
      for (let i = 0; i < 3; i += 1) await noted(received('https://blog.example/0'), now + i);
      expect(await row(id!)).toMatchObject({ state: 'pending', due_at: now + 24 * hour });
    });

    test('of one site are probed so often an hour, however many there are; the others are due later', async () => {
      const ids = await fill();
      for (const id of ids.slice(0, 19)) await probe(id, removed);
      const [last, more] = [ids[19]!, await noted(received('https://blog.example/more'))];
      expect(await claim(last, now)).toMatchObject({ probed_at: now });
      expect(await claim(more, now)).toBeUndefined();
      expect((await row(more)).due_at).toBeGreaterThan(now);
      expect(await claim(more, now + hour)).toMatchObject({ probed_at: now + hour });
    });

    test('of all sites together are probed so often an hour', async () => {
      const id = await noted(received('https://late.example/', 'late.example'));
      const before = await row(id);
      const others = Array.from({ length: 300 }, (_, i) => {
        return {
          ...before,
          id: `other ${i}`,
          domain: `${i}.example`,
          state: 'removed',
          due_at: null,
          probed_at: now,
        } as const;
      });
      await ledger.transact((tx) => tx.insertInto('trackbacks').values(others).execute());
      expect(await claim(id, now + 1)).toBeUndefined();
      expect(await claim(id, now + hour)).toMatchObject({ probed_at: now + hour });
    });

    test('of a site are approved or rejected together', async () => {
      const ids = await fill(3);
      await noted(received('https://blog.example/not-probed'));
      for (const id of ids) await probe(id, links);
      expect(await trackbackSites(ledger.db, 'pending', 5)).toEqual([{ domain: 'blog.example', pages: 3 }]);
      const decide = (choice: 'approve' | 'reject') =>
        ledger.transact((tx) => decideSite(tx, { domain: 'blog.example', choice }, now));
      expect(await decide('approve')).toBe(3);
      expect(await decide('reject')).toBe(0);
      for (const id of ids) expect((await row(id)).state).toBe('approved');
    });

    test('that nobody approves are deleted in time', async () => {
      const [waiting, fresh] = [await noted(), await noted(received('https://blog.example/2'), now + 1)];
      await probe(waiting, links);
      // To send it again does not keep it.
      await noted(received(), now + 24 * hour);
      await ledger.transact((tx) => purgeTrackbacks(tx, now, now + 30 * 24 * hour + 1));
      expect(await trackbackRow(ledger.db, waiting)).toBeUndefined();
      expect((await row(fresh)).state).toBe('new');
    });

    test('are listed by their state, the latest first, page by page', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i += 1) {
        ids.push(await noted(received(`https://blog.example/${i}`), now + Math.floor(i / 2)));
        await probe(ids[i]!, links);
      }
      const seen: string[] = [];
      let after: PageToken | undefined;
      do {
        const { rows, next } = await trackbacksIn(ledger.db, 'pending', { after, limit: 2 });
        seen.push(...rows.map(({ id }) => id));
        after = next;
      } while (after !== undefined);
      expect(seen.toSorted()).toEqual(ids.toSorted());
      expect(seen[0]).toBe(ids[4]);
      expect((await trackbacksIn(ledger.db, 'approved', { after: undefined, limit: 2 })).rows).toEqual([]);
    });

    test('that came to nothing are deleted; rejected ones are not', async () => {
      const [lost, rejected, waiting] = [
        await noted(),
        await noted(received('https://blog.example/2')),
        await noted(received('https://blog.example/3')),
      ];
      await probe(lost, removed);
      await reject(rejected);
      await ledger.transact((tx) => purgeTrackbacks(tx, now + 1, now + 1));
      expect(await trackbackRow(ledger.db, lost)).toBeUndefined();
      expect((await row(rejected)).state).toBe('rejected');
      expect((await row(waiting)).state).toBe('new');
    });
  });
}
