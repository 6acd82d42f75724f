import type { Resolution } from './citation.ts';
import type { Post } from './post.ts';
import type { ReplyState } from './reply.ts';
import type { Verdict } from './verdict.ts';

/** A post that cites cables, as digests count it: its citations and its outcome, without author and text. */
export interface CountedPost {
  readonly platform: string;
  readonly feed: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly visibility: Post['visibility'];
  /** Null: resolving its citations failed for good. */
  readonly verdict: Verdict | null;
  readonly resolutions: readonly Resolution[];
  /** Replies to it, in the order in which they were planned. */
  readonly replies: readonly {
    readonly publisher: string;
    readonly state: ReplyState;
    readonly reason: string | null;
  }[];
}

/** A period in which a feed was not read. Milliseconds since the Unix epoch. */
export interface Gap {
  /** Null: all feeds. */
  readonly feed: string | null;
  readonly from: number;
  /** Null: ongoing. */
  readonly to: number | null;
  readonly why: GapReason;
}

/** failing: reading failed. stopped: the bot did not run. new: the feed was not configured yet. */
export type GapReason = 'failing' | 'stopped' | 'new';

/** Selects the posts and citations that a digest counts. A key that is left out matches everything. */
export interface DigestFilter {
  readonly platforms?: readonly string[] | undefined;
  readonly feeds?: readonly string[] | undefined;
  /** The verdict has one of these labels. */
  readonly labels?: readonly string[] | undefined;
  readonly actions?: readonly Verdict['action'][] | undefined;
  /** Codes of stations: `ASTANA`. */
  readonly stations?: readonly string[] | undefined;
  /** In lower case. */
  readonly classifications?: readonly string[] | undefined;
}

/** Orders of the cables in a digest. */
export const rankings = ['mentions', 'new', 'rising'] as const;
export type Ranking = (typeof rankings)[number];

/** Output formats of digests. */
export const digestFormats = ['md', 'html', 'txt', 'json', 'atom', 'rss', 'jsonfeed'] as const;
export type DigestFormat = (typeof digestFormats)[number];

/** Languages of digests. */
export const digestLanguages = ['en', 'de'] as const;
export type DigestLanguage = (typeof digestLanguages)[number];
