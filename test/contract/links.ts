import { violationsOf } from './ledger-check.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resetFutureTimes } from '../../src/ledger/processes/processes.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { countLinks, listLinks, pageOf, probeSoon, purgeLinks, purgePages } from '../../src/ledger/links/link-list.ts';
import {
  dueHosts,
  releaseHost,
  deadPages,
  recordLinks,
  claimHost,
  type HostClaim,
  type HostRelease,
} from '../../src/ledger/links/link-checks.ts';
import { now } from '../support/ledger.ts';

const host = 'site.example';
const url = `https://${host}/07ASTANA1.html`;
const leaseMs = 1000;
const dayMs = 86_400_000;

/** Health of the pages that replies link to, the same for every database. */
export function linksContract(open: () => Promise<{ ledger: Ledger; reopen: () => Promise<Ledger> }>): void {
  let ledger: Ledger;
  let reopen: () => Promise<Ledger>;
  beforeEach(async () => {
    ({ ledger, reopen } = await open());
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
  });

  const note = (page = url, wanted: string | null = null, at = now) =>
    ledger.transact((tx) => recordLinks(tx, [{ url: page, host: new URL(page).host, wanted, at }]));
  const take = (at = now, on = ledger, purpose: 'all' | 'wanted' = 'all') =>
    on.transact((tx) => claimHost(tx, { host, now: at, leaseMs, purpose }));
  const mustTake = async (at = now): Promise<HostClaim> => {
    const claim = await take(at);
    if (claim === undefined) throw new Error('not taken');
    return claim;
  };
  const end = (claim: HostClaim, more: Partial<HostRelease> = {}, at = now) => {
    const { health, refusesHead } = claim;
    return ledger.transact((tx) =>
      releaseHost(tx, claim, { requestedAt: at, nextAt: at + 10, health, refusesHead, ...more }),
    );
  };
  const row = async (page = url) =>
    (await listLinks(ledger.db, { states: [], limit: 9 })).find((one) => one.url === page);
  const dead = {
    state: 'dead',
    dueAt: now + dayMs,
    checkedAt: now,
    failures: 2,
    failingSince: now,
    deadSince: now,
    reason: 'status 404',
  } as const;

  describe('links', () => {
    test('a page is recorded once, however often it is linked, and is due', async () => {
      await ledger.transact((tx) =>
        recordLinks(tx, [
          { url, host, wanted: null, at: now },
          { url, host, wanted: null, at: now },
        ]),
      );
      await note(url, null, now + 5);
      expect(await listLinks(ledger.db, { states: [], limit: 9 })).toMatchObject([
        { url, state: 'new', due_at: now, seen_at: now },
      ]);
      expect(await dueHosts(ledger.db, now, 'all')).toEqual([host]);
      expect(await dueHosts(ledger.db, now - 1, 'all')).toEqual([]);
      expect(await dueHosts(ledger.db, now, 'wanted')).toEqual([]);
    });

    test('one process at a time claims a site, with the page that has been due longest', async () => {
      await note();
      await note(`https://${host}/older`, null, now - 1);
      await using other = await reopen();
      const turns = (await Promise.all([take(), take(now, other), take()])).filter((claim) => claim !== undefined);
      expect(turns.map((claim) => claim.url)).toEqual([`https://${host}/older`]);
      expect(await dueHosts(ledger.db, now, 'all')).toEqual([]);
      expect(await take(now + leaseMs)).toMatchObject({ url: `https://${host}/older` });
    });

    test('a site without a page that is due is left as it was', async () => {
      await note(url, null, now + 5);
      expect(await take()).toBeUndefined();
      expect(await take(now + 5)).toBeDefined();
    });

    test('a result is stored, with the wait after it; after the end of the lease it is not', async () => {
      await note();
      const late = await mustTake();
      const claim = await mustTake(now + leaseMs);
      expect(await end(late, { link: { ...dead, reason: 'late' } })).toBe(false);
      expect(await end(claim, { link: dead, robots: 'User-agent: *', refusesHead: true })).toBe(true);
      expect(await row()).toMatchObject({ state: 'dead', dead_since: now, reason: 'status 404' });
      await ledger.transact((tx) => probeSoon(tx, now));
      expect(await take(now + 9)).toBeUndefined();
      expect(await take(now + 10)).toMatchObject({
        refusesHead: true,
        robots: { text: 'User-agent: *', at: now },
        link: { deadSince: now },
      });
    });

    test('dead pages come with their time, and so do all pages of a dead site', async () => {
      const other = `https://${host}/07ASTANA2.html`;
      await note();
      await note(other);
      await end(await mustTake(), { link: dead });
      expect([...(await deadPages(ledger.db, [url, other, 'https://elsewhere.example/']))]).toEqual([[url, now]]);
      const claim = await mustTake(now + 10);
      await end(claim, { health: { ...claim.health, deadSince: now - 7 } });
      expect(await deadPages(ledger.db, [url, other])).toEqual(
        new Map([
          [url, now],
          [other, now - 7],
        ]),
      );
      expect(await deadPages(ledger.db, [])).toEqual(new Map());
      expect((await countLinks(ledger.db)).get('dead')).toBe(1);
    });

    test('a missing text is read once from its page, and not again while the page is stored', async () => {
      await note();
      await end(await mustTake(), {
        link: { ...dead, state: 'alive', deadSince: null, failures: 0, failingSince: null },
      });
      await note(url, '07ASTANA1', now + 20);
      expect(await row()).toMatchObject({ wanted: '07ASTANA1', due_at: now + 20 });
      const claim = await take(now + 20, ledger, 'wanted');
      expect(claim).toMatchObject({ wanted: '07ASTANA1' });
      await end(claim!, { link: claim!.link, page: { text: 'the page', reason: null } }, now + 20);
      expect(await pageOf(ledger.db, '07ASTANA1')).toBe('the page');
      await note(url, '07ASTANA1', now + 30);
      expect(await row()).toMatchObject({ wanted: null });
      await ledger.transact((tx) => purgePages(tx, now + 21));
      await note(url, '07ASTANA1', now + 40);
      expect(await row()).toMatchObject({ wanted: '07ASTANA1' });
    });

    test('a text that becomes wanted during a probe keeps its page due', async () => {
      await note();
      const claim = await mustTake();
      await note(url, '07ASTANA1', now + 1);
      await end(claim, { link: { ...claim.link, state: 'alive', dueAt: now + dayMs } });
      expect(await row()).toMatchObject({ wanted: '07ASTANA1', due_at: now + 1 });
    });

    test('a wanted text does not hurry the probe of a missing page', async () => {
      await note();
      await end(await mustTake(), { link: dead });
      await note(url, '07ASTANA1', now + 1);
      expect(await row()).toMatchObject({ wanted: '07ASTANA1', due_at: dead.dueAt });
    });

    test('a page without links for long is deleted, a popular one is not', async () => {
      await note();
      await note(`https://${host}/popular`);
      await note(`https://${host}/popular`, null, now + 40 * dayMs);
      await ledger.transact((tx) => purgeLinks(tx, now + 35 * dayMs));
      expect((await listLinks(ledger.db, { states: [], limit: 9 })).map((one) => one.url)).toEqual([
        `https://${host}/popular`,
      ]);
    });

    test('times of a clock that was fast do not stop the probes', async () => {
      await note();
      await end(await mustTake(), { link: { ...dead, checkedAt: now + dayMs }, nextAt: now + dayMs }, now + dayMs);
      await ledger.transact((tx) => resetFutureTimes(tx, now));
      expect(await dueHosts(ledger.db, now, 'all')).toEqual([host]);
    });

    test('the check of a ledger names a page of an unknown site, and a dead page without a time', async () => {
      await note();
      await end(await mustTake(), { link: { ...dead, deadSince: null } });
      expect(await violationsOf(ledger.db)).toEqual([`the page ${url} is dead, but not since when`]);
      await ledger.transact((tx) => tx.deleteFrom('link_hosts').execute());
      expect(await violationsOf(ledger.db)).toContain(`the page ${url} belongs to an unknown site`);
    });
  });
}
