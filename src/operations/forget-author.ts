import { personKey, shortId } from '../core/post.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type AuthorId, deletePostsBy, deleteTracesOf } from '../ledger/posts/authors.ts';
import { audited } from './audit-entry.ts';

/**
 * Deletes all that is stored about an author, as if the author had deleted every post. An opt-out stays. The audit log gets a hash of the
 * person. Returns the number of posts.
 */
export async function forgetAuthor(ledger: Ledger, author: AuthorId, withdraw: boolean): Promise<number> {
  const now = await ledger.now();
  let posts = 0;
  for (let some = 1; some > 0; posts += some)
    some = await ledger.transact((tx) => deletePostsBy(tx, author, { now, withdraw }));
  const target = `person ${shortId(personKey(author.platform, author.id))}`;
  await audited(ledger, { action: 'forget', target, note: `${posts} posts` }, async (tx) => {
    await deleteTracesOf(tx, author);
    return true;
  });
  return posts;
}
