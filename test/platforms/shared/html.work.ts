import { htmlToText } from '../../../src/platforms/shared/html.ts';
import type { Work } from '../../support/growth.ts';

/** Pages of about `n` characters. */
export const pages: Record<string, (n: number) => string> = {
  'open tags without end': (n) => '<i>'.repeat(n / 3),
  'tags that close nothing': (n) => `${'<b>'.repeat(n / 7)}${'</i>'.repeat(n / 7)}`,
  '<': (n) => '<'.repeat(n),
  '&': (n) => '&'.repeat(n),
  paragraphs: (n) => '<p>'.repeat(n / 3),
  'quotations in quotations': (n) => '<blockquote>'.repeat(n / 12),
  attributes: (n) => `<a ${'x '.repeat(n / 2)}`,
  'list items': (n) => '<li>'.repeat(n / 4),
  blanks: (n) => `${' '.repeat(1000)}x`.repeat(n / 1000),
  'empty lines in <pre>': (n) => `<pre>${'\n'.repeat(n)}`,
  'quoted empty lines': (n) => `<blockquote><pre>${'x\n'.repeat(n / 2)}`,
};

export const work: Record<string, Work> = Object.fromEntries(
  Object.entries(pages).map(([what, page]) => [what, (n: number) => htmlToText(page(n), 'https://blog.example/')]),
);
