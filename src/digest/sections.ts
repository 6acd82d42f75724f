import { outcomeParts } from './outcome.ts';
import type { Digest, DigestGap, Tally } from '../core/digest.ts';
import { addDays, localTime } from '../core/zone.ts';
import { cablesIn, readingIn, summaryOf, trendsIn } from './highlights.ts';
import { maxRows, rest, section, type Section } from './rows.ts';
import { dayInWords, momentInWords, momentsInWords, periodInWords, platformName, wordsOf } from './words/index.ts';
import type { Words } from './words/en.ts';
import { remarkIn } from '../words/index.ts';

/** A digest as text in its language. */
export interface DigestText {
  readonly title: string;
  readonly language: string;
  /** Sentences before the first section. */
  readonly intro: readonly string[];
  readonly sections: readonly Section[];
  /** At the end. */
  readonly note: string;
}

const maxGaps = 5;

export function present(digest: Digest): DigestText {
  const words = wordsOf(digest.language);
  const { notPublic } = digest.totals;
  return {
    title: words.title(periodInWords(digest, words)),
    language: digest.language,
    intro: [
      summaryOf(digest, words),
      ...(notPublic > 0 ? [words.notPublic(notPublic)] : []),
      ...(digest.unfinished === undefined
        ? []
        : [words.unfinished(momentInWords(digest.unfinished, words, digest.timezone))]),
      ...(digest.coverage.late > 0 ? [words.late(digest.coverage.late)] : []),
    ],
    sections: [
      cablesIn(digest, words),
      trendsIn(digest, words),
      readingIn(digest, words),
      timesIn(digest, words),
      platformsIn(digest, words),
      sitesIn(digest, words),
      unresolvedIn(digest, words),
      outcomesIn(digest, words),
      coverageIn(digest, words),
      correctionsIn(digest, words),
    ].filter(({ rows }) => rows.length > 0),
    note: words.note,
  };
}

function timesIn({ date, days, hours, unfinished, timezone }: Digest, words: Words): Section {
  if (days !== undefined) {
    const today = unfinished && localTime(Date.parse(unfinished), timezone).date;
    const begun = days.map((references, day) => ({ date: addDays(date, day), references }));
    const rows = begun
      .filter((day) => today === undefined || day.date <= today)
      .map((day) => [dayInWords(day.date, words), day.references]);
    const isQuiet = days.every((references) => references === 0);
    return section('days', words, { head: [words.day, words.references], rows: isQuiet ? [] : rows, bars: 1 });
  }
  const all = hours.map((references, hour) => [`${String(hour).padStart(2, '0')}:00`, references] as const);
  const rows = all.filter(([, references]) => references > 0);
  return section('hours', words, { head: [words.hour, words.references], rows, bars: 1, most: Infinity });
}

function platformsIn({ platforms }: Digest, words: Words): Section {
  const rows = platforms.map(({ platform, posts }) => [platformName(platform), posts]);
  return section('platforms', words, { head: [words.platform, words.posts], rows, bars: 1, most: Infinity });
}

function sitesIn({ sites }: Digest, words: Words): Section {
  const rows = sites.map(({ site, references }) => [site, references]);
  return section('sites', words, { head: [words.site, words.references], rows, bars: 1 });
}

function unresolvedIn({ unresolved, moreUnresolved: more }: Digest, words: Words): Section {
  const head = [words.reference, words.references, words.candidates];
  const rows = unresolved.map(({ reference, references, candidates }) => [
    words.kinds[reference] ?? reference,
    references,
    candidates.join(', '),
  ]);
  return section('unresolved', words, { head, rows, more });
}

function outcomesIn({ outcomes }: Digest, words: Words): Section {
  const rows = outcomes.map(({ outcome, why, posts }) => [words.outcome[outcome], reasonIn(words, why), posts]);
  return section('outcomes', words, { head: [words.result, words.why, words.posts], rows });
}

/** The reason of an outcome; names of rules and publishers stay. */
function reasonIn({ locale }: Words, why: string | null): string | null {
  return why === null ? null : (remarkIn(locale.slice(0, 2), why) ?? why);
}

function coverageIn({ coverage, timezone }: Digest, words: Words): Section {
  const inWords = ({ from, to, why }: DigestGap) => `${momentsInWords(from, to, words, timezone)}: ${words.gap[why]}`;
  const listed = (gaps: readonly DigestGap[]) =>
    [...gaps.slice(0, maxGaps).map(inWords), ...rest(gaps.length, maxGaps)].join('; ');
  const ofAll = coverage.gaps.length === 0 ? [] : [[words.gapOfAll, null, listed(coverage.gaps)]];
  const ofFeeds = coverage.feeds.map(({ feed, posts, gaps }) => {
    return [feed, posts, gaps.length === 0 && ofAll.length === 0 ? words.allRead : listed(gaps)];
  });
  const head = [words.feed, words.posts, words.gaps];
  return section('coverage', words, { head, rows: [...ofAll, ...ofFeeds], most: Infinity });
}

function correctionsIn({ corrections, period = 'day' }: Digest, words: Words): Section {
  const head = [words[period], words.reference, words.change];
  const rows = corrections.flatMap(({ date, changes }) =>
    changesIn(changes, words).map(([what, by]) => {
      return [date, what, by.toLocaleString(words.locale, { signDisplay: 'always' })];
    }),
  );
  return section('corrections', words, { head, rows, most: 3 * maxRows });
}

/** The main figures of a correction; the JSON has all of them. */
function changesIn({ totals, cables, outcomes }: Tally, words: Words): [string, number][] {
  const posts = totals['posts'] ?? 0;
  return [
    ...(posts === 0 ? [] : [[words.posts, posts] as [string, number]]),
    ...Object.entries(cables),
    ...Object.entries(outcomes).map(([written, by]): [string, number] => {
      const { outcome, why } = outcomeParts(written);
      return [`${words.outcome[outcome]}${why === null ? '' : ` (${reasonIn(words, why)})`}`, by];
    }),
  ];
}
