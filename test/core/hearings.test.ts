import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSameVersion, unite, uniteEdit } from '../../src/core/post.ts';
import { post } from '../support/posts.ts';

const words = '@bot #07ASTANA2244';
const withAltText = { text: `${words}\n\na scan`, altTextStart: words.length };

const hearing = fc
  .record({
    words: fc.constantFrom({ text: words }, withAltText),
    summoned: fc.boolean(),
    visibility: fc.constantFrom('public' as const, 'followers' as const, 'direct' as const),
    links: fc.shuffledSubarray(['a', 'b', 'c']),
    hashtags: fc.shuffledSubarray(['x', 'y']),
    closed: fc.constantFrom({}, { closed: 'blocks the bot' }),
  })
  .map(({ words: written, closed, ...heard }) => post({ id: '1', ...written, ...heard, ...closed }));

describe('hearings of one version of a post', () => {
  test('know the same together in whatever order they come, and nothing more when they come again', () => {
    fc.assert(
      fc.property(hearing, hearing, (one, other) => {
        const both = unite(one, other);
        expect(both).toEqual(unite(other, one));
        expect([unite(both, one), unite(both, other), unite(one, one)]).toEqual([both, both, one]);
        expect(unite(both, other)).toBe(both);
      }),
    );
  });

  test('lose nothing that one of them knows', () => {
    fc.assert(
      fc.property(hearing, hearing, (one, other) => {
        const both = unite(one, other);
        expect(new Set(both.links)).toEqual(new Set([...one.links, ...other.links]));
        expect(both.summoned).toBe(one.summoned || other.summoned);
        expect(isSameVersion(both, one) && isSameVersion(both, other)).toBe(true);
      }),
    );
  });

  test('are told apart from an edit, which replaces links, and forgets a summons only with the words', () => {
    const asked = post({ id: '1', text: words, summoned: true, links: ['a'], visibility: 'direct' });
    const mended = { ...asked, summoned: false, links: ['b'], visibility: 'public' as const };
    expect(uniteEdit(asked, mended)).toMatchObject({ summoned: true, links: ['b'], visibility: 'direct' });
    const others = { ...mended, text: 'other words' };
    expect(uniteEdit(asked, others)).toBe(others);
  });
});
