import type { Citation, Resolution } from '../../../core/citation.ts';
import type { ControlWord } from '../../../core/control.ts';
import type { Post } from '../../../core/post.ts';
import type { Verdict } from '../../../core/verdict.ts';
import type { Json } from '../json-column.ts';

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
  post: Json<Post>;
  /** At most 10. */
  citations: Json<readonly Citation[]>;
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
  verdict: Json<Verdict> | null;
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
  resolution: Json<Resolution>;
  at: number;
}

/** Hashes of keys of purged posts and of scopes of purged replies. */
export interface TombstonesTable {
  hash: string;
  at: number;
}
