import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CitationKind, Resolution } from '../../src/core/citation.ts';
import { modelOf, shown } from '../../src/replies/model.ts';
import { compose } from '../../src/replies/compose.ts';
import { hostile, hostileWords } from '../support/strangers.ts';
import { post, seed, templateIn } from './answers.ts';

const kinds: readonly CitationKind[] = ['hashtag', 'id', 'url', 'no-year', 'description', 'quotation'];
const template = templateIn(new URL('../../config/templates', import.meta.url).pathname, 'default.en');
const limits = { maxLength: Infinity, length: (text: string) => text.length };

/** A citation of what is not known: all that a reply could say of it is the author's. */
function unknown(kind: CitationKind, written: string, status: Resolution['status'] = 'unknown-cable'): Resolution {
  const base = seed([], { written, status, referenceId: null, publishedId: null, links: [], cable: null });
  return { ...base, traits: { ...base.traits, kind } };
}

/** All texts that a template can reach, with their paths. */
function* textsIn(value: unknown, path = ''): Iterable<[string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) yield* textsIn(one, `${path}.${key}`);
}

/** Of our own making. */
const ours = new Set(['unknown-cable', 'ambiguous', 'Pilcrow', 'en']);
const harmless = /^[\p{L}\p{N} ]{0,60}$/u;
const handle = /^[\p{L}\p{N}_.@:-]{0,300}$/u;

describe('a stranger’s words', () => {
  test('are letters, digits and spaces in every variable of a template, 60 at most', () => {
    fc.assert(
      fc.property(hostileWords, fc.constantFrom(...kinds), hostileWords, (written, kind, name) => {
        const author = { id: name, handle: name, name, bot: false };
        const asked = post({ author, text: written, summoned: true, warning: written });
        const resolutions = [unknown(kind, written), unknown(kind, `${written} 2`, 'ambiguous')];
        const model = shown(modelOf({ post: asked, resolutions, surplus: 0, bot: 'Pilcrow', language: 'en' }));
        for (const [path, text] of textsIn(model))
          if (!ours.has(text)) expect(text, path).toMatch(path === '.author' ? handle : harmless);
      }),
    );
  });

  test.each(['quotation', 'description', 'url'] as const)('of a %s are not repeated at all', (kind) => {
    for (const status of ['unknown-cable', 'ambiguous'] as const) {
      const resolutions = [unknown(kind, hostile.join(' '), status)];
      const text = compose({ template, post: post({ summoned: true }), resolutions, limits });
      expect(text).toBe(status === 'ambiguous' ? 'This could be several cables.' : 'No such cable is known.');
    }
  });

  test.each(hostile)('are no address: a handle that reads %j', (written) => {
    const author = { id: '1', handle: written, name: null, bot: false };
    const model = modelOf({ post: post({ author }), resolutions: [], surplus: 0, bot: '', language: 'en' });
    expect(model.author).toMatch(/^[\p{L}\p{N}_]*$/u);
  });

  test.each(['ada', 'ada.example', 'Ada_1@social.example:8443', 'npub1xyz', 'ада@пример.example'])(
    'are kept where they are a handle: %s',
    (written) => {
      const author = { id: '1', handle: `@${written}`, name: null, bot: false };
      expect(modelOf({ post: post({ author }), resolutions: [], surplus: 0, bot: '', language: 'en' }).author).toBe(
        written,
      );
    },
  );
});
