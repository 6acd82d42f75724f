import type { DigestLanguage, GapReason, Ranking } from '../core/digest-filter.ts';
import type { DateText } from '../core/zone.ts';
import type { Outcome } from './outcome.ts';
import type { Tally } from './tally.ts';

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

export interface DigestCable {
  readonly referenceId: string;
  readonly subject: string | null;
  readonly created: string | null;
  readonly classification: string | null;
  readonly origin: string | null;
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
