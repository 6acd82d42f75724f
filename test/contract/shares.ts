import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import { type Limits, noLimits } from '../../src/core/limits.ts';
import type { Post } from '../../src/core/post.ts';
import { quotaUsed } from '../../src/ledger/accounts/reply-limits.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { ingestPosts } from '../../src/ledger/posts/posts.ts';
import { claimForSending, giveUpReply, plannedReplies } from '../../src/ledger/replies/claim-reply.ts';
import { decidePosts } from '../../src/ledger/replies/decide-posts.ts';
import { approveReply } from '../../src/ledger/replies/held-replies.ts';
import { duePlanned, retryReply } from '../../src/ledger/replies/replies.ts';
import { now, published, replyTo, steps, terms, verdict } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

const midnight = now - (now % dayMs);
const giveUpAfter = 3 * dayMs;

/** Plans replies to these posts, as if they were heard together. */
async function planReplies(ledger: Ledger, posts: readonly Post[], at: number): Promise<void> {
  const ingested = posts.map((each) => ({ post: each, citations: [], surplus: 0 }));
  await ledger.transact((tx) => ingestPosts(tx, 'sample', ingested, at));
  const common = { at, revision: 0, resolutions: [], verdict };
  await Promise.all(
    posts.map((each) => ledger.transactEach(decidePosts, { ...common, key: each.key, reply: replyTo(each) })),
  );
}

