import { counterKey } from './counters.ts';
import { phraseTest } from './fold.ts';
import { fallsInto } from './hours.ts';
import { standsIn } from './pattern.ts';
import type { CitationSubject, Subject } from './subject.ts';
import type { When } from './when.ts';

/** For each condition, what it asks for made into a test. */
export type Tests<About> = {
  readonly [Name in keyof When]?: (wanted: NonNullable<When[Name]>) => (about: About) => boolean;
};

/** What is asked of the post. */
export const postTests: Tests<Subject> = {
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

/** What is asked of one of its citations. */
export const citationTests: Tests<CitationSubject> = {
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
