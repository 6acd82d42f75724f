import type { Resolution } from './citation.ts';
import { type Post, type Reject, shortId } from './post.ts';
import type { Payload, Published, ReplyState } from './reply.ts';
import type { Verdict } from './verdict.ts';

/** Events for logs, metrics and traces. No decision depends on them. */
export type BotEvent =
  | {
      readonly kind: 'decided';
      readonly post: Post;
      readonly resolutions: readonly Resolution[];
      readonly verdict: Verdict;
    }
  | { readonly kind: 'sent'; readonly payload: Payload; readonly publisher: string; readonly published: Published }
  /** The bot read a page of a feed. */
  | { readonly kind: 'polled'; readonly feed: string; readonly seen: number; readonly ingested: number }
  /** The bot read a feed to its current end. */
  | { readonly kind: 'read'; readonly feed: string }
  /** The scheduler starts a tick: the process is alive. */
  | { readonly kind: 'ticked' }
  /** Worth knowing, but no error. */
  | ({ readonly kind: 'info' } & Remark)
  /** The bot skipped an item of a feed. */
  | { readonly kind: 'rejected'; readonly feed: string; readonly reject: Reject }
  | ({ readonly kind: 'error' } & Remark);

interface Remark {
  /** Subject, for people: a post, a feed, a part of the bot. */
  readonly what: string;
  readonly message: string;
  /** Key of the post concerned. */
  readonly post?: string;
  readonly feed?: string;
  /** Somebody gave a wrong password or token at the operator's page. */
  readonly failedLogin?: true;
  /** The new state of a reply, and its publisher. */
  readonly reply?: { readonly state: ReplyState; readonly publisher: string };
}

/** Subject and message without the key of the post, which may hold names: its short id stands there. */
export function withoutKeys({ what, message, post }: Pick<Remark, 'what' | 'message' | 'post'>) {
  if (post === undefined) return { what, message };
  const id = shortId(post);
  return { what: what.replaceAll(post, id), message: message.replaceAll(post, id), post: id };
}

/** Subject of a job: a key of `poll` names a feed, those of `notify`, `digest`, `links` and `verify` neither feed nor post, all others a post. */
export function about(name: string, key: string): { feed?: string; post?: string } {
  if (['notify', 'digest', 'links', 'verify'].includes(name)) return {};
  return name === 'poll' ? { feed: key } : { post: key };
}

export type Emit = (event: BotEvent) => void;
