import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/core/bounded-map.ts';

test('a bounded map evicts its oldest entry for a new one, and setting a key again makes it the newest', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
  expect([...map]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});

test('a bounded map that is full keeps its other entries when a known key is set', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2).set('b', 3);
  expect(map.size).toBe(2);
});
