import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readQuotation } from '../../../../src/cables/corpus/search/find-quotation.ts';
import { termsAmong, termsOf } from '../../../../src/cables/corpus/search/terms.ts';

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

function termsIn(quotation: string): Set<string> {
  const { words, gaps } = readQuotation(quotation);
  return termsAmong(words, gaps);
}
