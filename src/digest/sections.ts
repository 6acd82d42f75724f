import { outcomeParts } from './outcome.ts';
import type { Digest, DigestCable, DigestGap, Tally } from '../core/digest.ts';
import { onLine } from '../core/text/strangers.ts';
import { dayInWords, momentInWords, wordsOf } from './words/index.ts';
import type { Words } from './words/en.ts';

/** A cell of a table: text, with an optional link. */
export interface Cell {
  readonly text: string;
  readonly url?: string | null;
}

/** A row of a table, or an entry of a list. */
export interface Row {
  readonly cells: readonly Cell[];
  /** Below the cells. */
  readonly lines: readonly string[];
  /** Length of its bar, from 0 to 1: its number as a share of the greatest. Left out: it has no bar. */
  readonly share?: number | undefined;
}

/** A section of a digest as text; each format for people renders it in its own way. */
export interface Section {
  /** The same in all languages. */
  readonly id: 'cables' | 'hours' | 'platforms' | 'sites' | 'unresolved' | 'outcomes' | 'coverage' | 'corrections';
  readonly title: string;
  /** Of a table; empty: a list. */
  readonly head: readonly string[];
  readonly rows: readonly Row[];
  /** Below the rows. */
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
/** UTF-16 units; no line may be longer. */
const maxCell = 1000;

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

type Value = string | number | null | Cell;

interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** The column of numbers that have bars. */
  readonly bars?: number;
  /** Rows that are shown. Default: 20. */
  readonly most?: number;
  /** How many there are beside these rows. */
  readonly more?: number;
}

function section(id: Section['id'], words: Words, { head, rows, bars, most = maxRows, more = 0 }: Table): Section {
  const shares = sharesOf(rows.map((row) => (bars === undefined ? undefined : row[bars])));
  const shown = rows
    .slice(0, most)
    .map((row, at) => ({ cells: row.map((value) => cell(value, words)), lines: [], share: shares[at] }));
  return { id, title: words[id], head, rows: shown, remarks: rest(rows.length + more, most) };
}

/** None where bars would all be as long: they say nothing. */
function sharesOf(values: readonly unknown[]): (number | undefined)[] {
  const numbers = values.filter((value) => typeof value === 'number');
  const most = Math.max(...numbers);
  if (numbers.every((value) => value === most)) return [];
  return values.map((value) => (typeof value === 'number' ? value / most : undefined));
}

function cablesIn({ cables, moreCables }: Digest, words: Words): Section {
  const more = moreCables + Math.max(0, cables.length - maxRows);
  const shares = sharesOf(cables.map(({ references }) => references));
  const rows = cables.slice(0, maxRows).map((cable, at) => ({
    cells: [cell({ text: nameOf(cable), url: cable.url }, words)],
    lines: [factsOf(cable, words), pinsOf(cable, words)].filter(Boolean).map((line) => onLine(line, maxCell)),
    share: shares[at],
  }));
  return { id: 'cables', title: words.cables, head: [], rows, remarks: more > 0 ? [words.moreCables(more)] : [] };
}

function nameOf({ referenceId, subject }: DigestCable): string {
  return `${referenceId}${subject === null ? '' : `: ${subject}`}`;
}

/** `3 references · rising (2 in the 7 days before) · Embassy Astana, 2007-08-19, UNCLASSIFIED` */
function factsOf({ references, isNew, isRising, before, origin, created, classification }: DigestCable, words: Words) {
  const label = isNew ? words.newLabel : isRising ? words.risingLabel(before) : '';
  const facts = [origin, created?.slice(0, 10), classification].filter(Boolean).join(', ');
  return [words.referenceCount(references), label, facts].filter(Boolean).join(' · ');
}

function pinsOf({ paragraphs }: DigestCable, { locale, paragraphs: mostCited }: Words): string {
  const pins = paragraphs.map(({ number, references }) => `¶${number} (${references.toLocaleString(locale)})`);
  return pins.length === 0 ? '' : `${mostCited}: ${pins.join(', ')}`;
}

function hoursIn({ hours }: Digest, words: Words): Section {
  const all = hours.map((references, hour) => [`${String(hour).padStart(2, '0')}:00`, references] as const);
  const rows = all.filter(([, references]) => references > 0);
  return section('hours', words, { head: [words.hour, words.references], rows, bars: 1, most: Infinity });
}

function platformsIn({ platforms }: Digest, words: Words): Section {
  const rows = platforms.map(({ platform, posts }) => [platform, posts]);
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
  const rows = outcomes.map(({ outcome, why, posts }) => [words.outcome[outcome], why, posts]);
  return section('outcomes', words, { head: [words.outcomes, words.why, words.posts], rows });
}

function coverageIn({ coverage, timezone }: Digest, words: Words): Section {
  const inWords = ({ from, to, why }: DigestGap) =>
    `${momentInWords(from, words, timezone)} – ${momentInWords(to, words, timezone)}: ${words.gap[why]}`;
  const listed = (gaps: readonly DigestGap[]) =>
    [...gaps.slice(0, maxGaps).map(inWords), ...rest(gaps.length, maxGaps)].join('; ');
  const ofAll = coverage.gaps.length === 0 ? [] : [[words.gapOfAll, null, listed(coverage.gaps)]];
  const ofFeeds = coverage.feeds.map(({ feed, posts, gaps }) => {
    return [feed, posts, gaps.length === 0 && ofAll.length === 0 ? words.allRead : listed(gaps)];
  });
  const head = [words.feed, words.posts, words.gaps];
  return section('coverage', words, { head, rows: [...ofAll, ...ofFeeds], most: Infinity });
}

function correctionsIn({ corrections }: Digest, words: Words): Section {
  const head = [words.day, words.reference, words.change];
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
      return [`${words.outcome[outcome]}${why === null ? '' : ` (${why})`}`, by];
    }),
  ];
}

function rest(count: number, shown: number): string[] {
  return count > shown ? [`+ ${count - shown}`] : [];
}

function cell(value: Value, { locale }: Words): Cell {
  if (typeof value === 'object') return value === null ? { text: '' } : { ...value, text: onLine(value.text, maxCell) };
  return { text: typeof value === 'number' ? value.toLocaleString(locale) : onLine(value, maxCell) };
}
