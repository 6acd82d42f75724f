import type { Resolution } from './citation.ts';
import type { Post, Reject } from './post.ts';
import type { Payload, Published, ReplyState } from './reply.ts';
import type { Verdict } from './verdict.ts';

/** What the bot tells the person who watches it. Nothing depends on it. */
export type BotEvent =
  | {
      readonly kind: 'decided';
      readonly post: Post;
      readonly resolutions: readonly Resolution[];
      readonly verdict: Verdict;
    }
  | { readonly kind: 'sent'; readonly payload: Payload; readonly publisher: string; readonly published: Published }
  /** A page of a feed was read. */
  | { readonly kind: 'polled'; readonly feed: string; readonly seen: number; readonly ingested: number }
  /** A feed was read to its present end. */
  | { readonly kind: 'read'; readonly feed: string }
  /** The clockwork begins a tick: the process is alive. */
  | { readonly kind: 'ticked' }
  /** Worth knowing, but nothing went wrong. */
  | ({ readonly kind: 'info' } & Remark)
  /** Something a feed delivered was passed over. */
  | { readonly kind: 'rejected'; readonly feed: string; readonly reject: Reject }
  | ({ readonly kind: 'error' } & Remark);

interface Remark {
  /** What it is about, for people: a post, a feed, a part of the bot. */
  readonly what: string;
  readonly message: string;
  /** The key of the post that it is about. */
  readonly post?: string;
  readonly feed?: string;
  /** The state that a reply took, and whose it is. */
  readonly reply?: { readonly state: ReplyState; readonly publisher: string };
}

/**
 * What a ring is about: the key of a poll names a feed, that of a notice a channel, that of a digest itself, that of links a site, that of
 * a check a page which told us of a link; all others name posts.
 */
export function about(name: string, key: string): { feed?: string; post?: string } {
  if (['notify', 'digest', 'links', 'verify'].includes(name)) return {};
  return name === 'poll' ? { feed: key } : { post: key };
}

export type Emit = (event: BotEvent) => void;
