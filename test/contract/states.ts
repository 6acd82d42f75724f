import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { deletePost, editPost } from '../../src/ledger/posts/post-changes.ts';
import { postponePost, retryPost } from '../../src/ledger/posts/posts.ts';
import type { postStates } from '../../src/ledger/posts/states.ts';
import { postponeReply } from '../../src/ledger/replies/claim-reply.ts';
import { type Ending, expireSending } from '../../src/ledger/replies/end-sending.ts';
import { claimUnknown, type Reconciliation, reconcileReply } from '../../src/ledger/replies/reconcile-reply.ts';
import { approveReply, rejectReply } from '../../src/ledger/replies/held-replies.ts';
import { retryReply } from '../../src/ledger/replies/replies.ts';
import { claimReplacement, endReplacement, type ReplacementEnding } from '../../src/ledger/replies/replace-reply.ts';
import type { replyStates } from '../../src/ledger/replies/states.ts';
import {
  claimWithdrawal,
  endWithdrawal,
  requestWithdrawal,
  type WithdrawalEnding,
} from '../../src/ledger/replies/withdraw-reply.ts';
import { now, published, replyTo, steps, terms } from '../support/ledger.ts';
import { post } from '../support/posts.ts';
import { stateChanges } from '../support/state-guard.ts';

/** The changes in a table of states. The compiler asks for a way to each. */
type Change<Table extends Record<string, { next: object }>> = {
  [State in keyof Table & string]: `${State} -> ${keyof Table[State]['next'] & string}`;
}[keyof Table & string];
type Ways<Table extends Record<string, { next: object }>> = Record<Change<Table>, () => Promise<unknown>>;

