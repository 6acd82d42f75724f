import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Post } from '../../src/core/post.ts';
import { openTally } from '../../src/digest/tally.ts';
import { countedPages } from '../../src/ledger/digests/counted-posts.ts';
import { fingerprintOf } from '../../src/ledger/digests/fingerprints.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { forgetConsent, optOut } from '../../src/ledger/operators/consents.ts';
import { deletePost, editPost, improvePost } from '../../src/ledger/posts/post-changes.ts';
import { postponePost } from '../../src/ledger/posts/posts.ts';
import { postponeReply } from '../../src/ledger/replies/claim-reply.ts';
import { cited, emit, planOf } from '../support/digests.ts';
import { now, published, steps } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

const hour = 3_600_000;
const span = { from: now - hour, to: now + hour };
const counting = { ...planOf(), logs: new Set<string>() };

/** Fingerprints of periods, the same for every database: whatever changes the counts of a period changes its fingerprint. */
export function fingerprintsContract(
  open: () => Promise<{ ledger: Ledger; clock: { advance(ms: number): void } }>,
): void {
  let ledger: Ledger;
  let clock: { advance(ms: number): void };
  beforeEach(async () => {
    ({ ledger, clock } = await open());
    const told = { post: { id: '1', createdAt: now }, resolutions: [cited('07ASTANA2244')] };
    const replied = { ...told, post: { id: '2', createdAt: now }, verdict: { action: 'reply' }, reply: true } as const;
    await emit(ledger, [told, replied]);
    clock.advance(hour);
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
  });

  const [one, answered] = ['1', '2'].map((id) => post({ id, createdAt: now })) as [Post, Post];
  const asRead = (changed: Post) => ({ post: changed, citations: [], surplus: 0 });
  const edited = (changed: Post) => ledger.transact((tx) => editPost(tx, asRead(changed), now + hour));
  const { mustTake, end } = steps(() => ledger);
  const answer = async () => await end(await mustTake('2'), { state: 'sent', published });

  async function counts() {
    const tallying = openTally(counting);
    for await (const page of countedPages(ledger.db, span)) tallying.add(page);
    return tallying.tally();
  }

  describe('a fingerprint', () => {
    test('stays the same while nothing of its period changes', async () => {
      const before = await fingerprintOf(ledger.db, span);
      await emit(ledger, [{ post: { id: '3', createdAt: span.to }, resolutions: [cited('07ASTANA2244')] }]);
      await ledger.transact((tx) => optOut(tx, { person: 'file:nobody', source: 'x' }, now));
      expect(await fingerprintOf(ledger.db, span)).toBe(before);
    });

    test.each<[string, () => Promise<unknown>]>([
      ['a post that came late', () => emit(ledger, [{ post: { id: '3', createdAt: now }, resolutions: [cited('1')] }])],
      ['a deletion', () => ledger.transact((tx) => deletePost(tx, one.key, { now, withdraw: false }))],
      ['an opt-out', () => ledger.transact((tx) => optOut(tx, { person: 'file:ada', source: 'x' }, now))],
      ['an edit that narrows who may read it', () => edited({ ...one, visibility: 'direct' })],
      ['a post that cannot be resolved', () => ledger.transact((tx) => fail(tx))],
      ['the answer', answer],
      ['a refusal', async () => await end(await mustTake('2'), { state: 'refused', reason: 'suspended' })],
      [
        'another reason to wait',
        () =>
          ledger.transact((tx) =>
            postponeReply(tx, answered.key, { reason: 'cooldown of the author', dueAt: now + hour }, now),
          ),
      ],
    ])('is another one after %s', async (_what, change) => await changesBoth(change));

    test.each<[string, () => Promise<unknown>]>([
      ['an edit that narrows who may read it', () => edited({ ...answered, visibility: 'direct' })],
      ['a feed that knows more of it', () => ledger.transact((tx) => improvePost(tx, asRead(answered), 'tags', now))],
    ])('is another one after %s, of an answered post', async (_what, change) => {
      await answer();
      await changesBoth(change);
    });

    test('is another one where one author takes the place of another who opted out', async () => {
      const bob = { id: '3', createdAt: now, author: { id: 'bob', handle: 'bob', name: null, bot: false } };
      const eve = { id: '4', createdAt: now, author: { id: 'eve', handle: 'eve', name: null, bot: false } };
      for (const told of [bob, eve]) await emit(ledger, [{ post: told, resolutions: [cited(`07ROME${told.id}`)] }]);
      await ledger.transact((tx) => optOut(tx, { person: 'file:bob', source: 'x' }, now));
      await changesBoth(() =>
        ledger.transact(async (tx) => {
          await forgetConsent(tx, 'file:bob');
          await optOut(tx, { person: 'file:eve', source: 'x' }, now + 1);
        }),
      );
    });

    test('is another one where a post becomes public as another one ceases to be', async () => {
      await answer();
      await edited({ ...answered, visibility: 'followers' });
      const third = post({ id: '3', createdAt: now + 1 });
      await emit(ledger, [{ post: third, resolutions: [cited('07ROME3')] }]);
      await changesBoth(async () => {
        await edited(answered);
        const narrowed = sql`update posts set post = replace(post, '"public"', '"followers"') where key = ${third.key}`;
        await ledger.transact((tx) => narrowed.execute(tx));
      });
    });

    test('is another one once a person who opted out is heard again', async () => {
      await ledger.transact((tx) => optOut(tx, { person: 'file:ada', source: 'x' }, now));
      await changesBoth(() => ledger.transact((tx) => forgetConsent(tx, 'file:ada')));
    });
  });

  async function changesBoth(change: () => Promise<unknown>): Promise<void> {
    const [fingerprint, tally] = [await fingerprintOf(ledger.db, span), await counts()];
    await change();
    expect(await counts()).not.toEqual(tally);
    expect(await fingerprintOf(ledger.db, span)).not.toBe(fingerprint);
  }

  async function fail(tx: Executor): Promise<void> {
    await editPost(tx, asRead({ ...one, text: 'x', summoned: true }), now);
    await postponePost(tx, one.key, 'the corpus cannot be read', null);
  }
}
