import type { Resolution } from './citation.ts';
import type { Post, Reject } from './post.ts';
import type { Payload, Published } from './reply.ts';
import type { Verdict } from './verdict.ts';

/** What the bot tells the person who watches it. Nothing depends on it. */
export type Event =
  | {
      readonly kind: 'decided';
      readonly post: Post;
      readonly resolutions: readonly Resolution[];
      readonly verdict: Verdict;
    }
  | { readonly kind: 'sent'; readonly payload: Payload; readonly publisher: string; readonly published: Published }
  /** A page of a feed was read. */
  | { readonly kind: 'polled'; readonly feed: string; readonly seen: number; readonly kept: number }
  /** A feed was read to its present end. */
  | { readonly kind: 'read'; readonly feed: string }
  /** Worth knowing, but nothing went wrong. */
  | { readonly kind: 'notice'; readonly what: string; readonly message: string }
  /** Something a feed delivered was passed over. */
  | { readonly kind: 'rejected'; readonly feed: string; readonly reject: Reject }
  | { readonly kind: 'trouble'; readonly what: string; readonly message: string };

export type Tell = (event: Event) => void;
