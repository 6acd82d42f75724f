import type { TextLimits } from '../platform.ts';

/** No limit of length. */
export const unlimited: TextLimits = { maxLength: Number.POSITIVE_INFINITY, length: (text) => text.length };

let segmenter: Intl.Segmenter | undefined;

export function graphemesIn(text: string): string[] {
  // Made on first use: that takes milliseconds, and most commands measure no text.
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Counts graphemes. `urlLength`: what each URL counts, however long it is; left out: its own graphemes. */
export function lengthsUpTo(maxLength: number, urlLength?: number): TextLimits {
  const counted = (text: string) =>
    urlLength === undefined ? text : text.replaceAll(/https?:\/\/\S+/g, 'u'.repeat(urlLength));
  return { maxLength, length: (text) => graphemesIn(counted(text)).length };
}
