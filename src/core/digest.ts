import type { CableFacts, Resolution } from './citation.ts';
import type { Language } from './text/languages.ts';
import type { Post } from './post.ts';
import type { ReplyState } from './reply.ts';
import type { Verdict } from './verdict.ts';
import type { DateText } from './zone.ts';

/** A post that cites cables, as digests count it: its citations and its outcome, without its text. */
export interface CountedPost extends CitingPost {
  /** Replies to it, in the order in which they were planned. */
  readonly replies: readonly {
    readonly publisher: string;
    readonly state: ReplyState;
    readonly reason: string | null;
  }[];
}

/** A post that a digest may count, without what became of it. */
export interface CitingPost {
  /** As `postKey` makes it. */
  readonly key: string;
  readonly platform: string;
  readonly feed: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly visibility: Post['visibility'];
  /** Id of its author on the platform. */
  readonly author: string;
  /** Its address, as its platform wrote it; null where no reader is led there: only public posts of people, without a content warning, and no boosts. */
  readonly page: string | null;
  /** Null: resolving its citations failed for good. */
  readonly verdict: Verdict | null;
  readonly resolutions: readonly Resolution[];
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

/** What an edition covers: a local day, or a week from Monday to Sunday. */
export const periods = ['day', 'week'] as const;
export type Period = (typeof periods)[number];

/** The outcome of a post: what became of its reply, or that it has none. Editions keep these names. */
export type Outcome =
  | 'answered'
  | 'waiting'
  /** A reply may be out: nobody knows yet, or ever. */
  | 'unclear'
  | 'held'
  | 'refused'
  | 'rejected'
  | 'givenUp'
  | 'withdrawn'
  /** A dry run: the reply went to the log alone. */
  | 'logged'
  | 'notLoggedYet'
  | 'loggedWithdrawn'
  | 'recorded'
  | 'counted'
  | 'ignored'
  | 'failed';

/** The counts of a period. */
export const tallyGroups = [
  /** `posts`, `references`, `notPublic`. */
  'totals',
  /** References by local hour, `07`, or, in a week, by local day, `2026-11-24`. */
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

/** The digest of one period, from which every format is rendered. Plain JSON; times are ISO 8601 in UTC. */
export interface Digest {
  readonly digest: string;
  /** The period's first day. */
  readonly date: DateText;
  /** Left out in older editions: a day. */
  readonly period?: Period;
  readonly timezone: string;
  readonly language: Language;
  readonly ranking: Ranking;
  /** The period's first moment, and the first after it. */
  readonly start: string;
  readonly end: string;
  /** When the edition was due. */
  readonly due: string;
  /** The time of building, if the period was not over. */
  readonly unfinished?: string;
  readonly totals: {
    readonly posts: number;
    /** A post that cites two cables counts twice. */
    readonly references: number;
    readonly cables: number;
    /** Posts with citations that are not public: they are counted nowhere else. */
    readonly notPublic: number;
  };
  /** Of a week: references by local day, from Monday to Sunday. */
  readonly days?: readonly number[];
  /** Of a day: references by local hour, from 0 to 23. */
  readonly hours: readonly number[];
  /** Posts on the seven days, or in the four weeks, before. Left out in older editions. */
  readonly before?: number;
  readonly platforms: readonly { readonly platform: string; readonly posts: number }[];
  /** In the order of `ranking`. */
  readonly cables: readonly DigestCable[];
  /** Number of cited cables that are not in `cables`. */
  readonly moreCables: number;
  /**
   * Posts worth reading. They are looked up whenever the digest is shown or sent, and never stored: a deletion or an opt-out must hold at once.
   * Left out: nobody looked.
   */
  readonly reading?: readonly ReadingPost[];
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

export interface ReadingPost {
  readonly url: string;
  readonly platform: string;
  readonly createdAt: string;
  /** Empty `paragraphs`: the cable as a whole. */
  readonly cites: readonly { readonly referenceId: string; readonly paragraphs: readonly number[] }[];
}

export interface DigestCable extends CableFacts {
  readonly referenceId: string;
  readonly url: string | null;
  /** Posts that cite it. */
  readonly references: number;
  /** The most cited ones, at most 5. */
  readonly paragraphs: readonly {
    readonly number: number;
    readonly references: number;
    /** Its first words, where they may be quoted. */
    readonly words?: string;
  }[];
  /** Never cited before, as far as the ledger goes back. */
  readonly isNew: boolean;
  /** Cited at least three times and twice as often as in an average one of the seven days, or four weeks, before. */
  readonly isRising: boolean;
  /** References on the seven days, or in the four weeks, before. */
  readonly before: number;
}

export interface Coverage {
  readonly feeds: readonly {
    readonly feed: string;
    /** Posts of the period from this feed. */
    readonly posts: number;
    readonly gaps: readonly DigestGap[];
  }[];
  /** When the bot did not run. */
  readonly gaps: readonly DigestGap[];
  /** Posts of earlier periods that came after their edition. */
  readonly late: number;
}

export interface DigestGap {
  readonly from: string;
  readonly to: string;
  readonly why: GapReason;
}
