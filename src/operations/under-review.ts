import type { Resolution } from '../core/citation.ts';
import { type Post, postKey } from '../core/post.ts';
import { codecs } from '../ledger/db/codecs.ts';
import { readEach } from '../ledger/db/json-column.ts';
import type { Executor, PostRow, ReplyRow } from '../ledger/db/schema.ts';
import { mentionsOf } from '../ledger/posts/mentions.ts';
import { postRow } from '../ledger/posts/posts.ts';
import { answeredBefore } from '../ledger/posts/questions.ts';

/** What a reviewer sees beside a reply. */
export interface UnderReview {
  /** The post that it answers. Undefined: deleted, or not readable. */
  readonly post: Post | undefined;
  /** Stored posts that this one is about. */
  readonly context: readonly ContextPost[];
  /** What may be wrong with the text, as a sentence. */
  readonly warnings: readonly string[];
}

interface ContextPost {
  readonly relation: 'In reply to' | 'Quotes' | 'After our answer to';
  readonly post: Post;
}

/** The post that a reply answers, what is stored of its context, and what may be wrong with the text. */
export async function underReview(db: Executor, row: ReplyRow): Promise<UnderReview> {
  const { text } = codecs.replies.payload.decode(row.payload, row.key);
  const post = readable(await postRow(db, row.post_key));
  const lost = lostLink(text, await mentionsOf(db, row.post_key));
  const warnings = lost === undefined ? [] : [lost];
  return { post, context: post === undefined ? [] : await contextOf(db, post), warnings };
}

async function contextOf(db: Executor, post: Post): Promise<ContextPost[]> {
  const stored = async (id: string | null) =>
    id === null ? undefined : readable(await postRow(db, postKey(post.platform, id)));
  const found = [
    { relation: 'In reply to', post: await stored(post.inReplyTo) },
    { relation: 'Quotes', post: await stored(post.quotes ?? null) },
    { relation: 'After our answer to', post: (await answeredBefore(db, post))?.post },
  ] as const;
  return found.flatMap(({ relation, post: above }) => (above === undefined ? [] : [{ relation, post: above }]));
}

function readable(row: PostRow | undefined): Post | undefined {
  return readEach(row === undefined || row.state === 'deleted' ? [] : [row], ({ post, key }) =>
    codecs.posts.post.decode(post, key),
  ).find(({ text }) => text !== '');
}

/** A warning if the cited cables have links and the text has none of them; places within the page do not matter. */
function lostLink(text: string, resolutions: readonly Resolution[]): string | undefined {
  const pages = resolutions.flatMap(({ links }) => links.map(({ url }) => url.replace(/#.*$/s, '')));
  if (pages.length === 0 || pages.some((page) => text.includes(page))) return undefined;
  return 'The text has no link to the cable: readers cannot open what it is about.';
}
