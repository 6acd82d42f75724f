import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Limits } from '../../src/core/limits.ts';
import type { Payload } from '../../src/core/reply.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { startCooldown } from '../../src/ledger/accounts/accounts.ts';
import { deletePost, editPost } from '../../src/ledger/posts/post-changes.ts';
import type { PlannedReply } from '../../src/ledger/replies/replies.ts';
import {
  claimReplacement,
  endReplacement,
  type Replacement,
  type ReplacementEnding,
} from '../../src/ledger/replies/replace-reply.ts';
import { now, published, replyTo, steps, terms } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

const minute = 60_000;
const day = 1440 * minute;

/** The text of a sent reply is replaced after an edit, the same for every database. */
export function replacementsContract(open: () => Promise<{ ledger: Ledger }>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ({ ledger } = await open());
  });
  afterEach(() => ledger[Symbol.asyncDispose]());

  const { plan, decide, mustTake, end, state, row } = steps(() => ledger);
  const answered = post({ id: '1' });
  const key = 'file:1';

  /** The reply to a revision of the post, which cites something else each time. */
  const next = (revision: number, more: Partial<Payload> = {}): PlannedReply => {
    const reply = replyTo(answered, { key: `file:1#${revision}`, cited: [`cited ${revision}:`] });
    return { ...reply, payload: { ...reply.payload, text: `text ${revision}`, ...more } };
  };
  async function send(): Promise<void> {
    await plan(answered);
    await end(await mustTake('1'), { state: 'sent', published });
  }
  async function edit(revision: number, reply: PlannedReply = next(revision), at = now): Promise<void> {
    const citations = [{ written: `${revision}` }] as never;
    const incoming = { post: { ...answered, text: `edit ${revision}` }, citations, surplus: 0 };
    await ledger.transact((tx) => editPost(tx, incoming, at));
    await decide('1', reply, { revision, cancelRequested: [key], canReplace: true });
  }
  const take = (at = now, limits: Partial<Limits> = {}) =>
    ledger.transact((tx) => claimReplacement(tx, { key, now: at, terms: terms(limits) }));
  async function mustClaim(at = now): Promise<Replacement> {
    const taken = await take(at);
    if (taken === undefined || !('attempt' in taken)) throw new Error(`not taken: ${JSON.stringify(taken)}`);
    return taken;
  }
  const finish = (replacement: Replacement, ending: ReplacementEnding, at = now) =>
    ledger.transact((tx) => endReplacement(tx, replacement, ending, at));
  const sent = { state: 'sent', published } as const;

  test('keeps the old text until the platform has the new one', async () => {
    await send();
    await edit(1);
    const replacement = await mustClaim();
    expect(replacement).toMatchObject({ published, payload: { text: 'text 1' } });
    expect((await row('1'))?.payload).toContain('the link');
    expect(await finish(replacement, sent)).toBe(true);
    expect((await row('1'))?.payload).toContain('text 1');
    expect(await row('1')).toMatchObject({ state: 'sent', replacement: null, due_at: null, attempts: 2 });
  });

  test('puts no other text while one is under way, then the last of them', async () => {
    await send();
    await edit(1);
    const first = await mustClaim();
    await edit(2);
    await edit(3);
    expect(await take()).toBeUndefined();
    expect(await finish(first, sent)).toBe(false);
    const last = await mustClaim();
    expect(last.payload.text).toBe('text 3');
    await finish(last, sent);
    expect((await row('1'))?.payload).toContain('text 3');
  });

  test('of a process that lost its lease writes nothing', async () => {
    await send();
    await edit(1);
    const lost = await mustClaim();
    const again = await mustClaim(now + minute);
    expect(await finish(lost, { state: 'refused', reason: '404' })).toBe(false);
    expect(await finish(again, sent)).toBe(true);
    expect(await state('1#1')).toBeUndefined();
  });

  test('that the platform refused becomes a reply of its own, which waits until the old one is deleted', async () => {
    await send();
    await edit(1);
    await finish(await mustClaim(), { state: 'refused', reason: '404' });
    expect([await state('1'), await state('1#1')]).toEqual(['withdrawing', 'planned']);
    const successor = await ledger.transact((tx) =>
      tx.selectFrom('replies').selectAll().where('key', '=', 'file:1#1').execute(),
    );
    expect(successor[0]).toMatchObject({ post_key: key, thread: 'file:1', scope: '["file","1","cited 1:"]' });
  });

  test.each([
    ['has other readers', next(1, { visibility: 'direct' })],
    ['is a post of its own', next(1, { alone: true })],
    ['is by another account', { ...next(1), publisher: 'other' }],
    ['waits for a review', { ...next(1), holdMs: minute }],
  ])('is none where the new reply %s: the old one is withdrawn', async (_why, reply) => {
    await send();
    await edit(1, reply);
    expect(await state('1')).toBe('withdrawing');
    expect(['planned', 'held']).toContain(await state('1#1'));
  });

  test('is none where another post of the thread has the new answer', async () => {
    await send();
    await plan(post({ id: '2', thread: '1' }), { cited: ['cited 1:'] });
    await edit(1);
    expect([await state('1'), await state('1#1')]).toEqual(['withdrawing', undefined]);
  });

  test('of a reply whose post is deleted deletes it, also where replies are kept', async () => {
    await send();
    await edit(1);
    await ledger.transact((tx) => deletePost(tx, key, { now, withdraw: false }));
    expect(await row('1')).toMatchObject({ state: 'withdrawing', replacement: null });
  });

  describe('the limits of replacements:', () => {
    test('no cooldown of the author or the thread, but that of the account', async () => {
      await send();
      await plan(post({ id: '2', thread: '1' }));
      await end(await mustTake('2'), { state: 'sent', published: { id: '2', url: null } });
      await edit(1);
      const blocked = { now, reason: '503', trouble: 'passing' } as const;
      await ledger.transact((tx) => startCooldown(tx, 'log', blocked));
      const limits = { authorCooldownMs: day, threadCooldownMs: day };
      expect(await take(now, limits)).toMatchObject({ reason: 'the account is in cooldown: 503' });
      expect(await take(now + 20 * minute, limits)).toMatchObject({ attempt: 2 });
    });

    test('it counts as one reply of its day', async () => {
      await send();
      await edit(1, next(1), now + day);
      await plan(post({ id: '2' }));
      await mustTake('2', now + day);
      expect(await take(now + day, { perDay: 1 })).toMatchObject({ reason: 'the daily quota of 1 replies is used up' });
      expect(await take(now + 2 * day, { perDay: 1 })).toMatchObject({ attempt: 2 });
    });
  });
}
