import type { Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import type { Earlier } from './counters.ts';
import { folded, foldedClassification, foldedHandle, foldedHashtag, foldedMarking, foldedWords } from './fold.ts';

/** What conditions look at, brought into comparable form once per post. */
export interface Subject {
  readonly post: Post;
  readonly feed: string;
  readonly hashtags: ReadonlySet<string>;
  /** As `foldedWords` gives them; made when a rule first asks. */
  readonly words: () => string;
  readonly author: string;
  readonly language: string | null;
  readonly citations: readonly CitationSubject[];
  readonly earlier: Earlier;
}

/** A post as rules are asked about it. */
export interface Asked {
  readonly post: Post;
  /** Name of the feed that delivered it. */
  readonly feed: string;
  readonly resolutions: readonly Resolution[];
  /** What was counted before it. Left out: nothing came before. */
  readonly earlier?: Earlier;
}

const nothingBefore: Earlier = new Map();

/** One citation of it. */
export interface CitationSubject {
  readonly resolution: Resolution;
  readonly classification: string | null;
  readonly origin: string | null;
  readonly markings: readonly string[];
}

export function subjectOf({ post, feed, resolutions, earlier = nothingBefore }: Asked): Subject {
  let words: string | undefined;
  return {
    post,
    feed,
    hashtags: new Set(post.hashtags.map(foldedHashtag)),
    words: () => (words ??= foldedWords(post.text)),
    author: foldedHandle(post.author.handle),
    language: post.language === null ? null : folded(post.language),
    citations: resolutions.map((resolution) => ({
      resolution,
      classification: resolution.cable?.classification ? foldedClassification(resolution.cable.classification) : null,
      origin: resolution.cable?.origin ? folded(resolution.cable.origin) : null,
      markings: resolution.traits.markings.map(foldedMarking),
    })),
    earlier,
  };
}
