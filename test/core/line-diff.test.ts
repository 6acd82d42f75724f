import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DiffLine, lineDiff, withContext } from '../../src/core/text/line-diff.ts';

const signs = { same: ' ', removed: '-', added: '+' } as const;
const shown = (lines: readonly (DiffLine | null)[]) =>
  lines.map((line) => (line === null ? '…' : `${signs[line.kind]}${line.text}`));

test('a changed line is removed and added, and the others are the same', () => {
  const lines = lineDiff('a\nb\nc\nd', 'a\nB\nc\nd\ne');
  expect(shown(lines)).toEqual([' a', '-b', '+B', ' c', ' d', '+e']);
  expect(lines.map(({ old, now }) => [old, now])).toEqual([
    [1, 1],
    [2, null],
    [null, 2],
    [3, 3],
    [4, 4],
    [null, 5],
  ]);
});

test('only changes are shown, with the lines around them', () => {
  const old = Array.from({ length: 20 }, (_, i) => `${i}`);
  const now = old.with(3, 'x').with(16, 'y');
  expect(shown(withContext(lineDiff(old.join('\n'), now.join('\n')), 1))).toEqual([
    '…',
    ' 2',
    '-3',
    '+x',
    ' 4',
    '…',
    ' 15',
    '-16',
    '+y',
    ' 17',
    '…',
  ]);
  expect(withContext(lineDiff('a\nb', 'a\nb'), 3)).toEqual([]);
});

test('both texts can be read from a comparison, and no line that stayed at an end is called changed', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (old, now) => {
      const lines = lineDiff(old, now);
      const of = (side: 'old' | 'now') => lines.filter((line) => line[side] !== null);
      expect(of('old').map((line) => line.text)).toEqual(old.split('\n'));
      expect(of('now').map((line) => line.text)).toEqual(now.split('\n'));
      expect(of('old').map((line) => line.old)).toEqual(old.split('\n').map((_, i) => i + 1));
      expect(of('now').map((line) => line.now)).toEqual(now.split('\n').map((_, i) => i + 1));
      expect(lines.some(({ kind }) => kind !== 'same')).toBe(old !== now);
    }),
  );
});

test('texts with too many different lines are compared as a whole', () => {
  const many = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word} ${i}`).join('\n');
  const lines = lineDiff(`head\n${many('a')}`, `head\n${many('b')}`);
  expect(lines.map(({ kind }) => kind)).toEqual(['same', ...Array(3000).fill('removed'), ...Array(3000).fill('added')]);
});
