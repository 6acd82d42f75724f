import type { Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import {
  folded,
  foldedClassification,
  foldedHandle,
  foldedHashtag,
  foldedMarking,
  foldedWords,
  holdsPhrase,
} from './fold.ts';
import { fallsInto } from './hours.ts';
import { standsIn } from './pattern.ts';
import type { When } from './when.ts';

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
}

interface CitationSubject {
  readonly resolution: Resolution;
  readonly classification: string | null;
  readonly origin: string | null;
  readonly markings: readonly string[];
}

export function subjectOf(post: Post, feed: string, resolutions: readonly Resolution[]): Subject {
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
  };
}

/** The first condition that does not hold, as a path (`status`, `all[1].feed`), or null when all do. */
export function firstFalse(when: When | undefined, subject: Subject): string | null {
  if (when === undefined) return null;
  for (const [condition, holds] of ofThePost) if (!holds(when, subject)) return condition;
  let citations = subject.citations;
  for (const [condition, holds] of ofACitation) {
    if (when[condition] === undefined) continue;
    citations = citations.filter((citation) => holds(when, citation));
    if (citations.length === 0) return condition;
  }
  return firstFalsePart(when, subject);
}

function firstFalsePart({ all = [], any, none = [] }: When, subject: Subject): string | null {
  for (const [i, part] of all.entries()) {
    const condition = firstFalse(part, subject);
    if (condition !== null) return `all[${i}].${condition}`;
  }
  if (any !== undefined && any.every((part) => firstFalse(part, subject) !== null)) return 'any';
  const held = none.findIndex((part) => firstFalse(part, subject) === null);
  return held === -1 ? null : `none[${held}]`;
}

type Test<About> = readonly [keyof When, (when: When, about: About) => boolean];

const ofThePost: readonly Test<Subject>[] = [
  ['platform', (when, { post }) => among(when.platform, post.platform)],
  ['feed', (when, { feed }) => among(when.feed, feed)],
  ['hashtags', (when, { hashtags }) => when.hashtags?.some((wanted) => hashtags.has(wanted)) ?? true],
  ['author', (when, { author }) => among(when.author, author)],
  ['bot', (when, { post }) => is(when.bot, post.author.bot)],
  ['language', (when, { language }) => when.language?.some((wanted) => isLanguage(language, wanted)) ?? true],
  ['summoned', (when, { post }) => is(when.summoned, post.summoned)],
  ['repost', (when, { post }) => is(when.repost, post.repost)],
  ['visibility', (when, { post }) => among(when.visibility, post.visibility)],
  ['thread', (when, { post }) => is(when.thread, post.inReplyTo === null ? 'start' : 'reply')],
  ['written', (when, { post }) => when.written === undefined || fallsInto(post.createdAt, when.written)],
  // Last, as they cost most.
  ['text', (when, { words }) => when.text?.some((phrase) => holdsPhrase(words(), phrase)) ?? true],
  ['pattern', (when, { post }) => when.pattern?.some((pattern) => standsIn(post.text, pattern)) ?? true],
];

const ofACitation: readonly Test<CitationSubject>[] = [
  ['kind', (when, { resolution }) => among(when.kind, resolution.traits.kind)],
  ['status', (when, { resolution }) => among(when.status, resolution.status)],
  ['year', (when, { resolution }) => when.year?.some((wanted) => isWithin(resolution.traits.year, wanted)) ?? true],
  ['station', (when, { resolution }) => among(when.station, resolution.traits.station)],
  ['country', (when, { resolution }) => among(when.country, resolution.traits.country)],
  ['origin', (when, { origin }) => among(when.origin, origin)],
  ['classification', (when, { classification }) => among(when.classification, classification)],
  ['tags', (when, { resolution }) => meets(when.tags, resolution.traits.tags)],
  ['marking', (when, { markings }) => meets(when.marking, markings)],
];

function among(wanted: readonly string[] | undefined, found: string | null): boolean {
  return wanted === undefined || (found !== null && wanted.includes(found));
}

function meets(wanted: readonly string[] | undefined, found: readonly string[]): boolean {
  return wanted === undefined || found.some((one) => wanted.includes(one));
}

function is<T>(wanted: T | undefined, found: T): boolean {
  return wanted === undefined || wanted === found;
}

function isWithin(found: number | null, { from, to }: { from: number; to: number }): boolean {
  return found !== null && found >= from && found <= to;
}

/** `en` includes `en-gb`. */
function isLanguage(found: string | null, wanted: string): boolean {
  return found !== null && (found === wanted || found.startsWith(`${wanted}-`));
}
