import { describe, expect, test } from 'vitest';
import type { Executor } from '../../src/ledger/db/schema.ts';
import { repliesIn } from '../../src/ledger/posts/flow.ts';
import { moveReplies, replyStates } from '../../src/ledger/replies/states.ts';
import { parseSource, sourcesUnder } from '../support/source.ts';
import { strayStateWrites } from '../support/state-writes.ts';

const root = new URL('../..', import.meta.url).pathname;

test('every statement that writes the state of a post or reply goes through its table of states', () => {
  expect(sourcesUnder(root, ['src', 'workers']).flatMap(strayStateWrites)).toEqual([]);
});

test('what the table lacks does not compile', () => {
  const statements = (tx: Executor) => [
    moveReplies(tx, ['planned', 'held'], 'abandoned', { reason: 'x', updated_at: 1 }),
    // @ts-expect-error: planned -> rejected is no change of the table.
    moveReplies(tx, ['planned', 'held'], 'rejected', { reason: 'x', updated_at: 1 }),
    // @ts-expect-error: an abandoned reply has a reason.
    moveReplies(tx, ['planned'], 'abandoned', { updated_at: 1 }),
    // @ts-expect-error: an abandoned reply is not due.
    moveReplies(tx, ['planned'], 'abandoned', { reason: 'x', due_at: 1, updated_at: 1 }),
  ];
  expect(statements).toBeTypeOf('function');
});

describe('the check finds a planted', () => {
  const faults = (text: string) => strayStateWrites(parseSource('src/ledger/a.ts', text));

  test.each([
    [`tx.updateTable('replies').set({ state: 'sent' }).where('key', '=', key)`, 'a state of its own'],
    [`tx.updateTable('posts').where('key', '=', key).set({ due_at: 1, ...values })`, 'unknown values'],
    [`const values = { state: 'sent' }; tx.updateTable('replies').set(values)`, 'a state of its own'],
    [`tx.updateTable('replies').set(valuesOf('sent'))`, 'unknown values'],
    [`tx.updateTable('replies').set('state', 'sent')`, 'unknown values'],
    [`const all = tx.updateTable('replies'); all.set({ state: 'sent' })`, 'set elsewhere'],
    ["sql`update replies set state = 'sent'`", 'a raw update'],
    ["sql`insert into replies (key, state) values ('1', 'sent')`", 'without firstReply'],
    [`tx.insertInto('posts').values({ ...firstPost('pending', {}), state: 'failed' })`, 'a state of its own'],
  ])('write: %s', (text, fault) => expect(faults(text)).toEqual([expect.stringContaining(fault)]));

  test.each([
    `tx.updateTable('replies').set({ due_at: 1 }).where('state', '=', 'planned')`,
    `tx.insertInto('posts').values({ ...firstPost('pending', {}), key: '1' })`,
    `tx.updateTable('feeds').set({ state: 'x' })`,
  ])('nothing in: %s', (text) => expect(faults(text)).toEqual([]));
});

test('replies that arrived are all of the states with a time of sending', () => {
  const arrived = Object.entries<{ has: object }>(replyStates).filter(([, { has }]) => 'sent_at' in has);
  const hour = { from: 0, posts: { pending: 0, decided: 0, failed: 0 }, unreadable: 0 };
  const each = { sent: 1, replacing: 1, withdrawing: 1, withdrawn: 1, refused: 1, abandoned: 1 };
  expect(arrived.map(([state]) => state).toSorted()).toEqual(['replacing', 'sent', 'withdrawing', 'withdrawn']);
  expect(repliesIn([{ ...hour, replies: new Map([['log', each]]) }], ['log'])).toBe(arrived.length);
});
