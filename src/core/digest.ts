import type { CableFacts, Resolution } from './citation.ts';
import type { Post } from './post.ts';
import type { ReplyState } from './reply.ts';
import type { Verdict } from './verdict.ts';
import type { DateText } from './zone.ts';

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

/** Languages of digests. */
export const digestLanguages = ['en', 'de'] as const;
export type DigestLanguage = (typeof digestLanguages)[number];

/** The outcome of a post. */
export type Outcome =
  'answered' | 'waiting' | 'held' | 'refused' | 'givenUp' | 'withdrawn' | 'recorded' | 'counted' | 'ignored' | 'failed';

/** The counts of a day. */
export const tallyGroups = [
  /** `posts`, `references`, `notPublic`. */
  'totals',
  /** References by local hour: `07`. */
  'hours',
  /** Posts. */
  'platforms',
  /** Posts. */
  'feeds',
  /** References by the cable's ID: one a post. */
  'cables',
  /** By ID and number: `07ASTANA2244 5`. */
  'paragraphs',
  /** References that were links, by site. */
  'sites',
  /** References whose cable is not certain. */
  'unresolved',
  /** Posts by outcome and reason: see digest/outcome. */
  'outcomes',
] as const;
export type TallyGroup = (typeof tallyGroups)[number];

/** Counts by name, or their differences. Omits zeros; names are sorted. */
export type Tally = Readonly<Record<TallyGroup, Readonly<Record<string, number>>>>;

/** The digest of one day, from which every format is rendered. Plain JSON; times are ISO 8601 in UTC. */
export interface Digest {
  readonly digest: string;
  readonly date: DateText;
  readonly timezone: string;
  readonly language: DigestLanguage;
  readonly ranking: Ranking;
  /** The day's first moment, and the first after it. */
  readonly start: string;
  readonly end: string;
  /** When the edition was due. */
  readonly due: string;
  /** The time of building, if the day was not over. */
  readonly unfinished?: string;
  readonly totals: {
    readonly posts: number;
    /** A post that cites two cables counts twice. */
    readonly references: number;
    readonly cables: number;
    /** Posts with citations that are not public: they are counted nowhere else. */
    readonly notPublic: number;
  };
  /** References by local hour, from 0 to 23. */
  readonly hours: readonly number[];
  readonly platforms: readonly { readonly platform: string; readonly posts: number }[];
  /** In the order of `ranking`. */
  readonly cables: readonly DigestCable[];
  /** Number of cited cables that are not in `cables`. */
  readonly moreCables: number;
  readonly sites: readonly { readonly site: string; readonly references: number }[];
  readonly unresolved: readonly {
    readonly reference: string;
    readonly references: number;
    readonly candidates: readonly string[];
  }[];
  readonly moreUnresolved: number;
  readonly outcomes: readonly { readonly outcome: Outcome; readonly why: string | null; readonly posts: number }[];
  readonly coverage: Coverage;
  /** Changes to the figures of earlier editions. */
  readonly corrections: readonly { readonly date: DateText; readonly changes: Tally }[];
}

export interface DigestCable extends CableFacts {
  readonly referenceId: string;
  readonly url: string | null;
  /** Posts that cite it. */
  readonly references: number;
  /** The most cited ones, at most 5. */
  readonly paragraphs: readonly { readonly number: number; readonly references: number }[];
  /** Never cited before, as far as the ledger goes back. */
  readonly isNew: boolean;
  /** Cited at least three times and twice as often as on an average day of the seven before. */
  readonly isRising: boolean;
  /** References on the seven days before. */
  readonly before: number;
}

export interface Coverage {
  readonly feeds: readonly {
    readonly feed: string;
    /** Posts of the day from this feed. */
    readonly posts: number;
    readonly gaps: readonly DigestGap[];
  }[];
  /** When the bot did not run. */
  readonly gaps: readonly DigestGap[];
  /** Posts of earlier days that came after the edition of their day. */
  readonly late: number;
}

export interface DigestGap {
  readonly from: string;
  readonly to: string;
  readonly why: GapReason;
}
