import { onTestFinished, expect, test } from 'vitest';
import { openBudget } from '../../src/app/account-limits.ts';
import { cachedContext } from '../../src/app/cached-context.ts';
import { RetryLater } from '../../src/core/errors.ts';
import { noCaps } from '../../src/core/limits.ts';
import { spentSince } from '../../src/ledger/accounts/spending.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { setUp } from '../platforms/x/setting.ts';
import { tempDir } from '../support/temp.ts';

const lookup = 'GET /2/tweets';
const price = 5000;

/** X, which charges for each post above, behind the cache; what is spent stands in a real ledger. */
async function openCache(perDay = 9) {
  const setting = await setUp();
  const { x, clock, signal } = setting;
  const ledger = await openSqliteLedger({ file: `${await tempDir()}/ledger.db`, clock });
  onTestFinished(() => ledger[Symbol.asyncDispose]());
  const budget = openBudget(ledger, 'feed x', noCaps);
  const config = setting.feed({ budget: { perDay, perMonth: 9 } });
  const context = cachedContext(await setting.driver.openContext!(config, { ...setting.context, budget }), clock);
  return {
    x,
    clock,
    asked: () => x.count(lookup),
    spent: () => spentSince(ledger.db, 'feed x', 0),
    /** The texts of these posts. */
    read: async (ids: readonly string[], until: AbortSignal = signal) => {
      const found = await context.posts(
        ids.map((id) => ({ id })),
        until,
      );
      return ids.map((id) => {
        const post = found.get(id);
        return typeof post === 'object' ? post.text : post;
      });
    },
  };
}

test('many who ask at the same time below one post cost one request, and who asks for another as well one for that', async () => {
  const { x, read, asked, spent } = await openCache();
  const [a, b] = [x.write('a').id, x.write('b').id];
  const all = await Promise.all([read([a]), read([a]), read([a, b]), read([b])]);
  expect(all).toEqual([['a'], ['a'], ['a', 'b'], ['b']]);
  expect(x.calls.map(({ query }) => query['ids'])).toEqual([a, b]);
  expect([asked(), await spent()]).toEqual([2, 2 * price]);
});

test('an answer counts for a minute, also that there is no such post', async () => {
  const { x, clock, read, asked } = await openCache();
  const post = x.write('a');
  expect(await read([post.id, '7'])).toEqual(['a', 'gone']);
  x.remove(post);
  clock.advance(59_999);
  expect(await read([post.id, '7'])).toEqual(['a', 'gone']);
  expect(asked()).toBe(1);
  clock.advance(1);
  expect(await read([post.id])).toEqual(['gone']);
  expect(asked()).toBe(2);
});

test.each([
  ['too many requests', 429, 40_000],
  // The client itself does not rest then.
  ['no credits are left', 402, 3_700_000],
])(
  'while X asks to wait (%s) nobody else asks it, what is known is still answered, and then it is asked again',
  async (_why, status, waitMs) => {
    const { x, clock, read, asked } = await openCache();
    const [a, b] = [x.write('a').id, x.write('b').id];
    await read([a]);
    const headers = { 'x-rate-limit-reset': `${clock.now() / 1000 + 30}`, 'x-rate-limit-remaining': '0' };
    x.fail(lookup, { status, body: '{}', ...(status === 429 && { headers }) });
    const errors = await Promise.all([read([b]), read([b])].map((reading) => reading.catch((error: unknown) => error)));
    expect(errors).toEqual([expect.any(RetryLater), expect.any(RetryLater)]);
    expect([await read([a]), asked()]).toEqual([['a'], 2]);
    clock.advance(waitMs);
    expect([await read([b]), asked()]).toEqual([['b'], 3]);
  },
);

test('a budget that is used up makes no request, and goes on the next day', async () => {
  const { x, clock, read, asked, spent } = await openCache(0.005);
  const [a, b] = [x.write('a').id, x.write('b').id];
  await read([a]);
  await expect(read([b])).rejects.toThrow('$0.005 a day is used up');
  expect([asked(), await spent()]).toEqual([1, price]);
  clock.advance(86_400_000);
  expect(await read([b])).toEqual(['b']);
});

test('an error is that of who asked; the next in line asks anew', async () => {
  const { x, read, asked } = await openCache();
  const { id } = x.write('a');
  x.fail(lookup, 'reset');
  const [first, second] = await Promise.allSettled([read([id]), read([id])]);
  expect(first).toMatchObject({ status: 'rejected' });
  expect(second).toEqual({ status: 'fulfilled', value: ['a'] });
  expect(asked()).toBe(2);
});

test('who gives up while in line asks nothing, and holds up nobody', async () => {
  const { x, read, asked } = await openCache();
  const [a, b, c] = [x.write('a').id, x.write('b').id, x.write('c').id];
  const stop = new AbortController();
  const readings = [read([a]), read([b], stop.signal), read([c])];
  stop.abort(new Error('stopping'));
  const [first, second, third] = await Promise.allSettled(readings);
  expect(first).toMatchObject({ value: ['a'] });
  expect(second).toMatchObject({ reason: new Error('stopping') });
  expect([third, asked()]).toMatchObject([{ value: ['c'] }, 2]);
});
