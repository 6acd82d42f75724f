import type { Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import { folded, foldedClassification, foldedHandle, foldedHashtag, type When } from './schema.ts';

/** What conditions look at, brought into comparable form once per post. */
export interface Subject {
  readonly platform: string;
  readonly feed: string;
  readonly hashtags: ReadonlySet<string>;
  readonly author: string;
  readonly language: string | null;
  readonly summoned: boolean;
  readonly citations: readonly CitationSubject[];
}

interface CitationSubject {
  readonly status: Resolution['status'];
  readonly classification: string | null;
  readonly origin: string | null;
}

export function subjectOf(post: Post, feed: string, resolutions: readonly Resolution[]): Subject {
  return {
    platform: post.platform,
    feed,
    hashtags: new Set(post.hashtags.map(foldedHashtag)),
    author: foldedHandle(post.author.handle),
    language: post.language === null ? null : folded(post.language),
    summoned: post.summoned,
    citations: resolutions.map(({ status, cable }) => ({
      status,
      classification: cable?.classification ? foldedClassification(cable.classification) : null,
      origin: cable?.origin ? folded(cable.origin) : null,
    })),
  };
}

/** The first condition that does not hold, or null when all do. */
export function firstFalse(when: When | undefined, subject: Subject): keyof When | null {
  if (when === undefined) return null;
  for (const [condition, holds] of ofThePost) if (!holds(when, subject)) return condition;
  let citations = subject.citations;
  for (const [condition, holds] of ofACitation) {
    if (when[condition] === undefined) continue;
    citations = citations.filter((citation) => holds(when, citation));
    if (citations.length === 0) return condition;
  }
  return null;
}

type Test<About> = readonly [keyof When, (when: When, about: About) => boolean];

const ofThePost: readonly Test<Subject>[] = [
  ['platform', (when, { platform }) => among(when.platform, platform)],
  ['feed', (when, { feed }) => among(when.feed, feed)],
  ['hashtags', (when, { hashtags }) => when.hashtags?.some((wanted) => hashtags.has(wanted)) ?? true],
  ['author', (when, { author }) => among(when.author, author)],
  ['language', (when, { language }) => when.language?.some((wanted) => isLanguage(language, wanted)) ?? true],
  ['summoned', (when, { summoned }) => when.summoned === undefined || when.summoned === summoned],
];

const ofACitation: readonly Test<CitationSubject>[] = [
  ['status', (when, { status }) => among(when.status, status)],
  ['classification', (when, { classification }) => among(when.classification, classification)],
  ['origin', (when, { origin }) => among(when.origin, origin)],
];

function among(wanted: readonly string[] | undefined, found: string | null): boolean {
  return wanted === undefined || (found !== null && wanted.includes(found));
}

/** `en` includes `en-gb`. */
function isLanguage(found: string | null, wanted: string): boolean {
  return found !== null && (found === wanted || found.startsWith(`${wanted}-`));
}
