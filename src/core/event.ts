import type { Resolution } from './citation.ts';
import type { Post } from './post.ts';
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
  | {
      readonly kind: 'polled';
      readonly feed: string;
      readonly seen: number;
      readonly kept: number;
      readonly rejected: number;
    }
  | { readonly kind: 'trouble'; readonly what: string; readonly message: string };

export type Tell = (event: Event) => void;
