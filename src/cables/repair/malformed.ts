import type { PublishedId, ReferenceId } from '../../core/cable.ts';
import { lazily } from '../tsv.ts';
import { malformedIds } from '../ids/reference-id.ts';
import { letterDistance } from './letters.ts';

/** Malformed published IDs that are one slip from what is written, with the right ones: `08SECTION01F30BEIRUT1568`. */
export function malformedNear(written: string): (readonly [PublishedId, ReferenceId])[] {
  const key = written.toUpperCase().replace(/[^0-9A-Z]/g, '');
  return malformed().filter(([wrong]) => {
    if (Math.abs(wrong.length - key.length) > 1) return false;
    const distance = letterDistance(key, wrong, 1);
    return distance !== undefined && distance > 0;
  });
}

const malformed = lazily(malformedIds);