/** Fair shares of a day's quota, the same for every database. */
export function sharesContract(open: () => Promise<{ ledger: Ledger; reopen: () => Promise<Ledger> }>): void {
  let ledger: Ledger;
  let reopen: () => Promise<Ledger>;
  beforeEach(async () => {
    ({ ledger, reopen } = await open());
  });
  afterEach(() => ledger[Symbol.asyncDispose]());

  const { mustTake, end, take, state, row } = steps(() => ledger);
  const by = (author: string, id: string, summoned = false): Post =>
    post({ id, summoned, author: { id: author, handle: author, name: null, bot: false } });
  const plan = (posts: readonly Post[], at = now) => planReplies(ledger, posts, at);
  const many = (author: string, count: number) => Array.from({ length: count }, (_, i) => by(author, `${author}${i}`));
  /** Sends all that is due and within the limits, as the workers do. Returns the authors, in order. */
  async function work(at: number, limits: Partial<Limits>, on = ledger): Promise<string[]> {
    const sent: string[] = [];
    for (;;) {
      const due = await duePlanned(on.db, ['log'], at, 1000);
      if (due.length === 0) return sent;
      await Promise.all(
        due.map(async (key) => {
          const taken = await on.transactEach(claimForSending, { key, now: at, terms: terms(limits) });
          if (taken === undefined || !('attempt' in taken)) return;
          sent.push(key.replaceAll(/^file:|\d+$/g, ''));
          await end(taken, { state: 'sent', published: { ...published, id: key } }, at, { ...noLimits, ...limits });
        }),
      );
    }
  }

  describe('an author', () => {
    test.each([
      ['unsummoned', false, 2],
      ['summoned', true, 3],
    ] as const)('gets so many %s replies a day, the others on later days', async (_kind, summoned, most) => {
      await plan(Array.from({ length: 5 }, (_, i) => by('ada', `ada${i}`, summoned)));
      const limits = { perAuthorPerDay: { unsummoned: 2, summoned: 3 } };
      expect(await work(now, limits)).toHaveLength(most);
      expect(await work(now + hourMs, limits)).toEqual([]);
      expect(await work(midnight + dayMs, limits)).toHaveLength(Math.min(most, 5 - most));
    });

    test('has the replies to posts that address the bot counted apart from others', async () => {
      await plan([by('ada', 'a1'), by('ada', 'a2'), by('ada', 'a3', true)]);
      expect(await work(now, { perAuthorPerDay: { unsummoned: 1, summoned: 1 } })).toHaveLength(2);
    });

    test('gets a quarter of what is left while others wait, or while they may still come', async () => {
      await plan(many('ada', 30));
      expect(await work(now, { perDay: 20 })).toHaveLength(5);
      await plan(many('bob', 30));
      expect(await work(now, { perDay: 20 })).toEqual(['bob', 'bob', 'bob']);
      expect(await work(now + hourMs, { perDay: 20 })).toEqual([]);
    });

    test('gets the whole quota where nobody else comes within an hour', async () => {
      await plan(many('ada', 30));
      expect(await work(now, { perDay: 20 })).toHaveLength(5);
      expect(await work(now + hourMs, { perDay: 20 })).toHaveLength(15);
      expect(await quotaUsed(ledger.db, 'log', now)).toBe(20);
      expect(await quotaUsed(ledger.db, 'log', midnight + dayMs)).toBe(0);
    });
  });

  test('authors are answered in turns, however many posts each has', async () => {
    await plan([...many('ada', 9), ...many('bob', 9), ...many('eve', 2)]);
    await plan(many('last', 1), now + 1);
    const order = await work(now + 1, { perDay: 4 });
    expect(order.toSorted()).toEqual(['ada', 'bob', 'eve', 'last']);
    expect((await work(midnight + dayMs, { perDay: 3 })).toSorted()).toEqual(['ada', 'bob', 'eve']);
  });

  test('authors are answered in turns, whatever the order of the wake-ups', async () => {
    await plan([...many('ada', 5), ...many('bob', 5), ...many('eve', 1)]);
    const keys = [...many('ada', 5), ...many('bob', 5), ...many('eve', 1)].map(({ id }) => id).toReversed();
    const taken: string[] = [];
    for (const id of keys) if ('attempt' in ((await take(id, now, terms({ perDay: 3 }))) ?? {})) taken.push(id);
    expect(taken).toEqual(['eve0', 'bob0', 'ada0']);
  });

  test('who comes when another has had many turns is neither behind that one nor before for long', async () => {
    await plan(many('ada', 6), midnight);
    for (const at of [0, 1, 2]) await work(midnight + at * dayMs, { perDay: 1 });
    await plan(many('bob', 3), midnight + 3 * dayMs);
    const order: string[] = [];
    for (const at of [3, 4, 5, 6]) order.push(...(await work(midnight + at * dayMs, { perDay: 1 })));
    expect(order.toSorted()).toEqual(['ada', 'ada', 'bob', 'bob']);
  });

  describe.each([
    [5, 1],
    [20, 2],
  ])('with %i accounts that flood it, a quota of 20 a day', (accounts, day) => {
    const names = Array.from({ length: accounts }, (_, i) => `flood-${String.fromCodePoint(97 + i)}`);
    async function isAnswered(): Promise<boolean> {
      for (let at = midnight; at < midnight + day * dayMs; at += dayMs / 4)
        if ((await work(Math.max(at, now), { perDay: 20 })).includes('honest')) return true;
      return false;
    }

    test(`answers the honest one, last, on day ${day} at the latest`, async () => {
      await plan([...names.flatMap((name) => many(name, 6)), ...many('honest', 1)]);
      expect(await isAnswered()).toBe(true);
    });

    test('even if each account comes after the one before was answered', async () => {
      for (const name of names) {
        await plan(many(name, 6));
        await work(now, { perDay: 20 });
      }
      await plan(many('honest', 1));
      expect(await isAnswered()).toBe(true);
    });
  });

  test('processes that send at the same time pass neither the quota nor a share', async () => {
    await using other = await reopen();
    await plan([...many('ada', 20), ...many('bob', 20)]);
    const limits = { perDay: 12, perAuthorPerDay: { unsummoned: 2, summoned: 2 } };
    const sent = await Promise.all([ledger, other, ledger, other].map((on) => work(now, limits, on)));
    expect(sent.flat().toSorted()).toEqual(['ada', 'ada', 'bob', 'bob']);
  });

  describe('a planned reply that waits too long', () => {
    const later = now + giveUpAfter + 1;
    const giveUp = (id: string, at = later) =>
      ledger.transact((tx) => giveUpReply(tx, `file:${id}`, at - giveUpAfter, at));

    test('is abandoned with the last reason, and not before', async () => {
      await plan(many('ada', 2));
      await mustTake('ada0', now, terms({ perDay: 1 }));
      await take('ada1', now, terms({ perDay: 1 }));
      expect(await giveUp('ada1', now + giveUpAfter)).toBe(false);
      expect(await giveUp('ada1')).toBe(true);
      const reason = 'given up, it waited too long: the daily quota of 1 replies is used up';
      expect(await row('ada1')).toMatchObject({ state: 'abandoned', reason });
      expect(await giveUp('ada0')).toBe(false);
    });

    test('is looked up, if an attempt may have arrived', async () => {
      await plan(many('ada', 1));
      await mustTake('ada0');
      const planned = { state: 'planned', due_at: now, lease_until: null } as const;
      await ledger.transact((tx) => tx.updateTable('replies').set(planned).execute());
      expect(await giveUp('ada0')).toBe(true);
      expect(await row('ada0')).toMatchObject({ state: 'unknown', cancel_requested: 0 });
    });

    test('waits from its approval or retry on', async () => {
      await plan(many('ada', 1));
      expect(await giveUp('ada0')).toBe(true);
      await ledger.transact((tx) => retryReply(tx, 'file:ada0', later));
      expect(await giveUp('ada0')).toBe(false);
      expect(await ledger.load(plannedReplies, { key: 'file:ada0', now: later })).toMatchObject({ plannedAt: later });
      const held = { ...replyTo(by('bob', 'bob')), holdMs: 7 * dayMs };
      await ledger.transact((tx) =>
        ingestPosts(tx, 'sample', [{ post: by('bob', 'bob'), citations: [], surplus: 0 }], now),
      );
      await ledger.transactEach(decidePosts, {
        key: 'file:bob',
        at: now,
        revision: 0,
        resolutions: [],
        verdict,
        reply: held,
      });
      await ledger.transact((tx) => approveReply(tx, 'file:bob', later));
      expect(await giveUp('bob')).toBe(false);
      expect(await state('bob')).toBe('planned');
    });
  });

  test('whatever comes when, no share and no quota is passed, and nobody starves while quota is left', async () => {
    await checkShares(ledger, 6);
  });
}

