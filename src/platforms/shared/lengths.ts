import type { TextLimits } from '../platform.ts';

/** As long as anybody would want. */
export const unlimited: TextLimits = { maxLength: Number.POSITIVE_INFINITY, length: (text) => text.length };

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** So many characters as people see them. `url`: a URL counts as so many, however long. Left out: for what it is. */
export function lengthsUpTo(maxLength: number, url?: number): TextLimits {
  const counted = (text: string) => (url === undefined ? text : text.replaceAll(/https?:\/\/\S+/g, 'u'.repeat(url)));
  return { maxLength, length: (text) => [...graphemes.segment(counted(text))].length };
}
