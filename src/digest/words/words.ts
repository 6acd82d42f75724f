import type { GapReason, Outcome } from '../../core/digest.ts';

/** All texts of a digest; each language is one file. */
export interface Words {
  /** Locale for `Intl`, which formats dates and numbers. */
  readonly locale: string;
  readonly title: (digest: string, date: string) => string;
  readonly summary: (posts: number, references: number, cables: number) => string;
  readonly nothing: string;
  readonly unfinished: (until: string) => string;
  readonly notPublic: (posts: number) => string;
  readonly cables: string;
  readonly moreCables: (count: number) => string;
  readonly newLabel: string;
  readonly risingLabel: (before: number) => string;
  readonly hours: string;
  readonly hour: string;
  readonly platforms: string;
  readonly platform: string;
  readonly sites: string;
  readonly site: string;
  readonly unresolved: string;
  readonly candidates: string;
  readonly outcomes: string;
  readonly outcome: Readonly<Record<Outcome, string>>;
  readonly why: string;
  readonly coverage: string;
  readonly feed: string;
  readonly gaps: string;
  readonly allRead: string;
  readonly gapOfAll: string;
  readonly gap: Readonly<Record<GapReason, string>>;
  readonly late: (posts: number) => string;
  readonly corrections: string;
  readonly correction: (date: string) => string;
  readonly day: string;
  readonly change: string;
  readonly reference: string;
  readonly references: string;
  readonly posts: string;
  readonly cable: string;
  readonly origin: string;
  readonly created: string;
  readonly classification: string;
  readonly paragraphs: string;
  /** Labels of references without an ID, by kind. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly note: string;
  /** The first line of a post. */
  readonly post: (posts: number, cables: number, date: string) => string;
}
