import { findCitations } from '../../src/cables/citations/find.ts';
import type { IncomingPost } from '../../src/ledger/posts/posts.ts';
import { postTexts } from '../../test/support/make-posts.ts';
import { post } from '../../test/support/posts.ts';

/** Posts that all cite a cable, as a poll would keep them. */
export function citedPosts(wanted: number): IncomingPost[] {
  return postTexts(wanted, { citing: 1, seed: 3 }).map((text, i) => {
    const { citations, surplus } = findCitations({ text, hashtags: [], links: [] }, { weakCounts: true });
    const author = { id: `user${i % 997}`, handle: `user${i % 997}`, name: null, bot: false };
    return { post: post({ id: String(i), text, author }), citations, surplus };
  });
}
