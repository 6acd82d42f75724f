import { findCitations } from '../src/cables/citations/find.ts';
import { postTexts } from '../test/support/make-posts.ts';
import { type Bench, rate, thousands } from './figure.ts';

/** Citations found in a million posts, beside twitter-text finding their hashtags. */
export const bench: Bench = {
  async run() {
    const texts = postTexts(1_000_000, { citing: 0.05, seed: 1 });
    const posts = texts.map((text) => ({ text, hashtags: [], links: [] }));
    const context = { weakCounts: false };
    let found = 0;
    const ours = rate(texts.length, () => {
      found = 0;
      for (const post of posts) found += findCitations(post, context).citations.length;
    });
    // Loaded only now: its polyfills would slow ours down.
    const { default: twitter } = await import('twitter-text');
    const theirs = rate(texts.length, () => {
      for (const text of texts) twitter.extractHashtags(text);
    });
    const ratio = ours / theirs;
    return [
      {
        name: 'citations found, against twitter-text',
        measured: `${thousands(ours)} posts/s (${thousands(found)} citations), twitter-text ${thousands(theirs)}/s`,
        value: ratio,
        target: '>= 10 x',
        met: ratio >= 10,
      },
    ];
  },
};
