import type { TextLimits } from './platform.ts';

/**
 * What platforms take as a rule, for looking at templates before anything is sent. What counts in the end is what the driver says, which
 * may ask the server: it counts no character for less than is counted here.
 */
const usual: Readonly<Record<string, { readonly maxLength: number; readonly url?: number }>> = {
  // twitter-text, configuration 3: a URL counts as 23.
  x: { maxLength: 280, url: 23 },
  // app.bsky.feed.post: 300 graphemes.
  bluesky: { maxLength: 300 },
  // Mastodon's default; many servers take more.
  mastodon: { maxLength: 500, url: 23 },
};

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How long texts may be there as a rule; undefined: as long as anybody would want. */
export function usualLimits(platform: string): TextLimits | undefined {
  const known = Object.hasOwn(usual, platform) ? usual[platform] : undefined;
  if (known === undefined) return undefined;
  const { maxLength, url } = known;
  const counted = (text: string) => (url === undefined ? text : text.replaceAll(/https?:\/\/\S+/g, 'u'.repeat(url)));
  return { maxLength, length: (text) => [...graphemes.segment(counted(text))].length };
}
