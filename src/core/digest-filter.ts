import type { Resolution } from './citation.ts';
import type { Post } from './post.ts';
import type { ReplyState } from './reply.ts';
import type { Verdict } from './verdict.ts';

/** A post that cites cables, as digests see it: what it cites and what was done about it, nothing of who wrote it or of the words. */
export interface CountedPost {
  readonly platform: string;
  readonly feed: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly visibility: Post['visibility'];
  /** Null: looking up what it cites failed for good. */
  readonly verdict: Verdict | null;
  readonly resolutions: readonly Resolution[];
  /** What was said to it, the first planned first. */
  readonly replies: readonly {
    readonly publisher: string;
    readonly state: ReplyState;
    readonly reason: string | null;
  }[];
}

/** A time in which something was not read. Milliseconds since the Unix epoch. */
export interface Gap {
  /** Null: of all feeds. */
  readonly feed: string | null;
  readonly from: number;
  /** Null: it lasts. */
  readonly to: number | null;
  readonly why: GapReason;
}

/** failing: it could not be read. stopped: the bot did not run. new: it was not known yet. */
export type GapReason = 'failing' | 'stopped' | 'new';

/** Which posts and citations a digest counts; what is left out of it does not matter. */
export interface DigestFilter {
  readonly platforms?: readonly string[] | undefined;
  readonly feeds?: readonly string[] | undefined;
  /** The verdict has one of these. */
  readonly labels?: readonly string[] | undefined;
  readonly actions?: readonly Verdict['action'][] | undefined;
  /** Codes of stations: `ASTANA`. */
  readonly stations?: readonly string[] | undefined;
  /** In lower case. */
  readonly classifications?: readonly string[] | undefined;
}

/** By what the cables of a digest are ordered. */
export const rankings = ['mentions', 'new', 'rising'] as const;
export type Ranking = (typeof rankings)[number];

/** What a digest can be written as. */
export const digestFormats = ['md', 'html', 'txt', 'json', 'atom', 'rss', 'jsonfeed'] as const;
export type DigestFormat = (typeof digestFormats)[number];

/** Languages that a digest can be written in. */
export const digestLanguages = ['en', 'de'] as const;
export type DigestLanguage = (typeof digestLanguages)[number];