/** Half days until the next posts come, their author and their number. */
const arrivals = fc.array(
  fc.record({
    wait: fc.nat({ max: 3 }),
    author: fc.constantFrom('a', 'b', 'c', 'd'),
    count: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Whatever the authors and times, the rules of shares hold for every claim. */
export async function checkShares(ledger: Ledger, numRuns: number): Promise<void> {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 9 }), async (all, perDay) => {
      // Each run begins long after the one before.
      await checkRun(ledger, (run += 1), all, perDay);
    }),
    { numRuns },
  );
}

/** What the test knows of a reply. */
interface Known {
  readonly author: string;
  readonly plannedAt: number;
  claimedAt?: number;
  isGivenUp?: true;
}

const halfDay = dayMs / 2;
const ofAuthor = 3;

async function checkRun(
  ledger: Ledger,
  run: number,
  all: readonly { wait: number; author: string; count: number }[],
  perDay: number,
): Promise<void> {
  const limits = { perDay, perAuthorPerDay: { unsummoned: ofAuthor, summoned: ofAuthor } };
  const known = new Map<string, Known>();
  let last = midnight + run * 30 * dayMs;
  const timed = all.map(({ wait, ...rest }) => ({ ...rest, at: (last += wait * halfDay) }));
  const isOpen = ({ claimedAt, isGivenUp }: Known) => claimedAt === undefined && isGivenUp !== true;
  for (let at = midnight + run * 30 * dayMs; at <= last || [...known.values()].some(isOpen); at += halfDay) {
    for (const { author, count } of timed.filter((one) => one.at === at)) {
      const posts = Array.from({ length: count }, (_, i) => {
        const id = `${run}-${known.size + i}`;
        return post({ id, author: { id: `${run}${author}`, handle: author, name: null, bot: false } });
      });
      await planReplies(ledger, posts, at);
      for (const { key } of posts) known.set(key, { author, plannedAt: at });
    }
    for (const key of await duePlanned(ledger.db, ['log'], at, 1000)) {
      const reply = known.get(key)!;
      if (reply.plannedAt < at - giveUpAfter) {
        await ledger.transact((tx) => giveUpReply(tx, key, at - giveUpAfter, at));
        reply.isGivenUp = true;
        continue;
      }
      const taken = await ledger.transactEach(claimForSending, { key, now: at, terms: terms(limits) });
      if (taken === undefined || !('attempt' in taken)) continue;
      expectFair(
        [...known.values()].filter((one) => one !== reply),
        reply.author,
        at,
        perDay,
      );
      reply.claimedAt = at;
    }
  }
  for (const reply of known.values())
    if (reply.isGivenUp === true) expectNoQuotaLeft([...known.values()], reply, perDay);
}

function expectFair(others: readonly Known[], author: string, at: number, perDay: number): void {
  const used = others.filter(({ claimedAt = 0 }) => claimedAt >= at - (at % dayMs));
  const own = used.filter((one) => one.author === author).length;
  const left = perDay - used.length;
  expect(left).toBeGreaterThan(0);
  expect(own).toBeLessThan(ofAuthor);
  const othersWait = others.some(
    (one) => one.author !== author && one.claimedAt === undefined && one.isGivenUp !== true,
  );
  if (othersWait) expect(own).toBeLessThan(Math.max(1, Math.floor((left + own) / 4)));
}

/** An author who got nothing for all that time has met whole days without quota. */
function expectNoQuotaLeft(all: readonly Known[], { author, plannedAt }: Known, perDay: number): void {
  if (all.some((one) => one.author === author && (one.claimedAt ?? 0) >= plannedAt)) return;
  const firstDay = plannedAt - (plannedAt % dayMs) + dayMs;
  for (let day = firstDay; day + dayMs <= plannedAt + giveUpAfter; day += dayMs) {
    const used = all.filter(({ claimedAt = 0 }) => claimedAt >= day && claimedAt < day + dayMs);
    expect(used.length).toBe(perDay);
  }
}
