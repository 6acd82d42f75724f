import { describe, expect, test } from 'vitest';
import { referenceId } from '../../src/cables/ids/reference-id.ts';
import { traitsOf } from '../../src/cables/resolve-citation.ts';
import type { Cable } from '../../src/core/cable.ts';
import type { Citation } from '../../src/core/citation.ts';

function citation(paragraphs: readonly number[] = []): Citation {
  return { kind: 'url', strength: 'strong', written: 'x', span: null, referenceId: null, paragraphs, clues: null };
}

const cable = {
  tags: ['PREL', 'NO'],
  paragraphs: [
    { number: 1, marking: 'C', text: '', anchor: null },
    { number: 2, marking: null, text: '', anchor: null },
    { number: 3, marking: 'S/NF', text: '', anchor: null },
    { number: 4, marking: 'C', text: '', anchor: null },
  ],
} as Partial<Cable> as Cable;

describe('what rules may ask of a citation', () => {
  test('is known in part from the ID alone', () => {
    expect(traitsOf(citation([1]), referenceId('08OSLO461'))).toEqual({
      kind: 'url',
      year: 2008,
      station: 'OSLO',
      country: 'Norway',
      tags: [],
      markings: [],
    });
  });

  test('is hardly anything where the cable is not known', () => {
    const nothing = { kind: 'url', year: null, station: null, country: null, tags: [], markings: [] };
    expect(traitsOf(citation(), null)).toEqual(nothing);
    expect(traitsOf(citation(), referenceId('08NOWHERE1'))).toEqual({ ...nothing, year: 2008, station: 'NOWHERE' });
  });

  test('has the TAGS of the text at hand, and the markings of the paragraphs that are cited', () => {
    const id = referenceId('08OSLO461');
    expect(traitsOf(citation(), id, cable)).toMatchObject({ tags: ['PREL', 'NO'], markings: [] });
    expect(traitsOf(citation([1, 2, 4]), id, cable).markings).toEqual(['C']);
    expect(traitsOf(citation([3, 4, 9]), id, cable).markings).toEqual(['S/NF', 'C']);
  });
});
