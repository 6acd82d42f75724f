import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Resolution } from '../../src/core/citation.ts';
import { violations } from '../../src/ledger/db/ledger-check.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { reconcileReply, claimUnknown } from '../../src/ledger/replies/reconcile-reply.ts';
import { supersedeReply } from '../../src/ledger/replies/withdraw-reply.ts';
import { now, published, replyTo, steps } from '../support/ledger.ts';
import { post } from '../support/posts.ts';

/** Fills a ledger with one post in each of some states: pending, planned, sending, sent. */
export async function fillLedger(ledger: Ledger): Promise<void> {
  const { keep, decide, mustTake, end } = steps(() => ledger);
  await keep('pending', 'planned', 'sending', 'sent');
  for (const id of ['planned', 'sending', 'sent'])
    await decide(id, replyTo(post({ id }), { cited: [id] }), { resolutions: [resolution] });
  await mustTake('sending');
  await end(await mustTake('sent'), { state: 'sent', published });
}

const resolution: Resolution = {
  written: 'x',
  span: [0, 1],
  referenceId: null,
  publishedId: null,
  paragraphs: [],
  status: 'unverified',
  cable: null,
  links: [],
  candidates: [],
  traits: { kind: 'id', year: null, station: null, country: null, tags: [], markings: [] },
};

type Fault = readonly ['posts' | 'replies' | 'mentions', string, Record<string, string | number | null>, string];

const faults: readonly Fault[] = [
  ['posts', 'pending', { due_at: null }, 'post file:pending is open, but never due'],
  ['posts', 'sent', { due_at: 1 }, 'post file:sent is done, but still due'],
  ['posts', 'sent', { verdict: null }, 'post file:sent is decided without a verdict'],
  ['posts', 'pending', { state: 'failed', due_at: null }, 'post file:pending failed without a reason'],
  ['posts', 'pending', { post: '{' }, 'posts.post of file:pending is invalid JSON'],
  [
    'posts',
    'pending',
    { post: '{"key":1}' },
    'posts.post of file:pending is invalid at key: Invalid input: expected string, received number',
  ],
  ['replies', 'planned', { due_at: null }, 'reply file:planned (planned) is open, but never due'],
  ['replies', 'sent', { due_at: 1 }, 'reply file:sent (sent) is done, but still due'],
  ['replies', 'sending', { lease_until: null }, 'reply file:sending (sending) is being sent without a lease'],
  ['replies', 'planned', { lease_until: 1 }, 'reply file:planned (planned) is not being sent, but leased'],
  ['replies', 'sent', { published: null }, 'reply file:sent (sent) is published, but without an id'],
  ['replies', 'sent', { cancel_requested: 1 }, 'reply file:sent (sent) is cancelled, but has no open outcome'],
  ['replies', 'sent', { payload: 'x' }, 'replies.payload of file:sent is invalid JSON'],
  ['mentions', 'sent', { resolution: 'x' }, 'mentions.resolution of file:sent 0 is invalid JSON'],
  [
    'mentions',
    'sent',
    { resolution: '7' },
    'mentions.resolution of file:sent 0 is invalid: expected an object or an array',
  ],
];

/** What `ledger check` finds, in words. */
export async function violationsOf(db: Executor): Promise<string[]> {
  return await Array.fromAsync(violations(db), ({ message }) => message);
}

/** What `ledger check` finds, the same for every database. */
export function ledgerCheckContract(open: () => Promise<{ ledger: Ledger }>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ({ ledger } = await open());
    await fillLedger(ledger);
  });
  afterEach(() => ledger[Symbol.asyncDispose]());

  const found = () => violationsOf(ledger.db);

  /** What is found after a change, which is undone again. */
  async function foundWith([table, key, values]: (typeof faults)[number]): Promise<string[]> {
    const undo = new Error('undone');
    let messages: string[] = [];
    const looked = ledger.transact(async (tx) => {
      await tx
        .updateTable(table as 'posts')
        .set(values)
        .where((table === 'mentions' ? 'post_key' : 'key') as 'key', '=', `file:${key}`)
        .execute();
      messages = await violationsOf(tx);
      throw undo;
    });
    await expect(looked).rejects.toBe(undo);
    return messages;
  }

  describe('ledger check', () => {
    test('finds nothing in a sound ledger', async () => expect(await found()).toEqual([]));

    test('names every single fault, and nothing else with it', async () => {
      for (const fault of faults) expect(await foundWith(fault)).toEqual([fault[3]]);
    });

    test('accepts a cancelled reply that is abandoned because its outcome stays unknown', async () => {
      const { end, mustTake } = steps(() => ledger);
      await end(await mustTake('planned'), { state: 'unknown', reason: 'reset', dueAt: now });
      await ledger.transact((tx) => supersedeReply(tx, 'file:planned', now));
      const unknown = (await ledger.transact((tx) => claimUnknown(tx, 'file:planned', { now, leaseMs: 60_000 })))!;
      const reconciliation = { state: 'abandoned', reason: 'outcome unknown' } as const;
      expect(await ledger.transact((tx) => reconcileReply(tx, unknown, reconciliation, now))).toBe(true);
      expect(await found()).toEqual([]);
    });

    test('accepts a cancelled reply that was refused', async () => {
      const { end, mustTake } = steps(() => ledger);
      const sending = await mustTake('planned');
      await ledger.transact((tx) => supersedeReply(tx, 'file:planned', now));
      await end(sending, { state: 'refused', reason: '403' });
      expect(await found()).toEqual([]);
    });

    test('finds a post with the verdict to reply and without a reply', async () => {
      await ledger.transact((tx) => tx.deleteFrom('replies').where('key', '=', 'file:planned').execute());
      expect(await found()).toEqual(['post file:planned is to be answered, but has no reply']);
    });

    test('reads the JSON of every table that has any', async () => {
      await ledger.transact(async (tx) => {
        await sql`insert into editions (digest, date, model, tally, made_at) values ('daily', '2026-11-22', '{', '{}', 0)`.execute(
          tx,
        );
        await sql`insert into notices (id, channel, post_key, content, attempts, at) values ('n', 'c', 'p', '{}', 0, 0), ('ended', 'c', 'p', null, 0, 0)`.execute(
          tx,
        );
        await sql`insert into settings (name, value) values ('heartbeat', 'x')`.execute(tx);
      });
      expect(await found()).toEqual([
        'editions.model of daily 2026-11-22 is invalid JSON',
        'editions.summary of daily 2026-11-22 is invalid JSON',
        'notices.content of n is invalid at subject: Invalid input: expected string, received undefined',
        'settings.value of heartbeat is invalid JSON',
      ]);
    });

    test('checks every row of a large ledger', async () => {
      await steps(() => ledger).keep(...Array.from({ length: 1200 }, (_, i) => `x${i}`));
      await ledger.transact((tx) => sql`update posts set citations = '['`.execute(tx));
      expect(await found()).toHaveLength(1204);
    });
  });
}
