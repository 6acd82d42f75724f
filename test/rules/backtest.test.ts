import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openComparison } from '../../src/rules/backtest.ts';
import { decide } from '../../src/rules/decide.ts';
import { Rules } from '../../src/rules/schema.ts';
import { anyFacts, facts, post } from './facts.ts';

const day = 24 * 3_600_000;
const rulesOf = (...rules: object[]) => Rules.parse({ rules });
const answerAll = rulesOf({ name: 'all', action: 'reply' });
const logAll = rulesOf({ name: 'all', action: 'record' });

function compare(old: Rules, now: Rules, posts: readonly Parameters<typeof post>[0][]) {
  const comparison = openComparison();
  for (const [i, changes] of posts.entries()) {
    const valuesList = { ...facts({ post: post(changes) }), seenAt: i * day };
    comparison.add(valuesList, { old: decide(valuesList, old), new: decide(valuesList, now) });
  }
  return comparison.result();
}

const threads = ['a', 'b', 'c'].map((id) => ({ id, thread: id }));

test('verdicts that differ are counted by how, day and author, with examples', () => {
  const found = compare(logAll, answerAll, threads);
  expect(found.differences).toMatchObject({ gained: 3, same: 0 });
  expect(found.actions).toEqual({ record: { old: 3, new: 0 }, reply: { old: 0, new: 3 } });
  expect(Object.values(found.days)).toEqual([1, 2, 3].map(() => ({ old: 0, new: 1 })));
  expect(found.authors).toEqual([{ author: 'file:reader', old: 0, new: 3 }]);
  expect(found.examples.gained.map(({ key }) => key)).toEqual(threads.map(({ id }) => post({ id }).key));
  expect(compare(answerAll, logAll, threads).differences).toMatchObject({ lost: 3 });
});

test('the same by another rule or template is told apart from what is done', () => {
  const other = rulesOf({ name: 'other', action: 'reply' });
  expect(compare(answerAll, other, threads).differences).toMatchObject({ changed: 3, gained: 0, lost: 0 });
  const digest = rulesOf({ name: 'all', action: 'digest' });
  expect(compare(logAll, digest, threads).differences).toMatchObject({ quieter: 3 });
  expect(compare(digest, logAll, threads).differences).toMatchObject({ louder: 3 });
});

test('a thread is answered once about the same cable', () => {
  const inOneThread = ['a', 'b', 'c'].map((id) => ({ id, thread: 'a' }));
  expect(compare(logAll, answerAll, inOneThread).actions['reply']).toEqual({ old: 0, new: 1 });
});

test('examples are the latest, and few, however long the history', () => {
  const many = Array.from({ length: 50 }, (_, i) => ({ id: String(i), thread: String(i) }));
  const { examples } = compare(logAll, answerAll, many);
  expect(examples.gained.map(({ key }) => key)).toEqual([45, 46, 47, 48, 49].map((id) => post({ id: String(id) }).key));
});

test('every post is counted once on each side, and rules differ from themselves in nothing', () => {
  fc.assert(
    fc.property(fc.array(anyFacts, { maxLength: 20 }), (all) => {
      const comparison = openComparison();
      for (const valuesList of all) {
        const verdict = decide(valuesList, answerAll);
        comparison.add({ ...valuesList, seenAt: 0 }, { old: verdict, new: verdict });
      }
      const { posts, differences, actions, rules } = comparison.result();
      expect(posts).toBe(all.length);
      expect(differences.same).toBe(all.length);
      for (const counts of [actions, rules]) {
        for (const side of ['old', 'new'] as const)
          expect(Object.values(counts).reduce((sum, pair) => sum + pair[side], 0)).toBe(all.length);
      }
    }),
  );
});

test('what replies are charged is told by publisher, of those that charge', () => {
  const comparison = openComparison();
  for (const [i, id] of ['a', 'b', 'c'].entries()) {
    const valuesList = { ...facts({ post: post({ id, thread: id }) }), seenAt: i };
    const charge = id === 'c' ? {} : { charge: { publisher: 'bot', price: 200_000 } };
    comparison.add(
      { ...valuesList, ...charge },
      { old: decide(valuesList, logAll), new: decide(valuesList, answerAll) },
    );
  }
  expect(comparison.result().costs).toEqual({ bot: { old: 0, new: 400_000 } });
});
