import { type Change, type Page, type Post, type Reject, postKey } from '../../core/post.ts';
import type { Commit, StreamEvent, StreamMessage } from './stream-event.ts';
import type { Interest } from './hashtags.ts';
import { type Found, addresses, linksOf, readRecord, rejectOf, toPost } from './to-post.ts';
import { type AuthorView, PostUri, didOf } from './wire.ts';

/** A message that becomes a post, a change or a reject. */
export type Filtered =
  | { readonly kind: 'post' | 'edit'; readonly found: Found }
  | { readonly kind: 'delete'; readonly uri: string }
  | { readonly kind: 'reject'; readonly reject: Reject };

/** All deletions and edits pass, since their posts may be stored. `bot`: DID of the account, whose own posts are dropped. */
export function prefilter(
  batch: readonly StreamMessage[],
  host: string,
  interest: Interest,
  bot: string | undefined,
): Filtered[] {
  const filtered: Filtered[] = [];
  for (const message of batch) {
    if ('fault' in message) filtered.push({ kind: 'reject', reject: rejectOf(host, message.fault, message.raw) });
    if (!('commit' in message) || message.commit === undefined) continue;
    const one = filterCommit(message, message.commit, interest, bot);
    if (one !== undefined) filtered.push(one);
  }
  return filtered;
}

/** The posts, changes and rejects of a page. */
export function contentOf(
  filtered: readonly Filtered[],
  bot: string | undefined,
  authorOf: (did: string) => AuthorView | undefined,
): Omit<Page, 'cursor'> {
  const post = (found: Found): Post => toPost(found, bot, { author: authorOf(didOf(found.uri)) });
  const changes = filtered.flatMap((one): Change[] => {
    if (one.kind === 'edit') return [{ kind: 'edit', post: post(one.found) }];
    return one.kind === 'delete' ? [{ kind: 'delete', key: postKey('bluesky', one.uri) }] : [];
  });
  return {
    posts: filtered.flatMap((one) => (one.kind === 'post' ? [post(one.found)] : [])),
    rejects: filtered.flatMap((one) => (one.kind === 'reject' ? [one.reject] : [])),
    ...(changes.length > 0 && { changes }),
  };
}

function filterCommit(
  { timeUs }: StreamEvent,
  commit: Commit,
  interest: Interest,
  bot: string | undefined,
): Filtered | undefined {
  const { operation, uri, cid, record } = commit;
  if (bot !== undefined && didOf(uri) === bot) return undefined;
  if (operation === 'delete') return { kind: 'delete', uri };
  const read = PostUri.safeParse(uri).success ? readRecord(record) : 'not the address of a post';
  if (typeof read === 'string') return { kind: 'reject', reject: rejectOf(uri, read, record) };
  const found = { uri, cid, record: read, seenAt: Math.floor(timeUs / 1000) };
  if (operation === 'update') return { kind: 'edit', found };
  return addresses(read, bot) || interest.accepts(read, linksOf(read)) ? { kind: 'post', found } : undefined;
}
