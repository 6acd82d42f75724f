import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editsBetween } from '../../../src/core/text/edit-distance.ts';

describe('edits between two words', () => {
  const simple = (a: string, b: string): number => {
    const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (__, j) => i + j));
    for (let i = 1; i <= a.length; i += 1) {
      for (let j = 1; j <= b.length; j += 1) {
        const row = rows[i]!;
        row[j] = Math.min(
          rows[i - 1]![j]! + 1,
          row[j - 1]! + 1,
          rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        );
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
      }
    }
    return rows[a.length]![b.length]!;
  };

  test('are as many as the textbook counts, or more than are asked for in both', () => {
    const word = fc.stringMatching(/^[abc]{0,7}$/);
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(Math.min(3, editsBetween(a, b, 2))).toBe(Math.min(3, simple(a, b)));
      }),
      { numRuns: 500 },
    );
  });
});
