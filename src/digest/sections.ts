import { outcomeParts } from './outcome.ts';
import type { Digest, DigestCable, DigestGap, Tally } from '../core/digest.ts';
import { dayInWords, momentInWords, wordsOf } from './words/index.ts';
import type { Words } from './words/words.ts';

/** A cell of a table: text, with an optional link. */
export interface Cell {
  readonly text: string;
  readonly url?: string | null;
}

/** A section of a digest as text; each format for people renders it in its own way. */
export interface Section {
  /** The same in all languages. */
  readonly id: 'cables' | 'hours' | 'platforms' | 'sites' | 'unresolved' | 'outcomes' | 'coverage' | 'corrections';
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Below the table. */
  readonly remarks: readonly string[];
}

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

/** Rows of a table; the others are only counted. */
const maxRows = 20;
const maxGaps = 5;

export function present(digest: Digest): DigestText {
  const words = wordsOf(digest.language);
  const { posts, references, cables, notPublic } = digest.totals;
  return {
    title: words.title(digest.digest, dayInWords(digest.date, words)),
    language: digest.language,
    intro: [
      posts === 0 ? words.nothing : words.summary(posts, references, cables),
      ...(notPublic > 0 ? [words.notPublic(notPublic)] : []),
      ...(digest.unfinished === undefined
        ? []
        : [words.unfinished(momentInWords(digest.unfinished, words, digest.timezone))]),
      ...(digest.coverage.late > 0 ? [words.late(digest.coverage.late)] : []),
    ],
    sections: [
      cablesIn(digest, words),
      hoursIn(digest, words),
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

function cablesIn({ cables, moreCables }: Digest, words: Words): Section {
  const more = moreCables + Math.max(0, cables.length - maxRows);
  return {
    id: 'cables',
    title: words.cables,
    head: [words.cable, words.references, words.origin, words.created, words.classification, words.paragraphs],
    rows: cables
      .slice(0, maxRows)
      .map((cable) => [
        { text: nameOf(cable, words), url: cable.url },
        cell(number(cable.references, words)),
        cell(cable.origin ?? ''),
        cell(cable.created?.slice(0, 10) ?? ''),
        cell(cable.classification ?? ''),
        cell(cable.paragraphs.map((one) => `¶${one.number} (${number(one.references, words)})`).join(', ')),
      ]),
    remarks: more > 0 ? [words.moreCables(more)] : [],
  };
}

function nameOf({ referenceId, subject, isNew, isRising, before }: DigestCable, words: Words): string {
  const label = isNew ? words.newLabel : isRising ? words.risingLabel(before) : '';
  return [referenceId, ...(subject === null ? [] : [`: ${subject}`]), ...(label === '' ? [] : [` · ${label}`])].join(
    '',
  );
}

function hoursIn({ hours, totals }: Digest, words: Words): Section {
  const rows = hours.flatMap((references, hour) =>
    references === 0 ? [] : [[cell(`${String(hour).padStart(2, '0')}:00`), cell(number(references, words))]],
  );
  const head = [words.hour, words.references];
  return { id: 'hours', title: words.hours, head, rows: totals.references === 0 ? [] : rows, remarks: [] };
}

function platformsIn({ platforms }: Digest, words: Words): Section {
  const rows = platforms.map(({ platform, posts }) => [cell(platform), cell(number(posts, words))]);
  return { id: 'platforms', title: words.platforms, head: [words.platform, words.posts], rows, remarks: [] };
}

function sitesIn({ sites }: Digest, words: Words): Section {
  const rows = sites.map(({ site, references }) => [cell(site), cell(number(references, words))]);
  const head = [words.site, words.references];
  return { id: 'sites', title: words.sites, head, rows: rows.slice(0, maxRows), remarks: rest(rows.length) };
}

function unresolvedIn({ unresolved, moreUnresolved }: Digest, words: Words): Section {
  const rows = unresolved.map(({ reference, references, candidates }) => [
    cell(words.kinds[reference] ?? reference),
    cell(number(references, words)),
    cell(candidates.join(', ')),
  ]);
  return {
    id: 'unresolved',
    title: words.unresolved,
    head: [words.reference, words.references, words.candidates],
    rows: rows.slice(0, maxRows),
    remarks: rest(rows.length + moreUnresolved),
  };
}

function outcomesIn({ outcomes }: Digest, words: Words): Section {
  const rows = outcomes.map(({ outcome, why, posts }) => [
    cell(words.outcome[outcome]),
    cell(why ?? ''),
    cell(number(posts, words)),
  ]);
  const head = [words.outcomes, words.why, words.posts];
  return { id: 'outcomes', title: words.outcomes, head, rows: rows.slice(0, maxRows), remarks: rest(rows.length) };
}

function coverageIn({ coverage, timezone }: Digest, words: Words): Section {
  const inWords = ({ from, to, why }: DigestGap) =>
    `${momentInWords(from, words, timezone)} – ${momentInWords(to, words, timezone)}: ${words.gap[why]}`;
  const listed = (gaps: readonly DigestGap[]) =>
    [...gaps.slice(0, maxGaps).map(inWords), ...rest(gaps.length, maxGaps)].join('; ');
  const rows = coverage.feeds.map(({ feed, posts, gaps }) => [
    cell(feed),
    cell(number(posts, words)),
    cell(gaps.length === 0 && coverage.gaps.length === 0 ? words.allRead : listed(gaps)),
  ]);
  const ofAll = coverage.gaps.length === 0 ? [] : [[cell(words.gapOfAll), cell(''), cell(listed(coverage.gaps))]];
  const head = [words.feed, words.posts, words.gaps];
  return { id: 'coverage', title: words.coverage, head, rows: [...ofAll, ...rows], remarks: [] };
}

function correctionsIn({ corrections }: Digest, words: Words): Section {
  const rows = corrections.flatMap(({ date, changes }) =>
    changesIn(changes, words).map(([what, by]) => [cell(date), cell(what), cell(signed(by, words))]),
  );
  return {
    id: 'corrections',
    title: words.corrections,
    head: [words.day, words.reference, words.change],
    rows: rows.slice(0, 3 * maxRows),
    remarks: rest(rows.length, 3 * maxRows),
  };
}

/** The main figures of a correction; the JSON has all of them. */
function changesIn({ totals, cables, outcomes }: Tally, words: Words): [string, number][] {
  const posts = totals['posts'] ?? 0;
  return [
    ...(posts === 0 ? [] : [[words.posts, posts] as [string, number]]),
    ...Object.entries(cables),
    ...Object.entries(outcomes).map(([written, by]): [string, number] => {
      const { outcome, why } = outcomeParts(written);
      return [`${words.outcome[outcome]}${why === null ? '' : ` (${why})`}`, by];
    }),
  ];
}

function rest(count: number, shown = maxRows): string[] {
  return count > shown ? [`+ ${count - shown}`] : [];
}

function cell(text: string): Cell {
  return { text };
}

function number(value: number, { locale }: Words): string {
  return value.toLocaleString(locale);
}

function signed(value: number, { locale }: Words): string {
  return value.toLocaleString(locale, { signDisplay: 'always' });
}
