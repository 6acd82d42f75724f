import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readQuotation } from '../../../../src/cables/corpus/search/find-quotation.ts';
import { termBytes, termsAmong, termsOf } from '../../../../src/cables/corpus/search/terms.ts';

test('common neighbours are a term together, and none alone', () => {
  expect([...termsOf('He had BEEN in Astana, and that of the embassy in Astana.')]).toEqual(
    'he0had had0been been0in astana and0that that0of of0the embassy'.split(' '),
  );
});

test('where a quotation leaves something out are no neighbours', () => {
  expect([...termsIn('he had … been in')]).toEqual(['he0had', 'been0in']);
});

test('whatever part of a text is quoted, its terms lead to the text', () => {
  const words = fc.constantFrom('he', 'had', 'been', 'in', 'Astana', 'Élan', '07', '¶', '—');
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), fc.nat(29), fc.nat(30), (text, from, length) => {
      const quoted = text.slice(from, from + length).join(' ');
      expect(termsOf(text.join(' ')).isSupersetOf(termsIn(quoted))).toBe(true);
    }),
  );
});

test('the bytes for the index have the terms of the text, whatever it is', () => {
  const words = fc.constantFrom(
    'he',
    'HAD',
    'Because',
    'because1',
    'been',
    'xecause',
    'e7en',
    '4he',
    'which',
    'Astana',
    'Élan',
    '07',
    '—',
    '@[`{',
  );
  const gaps = fc.constantFrom(' ', '\n', '. ', '-', '');
  const texts = fc.array(fc.tuple(words, gaps), { maxLength: 30 }).map((parts) => parts.flat().join(''));
  fc.assert(
    fc.property(fc.oneof(texts, fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const terms = termBytes(text).toString().split(' ').filter(Boolean);
      expect(new Set(terms)).toEqual(termsOf(text));
    }),
  );
});

function termsIn(quotation: string): Set<string> {
  const { words, gaps } = readQuotation(quotation);
  return termsAmong(words, gaps);
}
