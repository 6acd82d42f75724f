import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test.each(['words', 'not-words'])(
  '%s.txt of the spell checker is sorted, and has each word once, in small letters',
  (list) => {
    const words = readFileSync(new URL(`data/${list}.txt`, import.meta.url), 'utf8')
      .trim()
      .split('\n');
    expect(words).toEqual([...new Set(words.map((word) => word.toLowerCase()))].toSorted());
  },
);
