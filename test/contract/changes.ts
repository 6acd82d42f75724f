import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deletedKey, personKey, shortId } from '../../src/core/post.ts';
import {
  deletePost,
  editPost,
  improvePost,
  storedKeys,
  liveReplies,
  answersOurReply,
  applyControl,
} from '../../src/ledger/posts/post-changes.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { ControlWord } from '../../src/core/control.ts';
import { auditLog } from '../../src/ledger/operators/audit-log.ts';
import { consentOf, forgetConsent, isOptedOut, optOut } from '../../src/ledger/operators/consents.ts';
import { postNamed } from '../../src/ledger/posts/post-names.ts';
import { ingestPosts, postRow, waitingPosts } from '../../src/ledger/posts/posts.ts';
import { purgeDeleted } from '../../src/ledger/posts/purge-deleted.ts';
import { purgeOld, purgeTexts, textsOfFeed } from '../../src/ledger/posts/retention.ts';
import { reconcileReply, claimUnknown } from '../../src/ledger/replies/reconcile-reply.ts';
import { retryReply } from '../../src/ledger/replies/replies.ts';
import {
  claimWithdrawal,
  endWithdrawal,
  requestWithdrawal,
  supersedeReply,
} from '../../src/ledger/replies/withdraw-reply.ts';
import { now, published, replyTo, steps, terms } from '../support/ledger.ts';
import { post } from '../support/posts.ts';
import { withoutStrangers } from '../../workers/lib/ingest.ts';

