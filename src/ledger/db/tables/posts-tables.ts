import type { ControlWord } from '../../../core/control.ts';

/**
 * pending: waits to be resolved. decided: has a verdict. failed: resolving it failed too often, see `error`. deleted: the author deleted it,
 * and only the key remains.
 */
export type PostState = 'pending' | 'decided' | 'failed' | 'deleted';

export interface PostsTable {
  key: string;
  platform: string;
  /** The author's id on the platform. */
  author: string;
  /** Id of the thread's first post; null for that post itself. */
  thread: string | null;
  feed: string;
  /** JSON of core/post. */
  post: string;
  /** JSON of core/citation, at most 10. */
  citations: string;
  /** Citations beyond the tenth. */
  surplus: number;
  /** Command to the bot, instead of citations: core/control. */
  control: ControlWord | null;
  /** Number of edits. */
  revision: number;
  state: PostState;
  /** Time of the next attempt to resolve it; null: none. */
  due_at: number | null;
  attempts: number;
  error: string | null;
  /** JSON of core/verdict. */
  verdict: string | null;
  created_at: number;
  ingested_at: number;
  decided_at: number | null;
}

/** A resolved citation of a post: digests and searches count these. */
export interface MentionsTable {
  post_key: string;
  position: number;
  reference_id: string | null;
  status: string;
  /** JSON of core/citation Resolution. */
  resolution: string;
  at: number;
}

/** Hashes of keys of purged posts and of scopes of purged replies. */
export interface TombstonesTable {
  hash: string;
  at: number;
}
