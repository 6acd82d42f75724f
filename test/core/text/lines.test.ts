import { expect, test } from 'vitest';
import { splitLines } from '../../../src/core/text/lines.ts';

test('an overlong line is handed on as it comes, and nothing of it is held back', () => {
  const splitter = splitLines(1000);
  const pieces = Array.from({ length: 100 }, () => [...splitter.push(Buffer.alloc(600, 'x'))]).flat();
  expect(pieces[0]).toMatchObject({ kind: 'overlong', length: 1200, bytes: { length: 800 } });
  expect(pieces.slice(1)).toEqual(Array.from({ length: 98 }, () => ({ kind: 'skipped', length: 600, ended: false })));
  expect(splitter.rest()).toBeNull();
});