/** Edits, deletions, commands and retention, the same for every database. */
export function changesContract(open: () => Promise<{ ledger: Ledger; reopen: () => Promise<Ledger> }>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ({ ledger } = await open());
  });
  afterEach(async () => {
    await ledger[Symbol.asyncDispose]();
  });

  const { keep, keepThese, decide, plan, take, mustTake, end, state, row } = steps(() => ledger);
  const first = post({ id: '1' });
  const edit = (text: string, citations: { written: string }[] = [{ written: text }]) =>
    ledger.transact((tx) => editPost(tx, { post: { ...first, text }, citations: citations as never, surplus: 0 }, now));
  const remove = (withdraw: boolean) => ledger.transact((tx) => deletePost(tx, 'file:1', { now, withdraw }));
  async function answered(): Promise<void> {
    await plan(first);
    await end(await mustTake('1'), { state: 'sent', published });
  }

  test('the end of an account is the deletion of each of its posts, stored or in the same page', async () => {
    const by = (id: string, author: string) => post({ id, author: { ...first.author, id: author } });
    await keepThese([by('1', 'ada'), by('2', 'ada'), by('3', 'eve')]);
    const ingested = [by('4', 'ada'), by('5', 'eve')].map((one) => ({ post: one, citations: [], surplus: 0 }));
    const page = { ingested, changes: [], departed: [{ platform: 'file', id: 'ada' }] };
    const { changes } = await withoutStrangers(ledger.db, page);
    expect(changes).toHaveLength(3);
    for (const id of ['1', '2', '4']) expect(changes).toContainEqual({ kind: 'delete', key: `file:${id}` });
    expect(await withoutStrangers(ledger.db, { ...page, departed: [{ platform: 'x', id: 'ada' }] })).toMatchObject({
      changes: [],
    });
  });

  describe('a post that is heard again', () => {
    const asked = { ...first, summoned: true };
    const improve = () =>
      ledger.transact((tx) => improvePost(tx, { post: asked, citations: [], surplus: 1 }, 'mentions', now));

    test('is given back with what is stored, for its words not to be taken for others', async () => {
      await keep('1');
      const stored = { post: first, feed: 'sample' };
      expect(await keepThese([asked])).toEqual({ fresh: [], contradicted: [], again: [{ later: asked, stored }] });
      const twice = await keepThese([post({ id: '2' }), post({ id: '2', summoned: true })]);
      expect(twice).toMatchObject({ fresh: ['file:2'], again: [{}, { later: { summoned: true } }] });
    });

    test('with more is decided again, and its planned or held reply abandoned', async () => {
      await plan(first);
      expect(await improve()).toBe(true);
      expect(await state('1')).toBe('abandoned');
      expect(await postRow(ledger.db, 'file:1')).toMatchObject({
        state: 'pending',
        revision: 1,
        feed: 'mentions',
        surplus: 1,
      });
      await decide('1', replyTo(asked, { key: 'file:1#1' }), { revision: 1 });
      expect(await improve()).toBe(true);
      await ledger.transact((tx) => deletePost(tx, 'file:1', { now, withdraw: true }));
      expect(await improve()).toBe(false);
      expect(await postRow(ledger.db, 'file:1')).toMatchObject({ state: 'deleted', feed: 'mentions' });
    });

    test.each<[string, () => Promise<unknown>]>([
      ['is being sent', () => mustTake('1')],
      [
        'may be out',
        async () => end(await mustTake('1'), { state: 'planned', reason: '503', dueAt: now, mayBeOut: true }),
      ],
      ['is out', async () => end(await mustTake('1'), { state: 'sent', published })],
      ['a person withdrew', () => ledger.transact((tx) => requestWithdrawal(tx, 'file:1', now))],
    ])('is only stored where the reply %s', async (_, before) => {
      await plan(first);
      await before();
      expect(await improve()).toBe(false);
      expect(await postRow(ledger.db, 'file:1')).toMatchObject({ state: 'decided', revision: 0, surplus: 0 });
      expect((await postRow(ledger.db, 'file:1'))!.post).toContain('"summoned":true');
    });
  });

  describe('an edited post', () => {
    test.each([
      ['addresses the bot now', { summoned: true }, 'changed'],
      ['is for fewer people', { visibility: 'direct' as const }, 'changed'],
      ['has other links', { links: ['https://example.org/'] }, 'same'],
    ])('that %s is decided again if that matters and no reply is out', async (_, changes, result) => {
      const again = () =>
        ledger.transact((tx) => editPost(tx, { post: { ...first, ...changes }, citations: [], surplus: 0 }, now));
      await plan(first);
      expect(await again()).toBe(result);
      expect(await again()).toBe('same');
    });

    test('that was never stored is unknown', async () => {
      expect(await edit('x')).toBe('unknown');
      await keep('1', '2');
      expect(await ledger.transact((tx) => storedKeys(tx, ['file:1', 'file:3', 'file:2']))).toEqual(
        new Set(['file:1', 'file:2']),
      );
    });

    test('with the same citations is not decided again', async () => {
      await keep('1');
      await decide('1');
      expect(await edit('other words, the same cables', [])).toBe('same');
      expect(JSON.parse((await postRow(ledger.db, 'file:1'))!.post)).toMatchObject({
        text: 'other words, the same cables',
      });
      expect(await ledger.load(waitingPosts, { key: 'file:1', now: now })).toBeUndefined();
    });

    test('with other citations waits for a new verdict, and a decision about its former text is void', async () => {
      await keep('1');
      expect(await edit('changed')).toBe('changed');
      expect(await ledger.load(waitingPosts, { key: 'file:1', now: now })).toMatchObject({ revision: 1 });
      expect(await decide('1', undefined, { revision: 0 })).toBeUndefined();
      expect(await decide('1', undefined, { revision: 1 })).toMatchObject({ action: 'reply' });
    });

    test('gets no reply to its former text: the planned one is abandoned', async () => {
      await plan(first);
      await edit('changed');
      expect(await row('1')).toMatchObject({ state: 'abandoned', due_at: null });
    });

    test('keeps its reply until it is decided again, and then loses it if it no longer fits', async () => {
      await answered();
      await edit('changed');
      expect(await liveReplies(ledger.db, 'file:1')).toEqual([{ key: 'file:1', cited: ['1:'] }]);
      const reply = replyTo(first, { key: 'file:1#1', cited: ['1:'] });
      await decide('1', reply, { revision: 1, cancelRequested: ['file:1'] });
      expect(await state('1')).toBe('withdrawing');
      expect(await state('1#1')).toBe('planned');
    });
  });

  describe('a cancelled reply', () => {
    test('that is being sent is withdrawn once it is known to be published', async () => {
      await plan(first);
      const sending = await mustTake('1');
      expect(await ledger.transact((tx) => supersedeReply(tx, 'file:1', now))).toBe('cancel_requested');
      expect(await state('1')).toBe('sending');
      await end(sending, { state: 'sent', published });
      expect(await row('1')).toMatchObject({ state: 'withdrawing', published_id: '1' });
    });

    test('is not sent again after the platform asked to wait', async () => {
      await plan(first);
      const sending = await mustTake('1');
      await ledger.transact((tx) => supersedeReply(tx, 'file:1', now));
      await end(sending, { state: 'planned', reason: '429', dueAt: now });
      expect(await state('1')).toBe('abandoned');
    });

    test('that was planned again as a harmless repeat is looked up: an earlier attempt may have succeeded', async () => {
      await plan(first);
      await end(await mustTake('1'), { state: 'unknown', reason: 'reset', dueAt: now });
      const unknown = (await ledger.transact((tx) => claimUnknown(tx, 'file:1', { now, leaseMs: 60_000 })))!;
      await ledger.transact((tx) =>
        reconcileReply(tx, unknown, { state: 'planned', repeatUntil: null, dueAt: now }, now),
      );
      await end(await mustTake('1', now + 1), { state: 'planned', reason: '429', dueAt: now + 1 }, now + 1);
      expect(await ledger.transact((tx) => supersedeReply(tx, 'file:1', now + 1))).toBe('cancel_requested');
      expect(await row('1')).toMatchObject({ state: 'unknown', cancel_requested: 1 });
    });

    test.each(['cancelled after the attempt', 'cancelled during the attempt'])(
      'that may be published is looked up only after the cooldown of its account: %s',
      async (when) => {
        await plan(first);
        await end(await mustTake('1'), { state: 'unknown', reason: 'reset', dueAt: now });
        const unknown = (await ledger.transact((tx) => claimUnknown(tx, 'file:1', { now, leaseMs: 60_000 })))!;
        await ledger.transact((tx) =>
          reconcileReply(tx, unknown, { state: 'planned', repeatUntil: null, dueAt: now }, now),
        );
        const again = await mustTake('1', now + 1);
        const back = () => ledger.transact((tx) => supersedeReply(tx, 'file:1', now + 2));
        if (when === 'cancelled during the attempt') await back();
        await end(again, { state: 'planned', reason: '429', dueAt: now + 900, holdAccount: true }, now + 1);
        if (when !== 'cancelled during the attempt') await back();
        expect(await row('1')).toMatchObject({ state: 'unknown', cancel_requested: 1, due_at: now + 900 });
      },
    );

    test('that is being sent again is looked up as well when that attempt surely failed', async () => {
      await plan(first);
      await end(await mustTake('1'), { state: 'unknown', reason: 'reset', dueAt: now });
      const unknown = (await ledger.transact((tx) => claimUnknown(tx, 'file:1', { now, leaseMs: 60_000 })))!;
      await ledger.transact((tx) =>
        reconcileReply(tx, unknown, { state: 'planned', repeatUntil: null, dueAt: now }, now),
      );
      const again = await mustTake('1', now + 1);
      await ledger.transact((tx) => supersedeReply(tx, 'file:1', now + 1));
      await end(again, { state: 'planned', reason: '429', dueAt: now + 1 }, now + 1);
      expect(await row('1')).toMatchObject({ state: 'unknown', cancel_requested: 1 });
    });

    test('during a lookup after which it would be sent again is looked up once more instead', async () => {
      await plan(first);
      await end(await mustTake('1'), { state: 'unknown', reason: 'reset', dueAt: now });
      const unknown = (await ledger.transact((tx) => claimUnknown(tx, 'file:1', { now, leaseMs: 60_000 })))!;
      await ledger.transact((tx) => supersedeReply(tx, 'file:1', now));
      const again = { state: 'planned', repeatUntil: null, dueAt: now } as const;
      await ledger.transact((tx) => reconcileReply(tx, unknown, again, now));
      expect(await row('1')).toMatchObject({ state: 'unknown', cancel_requested: 1 });
    });

    test('with unknown outcome is withdrawn when it is found', async () => {
      await plan(first);
      await end(await mustTake('1'), { state: 'unknown', reason: 'reset', dueAt: now });
      await ledger.transact((tx) => supersedeReply(tx, 'file:1', now));
      const unknown = (await ledger.transact((tx) => claimUnknown(tx, 'file:1', { now, leaseMs: 60_000 })))!;
      expect(unknown.cancelRequested).toBe(true);
      await ledger.transact((tx) => reconcileReply(tx, unknown, { state: 'sent', published }, now));
      expect(await state('1')).toBe('withdrawing');
    });
  });

  describe('a deleted post', () => {
    test('leaves neither content nor author, and is never stored again', async () => {
      await keepThese([
        post({ id: '1', text: 'a secret thought', author: { id: 'ada', handle: 'ada', name: 'Ada L.', bot: false } }),
      ]);
      expect(await remove(true)).toBe(true);
      expect(await remove(true)).toBe(false);
      const left = JSON.stringify(await postRow(ledger.db, 'file:1'));
      expect(left).not.toMatch(/secret|ada/i);
      expect((await keep('1')).fresh).toEqual([]);
      expect(await ledger.load(waitingPosts, { key: 'file:1', now: now })).toBeUndefined();
    });

    test('has its reply withdrawn if the operator wants it', async () => {
      await answered();
      await remove(false);
      expect(await state('1')).toBe('sent');
      await plan(post({ id: '2' }));
      await end(await mustTake('2'), { state: 'sent', published });
      await ledger.transact((tx) => deletePost(tx, 'file:2', { now, withdraw: true }));
      expect(await state('2')).toBe('withdrawing');
    });

    test('gets no reply', async () => {
      await plan(first);
      await remove(false);
      expect(await state('1')).toBe('abandoned');
    });

    test('is deleted by its author alone, where anybody can say so', async () => {
      await keep('1');
      const deleteBy = (by: string) => ledger.transact((tx) => deletePost(tx, 'file:1', { now, withdraw: true, by }));
      expect([await deleteBy('mallory'), await deleteBy('ada')]).toEqual([false, true]);
    });

    test('takes with it the rejects that name it or its author', async () => {
      await keepThese([post({ id: 'a-long-id', author: { id: 'ada-99', handle: 'ada', name: null, bot: false } })]);
      const rejects = ['{"id":"a-long-id",', 'by ada-99%', 'by ada, who is many'].map((excerpt, at) => {
        return { id: `${at}`, feed: 'sample', position: 'x', reason: 'y', excerpt, at };
      });
      await ledger.transact((tx) => tx.insertInto('rejects').values(rejects).execute());
      await ledger.transact((tx) => deletePost(tx, 'file:a-long-id', { now, withdraw: true }));
      expect(await ledger.db.selectFrom('rejects').select('id').execute()).toEqual([{ id: '2' }]);
    });
  });

  describe('the purge of deleted posts', () => {
    const purge = () => ledger.transact((tx) => purgeDeleted(tx, now));
    const everything = async () =>
      JSON.stringify(await Promise.all(personal.map((table) => ledger.db.selectFrom(table).selectAll().execute())));
    const personal = ['posts', 'short_ids', 'replies', 'spending', 'consents', 'mentions', 'notices'] as const;
    const marked = post({
      id: 'mark-1',
      url: 'https://site.example/mark',
      thread: 'mark-thread',
      inReplyTo: 'mark-parent',
      author: { id: 'mark-id', handle: 'mark-handle', name: 'Mark', bot: false },
    });

    test('is found by its address, by its short id, and by the key of its reply', async () => {
      await plan(marked);
      const url = `https://site.example/${'long/'.repeat(60)}?a="b"%_`;
      await keepThese([post({ id: '2', url }), post({ id: '3', url: `${url}3` }), post({ id: '4', url: null })]);
      const found = async (name: string) => (await postNamed(ledger.db, name))?.key;
      expect(await found('https://site.example/mark')).toBe(marked.key);
      expect(await found(url)).toBe('file:2');
      expect(await found(`${url}3`)).toBe('file:3');
      expect(await found(`${url}4`)).toBeUndefined();
      expect(await found(shortId('file:4'))).toBe('file:4');
      expect(await found('0123456789ab')).toBeUndefined();
    });

    test('waits for the reply to be deleted on its platform, then leaves hashes alone', async () => {
      await plan(marked);
      const paid = terms({ budget: { perDay: 10, perMonth: 10 } }, 1);
      await end(await mustTake('mark-1', now, paid), { state: 'sent', published: { id: 'file:mark-1', url: null } });
      await ledger.transact((tx) => optOut(tx, { person: 'file:someone', source: marked.key }, now));
      await ledger.transact((tx) => deletePost(tx, marked.key, { now, withdraw: true }));
      expect(await purge()).toBe(0);
      const withdrawal = await ledger.transact((tx) => claimWithdrawal(tx, marked.key, { now, leaseMs: 1 }));
      await ledger.transact((tx) => endWithdrawal(tx, withdrawal!, { state: 'withdrawn', dueAt: null }, now));
      expect(await everything()).toContain('mark');
      expect([await purge(), await purge()]).toEqual([1, 0]);
      expect(await ledger.erase()).toBe(true);
      expect(await everything()).not.toMatch(/mark/i);
      const id = shortId(marked.key);
      expect(await postNamed(ledger.db, id)).toMatchObject({ key: deletedKey(marked.key), state: 'deleted' });
      expect(await everything()).toContain(`"source":"post ${id}"`);
      expect(await everything()).toContain(`${deletedKey(marked.key)} 1`);
    });

    test('keeps the post from being ingested, and its kept reply from being given again in its thread', async () => {
      await plan(marked, { cited: ['07ASTANA2244:5'] });
      const url = 'https://blog.example/mark/#comment-1';
      await end(await mustTake('mark-1'), { state: 'sent', published: { id: '1', url } });
      await ledger.transact((tx) => deletePost(tx, marked.key, { now, withdraw: false }));
      expect(await purge()).toBe(1);
      expect(await everything()).not.toMatch(/mark/i);
      expect((await keepThese([marked])).fresh).toEqual([]);
      const again = post({ id: '2', thread: 'mark-thread' });
      await keepThese([again]);
      expect(await decide('2', replyTo(again, { cited: ['07ASTANA2244:5'] }))).toMatchObject({ action: 'record' });
      const hashed = deletedKey(marked.key);
      expect(await ledger.transact((tx) => retryReply(tx, hashed, now))).toBe(false);
      expect(await ledger.transact((tx) => requestWithdrawal(tx, hashed, now))).toBe('withdrawing');
    });

    test('leaves what limits count: the author, the thread, and the words of control', async () => {
      await plan(marked);
      await end(await mustTake('mark-1'), { state: 'sent', published });
      await ledger.transact((tx) => deletePost(tx, marked.key, { now, withdraw: false }));
      await purge();
      await plan(post({ ...marked, id: '2', key: 'file:2', thread: 'other' }));
      await plan(post({ id: '3', thread: 'mark-thread' }));
      expect(await take('2', now, terms({ authorCooldownMs: 9 }))).toMatchObject({ reason: 'cooldown of the author' });
      expect(await take('3', now, terms({ perThread: 1 }))).toMatchObject({
        reason: expect.stringContaining('in this thread'),
      });
      const asks = post({ ...marked, id: '4', key: 'file:4' });
      expect(await ledger.transact((tx) => applyControl(tx, asks, 'delete', now))).toEqual([deletedKey(marked.key)]);
    });

    test('purges at most `limit` posts at a time', async () => {
      await keep('1', '2', '3');
      for (const id of ['1', '2', '3'])
        await ledger.transact((tx) => deletePost(tx, `file:${id}`, { now, withdraw: true }));
      const some = () => ledger.transact((tx) => purgeDeleted(tx, now, 2));
      expect([await some(), await some(), await some()]).toEqual([2, 1, 0]);
    });
  });

  describe('a command to the bot', () => {
    const choice = (id: string, word: ControlWord, by = 'ada') =>
      ledger.transact((tx) =>
        applyControl(tx, post({ id, thread: '1', author: { id: by, handle: by, name: null, bot: false } }), word, now),
      );

    test('counts as addressed to the bot when it answers one of its replies', async () => {
      await answered();
      expect(await answersOurReply(ledger.db, post({ id: '2', inReplyTo: '1' }))).toBe(true);
      expect(await answersOurReply(ledger.db, post({ id: '2', inReplyTo: 'else' }))).toBe(false);
      expect(await answersOurReply(ledger.db, post({ id: '2', inReplyTo: '1', platform: 'other' }))).toBe(false);
    });

    test('stop opts the author out for good', async () => {
      await choice('2', 'stop');
      expect(await isOptedOut(ledger.db, personKey('file', 'ada'))).toBe(true);
      expect(await isOptedOut(ledger.db, personKey('file', 'adam'))).toBe(false);
    });

    test.each<[string, ControlWord[], 'in' | 'out' | undefined]>([
      ['follow opts in', ['follow'], 'in'],
      ['unfollow ends that', ['follow', 'unfollow'], undefined],
      ['stop takes precedence', ['follow', 'stop', 'follow', 'unfollow'], 'out'],
      ['start ends a stop', ['stop', 'start'], undefined],
      ['start ends no opt-in', ['follow', 'start'], 'in'],
    ])('%s, for its author alone', async (_, words, left) => {
      for (const [i, word] of words.entries()) await choice(`${i}`, word);
      await choice('9', 'follow', 'adam');
      const of = async (id: string) => (await consentOf(ledger.db, personKey('file', id)))?.choice;
      expect([await of('ada'), await of('adam')]).toEqual([left, 'in']);
    });

    test('start does not end what an operator recorded, but a stop in a post that is deleted now', async () => {
      const person = personKey('file', 'ada');
      await ledger.transact((tx) => optOut(tx, { person, source: 'wrote a letter' }, now));
      await choice('2', 'start');
      expect(await isOptedOut(ledger.db, person)).toBe(true);
      await ledger.transact((tx) => forgetConsent(tx, person));
      await ledger.transact((tx) => optOut(tx, { person, source: `post ${shortId('file:2')}` }, now));
      await choice('3', 'start');
      expect(await isOptedOut(ledger.db, person)).toBe(false);
    });

    test('is in the audit log if it did something, without a name', async () => {
      for (const word of ['help', 'unfollow', 'follow', 'delete'] as const) await choice('2', word);
      const entries = await auditLog(ledger.db, { limit: 9 });
      const target = `person ${shortId(personKey('file', 'ada'))}`;
      const note = `post ${shortId('file:2')}`;
      expect(entries.map(({ action }) => action).toSorted()).toEqual(['delete', 'follow']);
      expect(entries).toMatchObject([
        { actor: 'the author', target, note },
        { target, note },
      ]);
    });

    test('delete withdraws the replies to its author, and no others', async () => {
      await answered();
      expect(await choice('2', 'delete', 'bob')).toEqual([]);
      expect(await state('1')).toBe('sent');
      expect(await choice('3', 'delete')).toEqual(['file:1']);
      expect(await state('1')).toBe('withdrawing');
    });
  });

  describe('retention', () => {
    const later = now + 1000;

    test('purges finished posts, and still answers nothing twice', async () => {
      await answered();
      expect(await ledger.transact((tx) => purgeOld(tx, now, later))).toBe(0);
      expect(await ledger.transact((tx) => purgeOld(tx, later, later))).toBe(1);
      expect(await postRow(ledger.db, 'file:1')).toBeUndefined();
      expect(await row('1')).toBeUndefined();
      expect((await keep('1')).fresh).toEqual([]);
      await keep('2');
      const again = replyTo(post({ id: '2', thread: '1' }), { cited: ['1:'] });
      expect(await decide('2', again)).toMatchObject({ action: 'record', asked: 'reply' });
    });

    test('does not touch open posts', async () => {
      await keep('1');
      await plan(post({ id: '2' }));
      await plan(post({ id: '3' }));
      await mustTake('3');
      expect(await ledger.transact((tx) => purgeOld(tx, later, later))).toBe(0);
    });

    test('removes the texts of a platform that demands it, and leaves citations and verdicts', async () => {
      const citation = { kind: 'hashtag', strength: 'strong', written: '#07ASTANA2244', span: null, referenceId: null };
      const quotation = { ...citation, kind: 'quotation', strength: 'weak', written: 'nine words', clues: null };
      const written = { post: first, citations: [citation, quotation] as never, surplus: 0 };
      await ledger.transact((tx) => ingestPosts(tx, 'sample', [written], now));
      const resolutions = [
        { ...citation, status: 'resolved', traits: { kind: 'hashtag' } },
        { ...quotation, status: 'resolved', traits: { kind: 'quotation' } },
      ];
      await decide('1', replyTo(first), { resolutions: resolutions as never });
      await keepThese([post({ id: '2', platform: 'log' }), post({ id: '3' })]);
      const purge = (before: number) => ledger.transact((tx) => purgeTexts(tx, { platform: 'file', before }));
      // A reply is still to be sent, and the third post is not decided upon.
      expect(await purge(later)).toBe(0);
      await end(await mustTake('1'), { state: 'sent', published });
      expect([await purge(now), await purge(later), await purge(later)]).toEqual([0, 1, 0]);
      const left = await postRow(ledger.db, 'file:1');
      expect(left).toMatchObject({ state: 'decided', author: 'ada', feed: 'sample' });
      const { text, author, id } = JSON.parse(left?.post ?? '') as typeof first;
      expect([text, author, id]).toEqual(['', { id: 'ada', handle: '', name: null, bot: false }, '1']);
      expect(left?.citations).toContain('#07ASTANA2244');
      expect(left?.citations).not.toContain('nine words');
      const mentions = await ledger.db.selectFrom('mentions').select('resolution').execute();
      expect(JSON.stringify(mentions)).not.toContain('nine words');
      expect(await state('1')).toBe('sent');
      // It comes again: nobody remembers its words, so it says nothing else than before.
      expect(await keepThese([first])).toEqual({ fresh: [], contradicted: [], again: [] });
    });

    test('lists the posts of a feed whose texts are still stored, the newest first', async () => {
      await keepThese([post({ id: '1', native: { version: '7' } }), post({ id: '2' })]);
      await decide('2');
      await ledger.transact((tx) => purgeTexts(tx, { platform: 'file', before: later }));
      await ledger.transact((tx) =>
        ingestPosts(tx, 'other', [{ post: post({ id: '3' }), citations: [], surplus: 0 }], now),
      );
      const asked = { platform: 'file', feeds: ['sample', 'sample~stream'], limit: 9 };
      expect(await textsOfFeed(ledger.db, asked)).toMatchObject([{ id: '1', native: { version: '7' } }]);
    });

    test('purges at most `limit` posts at a time', async () => {
      for (const id of ['1', '2', '3']) {
        await keep(id);
        await decide(id);
      }
      const purge = () => ledger.transact((tx) => purgeOld(tx, later, later, 2));
      expect([await purge(), await purge(), await purge()]).toEqual([2, 1, 0]);
    });
  });
}
