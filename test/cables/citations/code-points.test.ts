import { expect, test } from 'vitest';
import { faultAt, places } from './code-points.ts';

test.each(Object.entries(places))('no character %s makes another cable of it, or loses it', (name, place) => {
  const faults: string[] = [];
  // All of the scripts that are in most use, and a part of the others; the long test takes every code point.
  for (let at = 0; at < 0xf0000; at += at < 0x3100 ? 1 : 89) {
    if (at >= 0xd800 && at < 0xe000) continue;
    const fault = faultAt(name, place, at);
    if (fault !== undefined) faults.push(fault);
  }
  expect(faults).toEqual([]);
});
