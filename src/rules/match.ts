import type { Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import {
  folded,
  foldedClassification,
  foldedHandle,
  foldedHashtag,
  foldedMarking,
  foldedWords,
  phraseTest,
} from './fold.ts';
import { counterKey, type Earlier } from './counters.ts';
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

interface CitationSubject {
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

/** Whether all conditions hold, as a test to be made once a rule and asked once a post. */
export function matcher(when: When | undefined): (subject: Subject) => boolean {
  return when === undefined ? () => true : compiled(when).holds;
}

/** The first condition that does not hold, as a path (`status`, `all[1].feed`), or null when all do. */
export function firstFalse(when: When | undefined, subject: Subject): string | null {
  if (when === undefined) return null;
  const { ofThePost, ofACitation } = compiled(when);
  const first = ofThePost.find(({ holds }) => !holds(subject));
  if (first !== undefined) return first.condition;
  let citations = subject.citations;
  for (const { condition, holds } of ofACitation) {
    citations = citations.filter(holds);
    if (citations.length === 0) return condition;
  }
  return firstFalsePart(when, subject);
}

function firstFalsePart({ all = [], any, none = [] }: When, subject: Subject): string | null {
  for (const [i, part] of all.entries()) {
    const condition = firstFalse(part, subject);
    if (condition !== null) return `all[${i}].${condition}`;
  }
  if (any !== undefined && !any.some((part) => matcher(part)(subject))) return 'any';
  const held = none.findIndex((part) => matcher(part)(subject));
  return held === -1 ? null : `none[${held}]`;
}

/** A condition that a rule has, with what it asks for. */
interface Check<About> {
  readonly condition: keyof When;
  readonly holds: (about: About) => boolean;
}

/** The conditions that a rule has, and no others: most rules have few of the many that there are. */
interface Compiled {
  readonly ofThePost: readonly Check<Subject>[];
  readonly ofACitation: readonly Check<CitationSubject>[];
  readonly holds: (subject: Subject) => boolean;
}

const cache = new WeakMap<When, Compiled>();

function compiled(when: When): Compiled {
  let found = cache.get(when);
  if (found === undefined) cache.set(when, (found = compile(when)));
  return found;
}

function compile(when: When): Compiled {
  const ofThePost = checksOf(when, postTests);
  const ofACitation = checksOf(when, citationTests);
  const [all, any, none] = [when.all, when.any, when.none].map((parts) => parts?.map((part) => compiled(part).holds));
  return {
    ofThePost,
    ofACitation,
    holds(subject) {
      for (const { holds } of ofThePost) if (!holds(subject)) return false;
      if (ofACitation.length > 0 && !subject.citations.some((one) => holdAll(ofACitation, one))) return false;
      if (any !== undefined && !any.some((holds) => holds(subject))) return false;
      if (all !== undefined && !all.every((holds) => holds(subject))) return false;
      return none === undefined || !none.some((holds) => holds(subject));
    },
  };
}

function holdAll<About>(checks: readonly Check<About>[], about: About): boolean {
  for (const { holds } of checks) if (!holds(about)) return false;
  return true;
}

/** For each condition, what it asks for made into a test. */
type Tests<About> = { readonly [Name in keyof When]?: (wanted: NonNullable<When[Name]>) => (about: About) => boolean };

function checksOf<About>(when: When, tests: Tests<About>): Check<About>[] {
  return (Object.keys(tests) as (keyof When)[]).flatMap((condition) => {
    const wanted = when[condition];
    const test = tests[condition] as ((wanted: unknown) => (about: About) => boolean) | undefined;
    return wanted === undefined || test === undefined ? [] : [{ condition, holds: test(wanted) }];
  });
}

const postTests: Tests<Subject> = {
  platform: (wanted) => among(wanted, ({ post }) => post.platform),
  feed: (wanted) => among(wanted, ({ feed }) => feed),
  hashtags:
    (wanted) =>
    ({ hashtags }) =>
      wanted.some((one) => hashtags.has(one)),
  author: (wanted) => among(wanted, ({ author }) => author),
  bot:
    (wanted) =>
    ({ post }) =>
      post.author.bot === wanted,
  follower:
    (wanted) =>
    ({ post }) =>
      post.author.follower === wanted,
  accountAge:
    (wanted) =>
    ({ post }) =>
      post.author.since !== undefined && isBetween(post.createdAt - post.author.since, wanted),
  language:
    (wanted) =>
    ({ language }) =>
      wanted.some((one) => isLanguage(language, one)),
  summoned:
    (wanted) =>
    ({ post }) =>
      post.summoned === wanted,
  repost:
    (wanted) =>
    ({ post }) =>
      post.repost === wanted,
  visibility: (wanted) => among(wanted, ({ post }) => post.visibility),
  thread:
    (wanted) =>
    ({ post }) =>
      (post.inReplyTo === null) === (wanted === 'start'),
  written:
    (wanted) =>
    ({ post }) =>
      fallsInto(post.createdAt, wanted),
  earlier:
    (wanted) =>
    ({ earlier }) =>
      wanted.some((window) => isBetween(earlier.get(counterKey(window)) ?? 0, window)),
  // Last, as they cost most.
  text: (wanted) => {
    const tests = wanted.map(phraseTest);
    return ({ words }) => tests.some((holds) => holds(words()));
  },
  pattern:
    (wanted) =>
    ({ post }) =>
      wanted.some((pattern) => standsIn(post.text, pattern)),
};

const citationTests: Tests<CitationSubject> = {
  kind: (wanted) => among(wanted, ({ resolution }) => resolution.traits.kind),
  status: (wanted) => among(wanted, ({ resolution }) => resolution.status),
  year:
    (wanted) =>
    ({ resolution }) =>
      wanted.some((years) => isWithin(resolution.traits.year, years)),
  station: (wanted) => among(wanted, ({ resolution }) => resolution.traits.station),
  country: (wanted) => among(wanted, ({ resolution }) => resolution.traits.country),
  origin: (wanted) => among(wanted, ({ origin }) => origin),
  classification: (wanted) => among(wanted, ({ classification }) => classification),
  tags:
    (wanted) =>
    ({ resolution }) =>
      resolution.traits.tags.some((tag) => wanted.includes(tag)),
  marking:
    (wanted) =>
    ({ markings }) =>
      markings.some((marking) => wanted.includes(marking)),
};

function among<About>(wanted: readonly string[], of: (about: About) => string | null): (about: About) => boolean {
  return (about) => {
    const found = of(about);
    return found !== null && wanted.includes(found);
  };
}

function isBetween(found: number, { atLeast = 0, atMost = Infinity }: Bounds): boolean {
  return found >= atLeast && found <= atMost;
}

interface Bounds {
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

function isWithin(found: number | null, { from, to }: { from: number; to: number }): boolean {
  return found !== null && found >= from && found <= to;
}

/** `en` includes `en-gb`. */
function isLanguage(found: string | null, wanted: string): boolean {
  return found !== null && (found === wanted || found.startsWith(`${wanted}-`));
}
