import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Resolution } from '../../src/core/citation.ts';
import { decidePosts } from '../../src/ledger/replies/decide-posts.ts';
import { countEarlier } from '../../src/ledger/posts/earlier.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { ingestPosts } from '../../src/ledger/posts/posts.ts';
import { type Counter, counterKey, openWindows, per } from '../../src/rules/counters.ts';
import { resolution } from '../rules/facts.ts';
import { now, verdict } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

const cables = ['07ASTANA2244', '06PARIS1'] as const;

/** Posts in the order of their arrival: `wait` after the one before. */
const arrivals = fc.array(
  fc.record({
    wait: fc.constantFrom(0, 1, 500, 1000),
    author: fc.constantFrom('ada', 'bob'),
    thread: fc.constantFrom(null, 0, 1),
    cited: fc.subarray([...cables]),
  }),
  { minLength: 1, maxLength: 12 },
);

const counters: readonly Counter[] = per.flatMap((whose) =>
  [1000, 2000].map((within) => ({ per: whose, within, most: 100 })),
);

/** What came before a post is counted alike by every ledger, and by a backtest that lets posts pass by. */
export function earlierContract(open: () => Promise<{ ledger: Ledger }>): void {
  describe('what came before a post', () => {
    test('is counted as a backtest counts it, in every window', async () => {
      const { ledger } = await open();
      await using _closed = ledger;
      let run = 0;
      await fc.assert(
        fc.asyncProperty(arrivals, async (valuesList) => {
          run += 1;
          // A platform of its own for each run; whose window is `all` sees the runs before, so they lie further apart.
          const platform = `p${run}`;
          const windows = openWindows(counters);
          let at = now + run * 1_000_000;
          for (const [i, { wait, author, thread, cited }] of valuesList.entries()) {
            at += wait;
            const id = String(i).padStart(3, '0');
            const one = post({
              id,
              platform,
              author: { id: author, handle: author, name: null, bot: false },
              // A thread is called like the post that starts it.
              ...(thread !== null &&
                thread < i &&
                valuesList[thread]?.thread === null && { thread: String(thread).padStart(3, '0') }),
            });
            const resolutions = cited.map((name) => resolution({ referenceId: name as Resolution['referenceId'] }));
            await ledger.transact((tx) => ingestPosts(tx, 'f', [{ post: one, citations: [], surplus: 0 }], at));
            const counted = await countEarlier(
              ledger.db,
              { key: one.key, ingestedAt: at, platform, author, thread: one.thread, cables: cited },
              counters,
            );
            const expected = windows.pass(one, resolutions, at);
            expect(counted).toEqual(counters.map((counter) => expected.get(counterKey(counter))));
            const decision = { key: one.key, at, revision: 0, resolutions, verdict, reply: undefined };
            await ledger.transactEach(decidePosts, decision);
          }
        }),
        { numRuns: 30 },
      );
    });

    test('is what comes before it by its key, of those that came at the same moment', async () => {
      const { ledger } = await open();
      await using _closed = ledger;
      const posts = ['1', '2', '3', '4'].map((id) => ({ post: post({ id }), citations: [], surplus: 0 }));
      await ledger.transact((tx) => ingestPosts(tx, 'f', posts, now));
      const counts = posts.map(({ post: { key, id } }) => {
        const asked = { key, ingestedAt: now, platform: 'file', author: 'ada', thread: id, cables: [] };
        return countEarlier(ledger.db, asked, [{ per: 'author', within: 1000, most: 9 }]);
      });
      expect(await Promise.all(counts)).toEqual([[0], [1], [2], [3]]);
    });

    test('is counted no further than it matters', async () => {
      const { ledger } = await open();
      await using _closed = ledger;
      const posts = ['1', '2', '3', '4'].map((id) => ({ post: post({ id }), citations: [], surplus: 0 }));
      await ledger.transact((tx) => ingestPosts(tx, 'f', posts, now));
      const asked = { key: 'file:4', ingestedAt: now, platform: 'file', author: 'ada', thread: '4', cables: [] };
      expect(await countEarlier(ledger.db, asked, [{ per: 'author', within: 1000, most: 2 }])).toEqual([2]);
    });
  });
}