/** Every change of state, the same for every database. `open` opens a ledger that refuses all others: support/state-guard.ts. */
export function statesContract(open: () => Promise<{ ledger: Ledger }>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ({ ledger } = await open());
  });
  afterEach(() => ledger[Symbol.asyncDispose]());

  const { keep, decide, plan, mustTake, end } = steps(() => ledger);
  const key = 'file:1';
  const dueAt = now;
  const answered = post({ id: '1' });
  const write: Ledger['transact'] = (work) => ledger.transact(work);

  const planned = () => plan(answered);
  async function held(): Promise<void> {
    await keep('1');
    await decide('1', { ...replyTo(answered), holdMs: 100 });
  }
  async function ended(ending: Ending) {
    await planned();
    const lease = await mustTake('1');
    await end(lease, ending);
    return lease;
  }
  const sent = () => ended({ state: 'sent', published });
  const refused = () => ended({ state: 'refused', reason: '403' });
  const unknown = () => ended({ state: 'unknown', reason: 'reset', dueAt });
  async function found(reconciliation: Reconciliation) {
    const lease = await unknown();
    const claimed = (await write((tx) => claimUnknown(tx, key, { now, leaseMs: 0 })))!;
    await write((tx) => reconcileReply(tx, claimed, reconciliation, now));
    return lease;
  }
  const repeated = () => found({ state: 'planned', repeatUntil: null, dueAt });
  const abandoned = () => found({ state: 'abandoned', reason: 'outcome unknown' });
  const withdraw = () => write((tx) => requestWithdrawal(tx, key, now));
  const retry = () => write((tx) => retryReply(tx, key, now));
  async function withdrawn(...endings: readonly WithdrawalEnding[]): Promise<void> {
    await sent();
    await withdraw();
    for (const ending of endings) {
      const claimed = (await write((tx) => claimWithdrawal(tx, key, { now, leaseMs: 0 })))!;
      await write((tx) => endWithdrawal(tx, claimed, ending, now));
    }
  }

  const edit = () => {
    const citations = [{ written: 'another' }] as never;
    return write((tx) => editPost(tx, { post: { ...answered, text: 'edited' }, citations, surplus: 0 }, now));
  };
  async function replacing(...endings: readonly ReplacementEnding[]): Promise<void> {
    await sent();
    await edit();
    const next = replyTo(answered, { key: 'file:1#1', cited: ['2:'] });
    await decide('1', next, { revision: 1, cancelRequested: [key], canReplace: true });
    for (const ending of endings) {
      const claimed = await write((tx) => claimReplacement(tx, { key, now, terms: terms() }));
      if (claimed === undefined || !('attempt' in claimed)) throw new Error('not claimed');
      await write((tx) => endReplacement(tx, claimed, ending, now));
    }
  }

  const replyWays: Ways<typeof replyStates> = {
    'planned -> planned': () =>
      planned().then(() => write((tx) => postponeReply(tx, key, { reason: 'x', dueAt }, now))),
    'planned -> sending': () => planned().then(() => mustTake('1')),
    'planned -> abandoned': () => planned().then(withdraw),
    'planned -> unknown': () => repeated().then(withdraw),
    'planned -> sent': () => repeated().then((lease) => end(lease, { state: 'sent', published })),
    'held -> planned': () => held().then(() => write((tx) => approveReply(tx, key, now))),
    'held -> rejected': () => held().then(() => write((tx) => rejectReply(tx, key, 'no', now))),
    'held -> abandoned': () => held().then(withdraw),
    'sending -> sent': sent,
    'sending -> refused': refused,
    'sending -> planned': () => ended({ state: 'planned', reason: '429', dueAt }),
    'sending -> unknown': () =>
      planned().then(() => mustTake('1').then(() => write((tx) => expireSending(tx, now + 9999)))),
    'sent -> withdrawing': () => sent().then(withdraw),
    'sent -> replacing': replacing,
    'replacing -> replacing': () => replacing({ state: 'replacing', reason: '503', dueAt }),
    'replacing -> sent': () => replacing({ state: 'sent', published }),
    'replacing -> withdrawing': () => replacing({ state: 'refused', reason: '404' }),
    'unknown -> unknown': () => found({ state: 'unknown', dueAt, answered: true }),
    'unknown -> sent': () => found({ state: 'sent', published }),
    'unknown -> planned': repeated,
    'unknown -> abandoned': abandoned,
    'refused -> planned': () => refused().then(retry),
    'abandoned -> planned': () => abandoned().then(retry),
    'abandoned -> sent': () => abandoned().then((lease) => end(lease, { state: 'sent', published })),
    'withdrawing -> withdrawing': () => withdrawn({ state: 'withdrawing', reason: '503', dueAt }),
    'withdrawing -> withdrawn': () => withdrawn({ state: 'withdrawn', dueAt }),
    'withdrawn -> withdrawn': () => withdrawn({ state: 'withdrawn', dueAt }, { state: 'withdrawn', dueAt: null }),
    'withdrawn -> withdrawing': () =>
      withdrawn({ state: 'withdrawn', dueAt }, { state: 'withdrawing', reason: null, dueAt, published }),
  };

  const pending = () => keep('1');
  const decided = () => pending().then(() => decide('1'));
  const failed = () => pending().then(() => write((tx) => postponePost(tx, key, 'disk error', null)));
  const remove = () => write((tx) => deletePost(tx, key, { now, withdraw: true }));

  const postWays: Ways<typeof postStates> = {
    'pending -> pending': () => pending().then(() => write((tx) => postponePost(tx, key, 'disk error', dueAt))),
    'pending -> decided': decided,
    'pending -> failed': failed,
    'pending -> deleted': () => pending().then(remove),
    'decided -> pending': () => decided().then(edit),
    'decided -> deleted': () => decided().then(remove),
    'failed -> pending': () => failed().then(() => write((tx) => retryPost(tx, key, now))),
    'failed -> deleted': () => failed().then(remove),
  };

  describe.each(Object.entries({ replies: replyWays, posts: postWays }))('the states of %s', (table, ways) => {
    test.each(Object.entries(ways))('%s: a statement writes it', async (change, way) => {
      await way();
      expect(await stateChanges(ledger.db, table)).toContain(change);
    });
  });

  describe('the guard of these contracts refuses', () => {
    const set = (values: Record<string, string | number | null>) =>
      write((tx) => tx.updateTable('replies').set(values).where('key', '=', key).execute());

    test('a change that the table lacks', async () => {
      await held();
      const sentColumns = { due_at: null, published: '{}', published_id: '1', sent_at: now };
      await expect(set({ state: 'sent', ...sentColumns })).rejects.toThrow('replies do not go held -> sent');
    });

    test('a column that the state does not have, and the lack of one that it has', async () => {
      await held();
      await expect(set({ lease_until: now })).rejects.toThrow('replies have other columns when held');
      await expect(set({ state: 'rejected', due_at: null })).rejects.toThrow(
        'replies have other columns when rejected',
      );
    });

    test('another state of a new row', async () => {
      await planned();
      await write((tx) => deletePost(tx, key, { now, withdraw: true }));
      const row = await ledger.db.selectFrom('posts').selectAll().executeTakeFirstOrThrow();
      const added = write((tx) =>
        tx
          .insertInto('posts')
          .values({ ...row, key: 'file:2' })
          .execute(),
      );
      await expect(added).rejects.toThrow('new rows of posts are not deleted');
    });
  });
}
