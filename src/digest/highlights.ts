import type { Digest, DigestCable, Period } from '../core/digest.ts';
import { onLine } from '../core/text/strangers.ts';
import { cell, maxCell, maxRows, type Section, sharesOf } from './rows.ts';
import { momentInWords, platformName } from './words/index.ts';
import type { Words } from './words/en.ts';

/** Names in a list of trends; the others are only counted. */
const maxNames = 10;

export function cablesIn({ cables, moreCables, period }: Digest, words: Words): Section {
  const more = moreCables + Math.max(0, cables.length - maxRows);
  const shares = sharesOf(cables.map(({ references }) => references));
  const rows = cables.slice(0, maxRows).map((cable, at) => ({
    cells: [cell({ text: nameOf(cable), url: cable.url }, words)],
    lines: [factsOf(cable, words, period), ...pinsOf(cable, words)].map((line) => onLine(line, maxCell)),
    share: shares[at],
  }));
  return { id: 'cables', title: words.cables, head: [], rows, remarks: more > 0 ? [words.moreCables(more)] : [] };
}

function nameOf({ referenceId, subject }: DigestCable): string {
  return `${referenceId}${subject === null ? '' : `: ${subject}`}`;
}

/** `3 references · rising (2 in the 7 days before) · Embassy Astana, 2007-08-19, UNCLASSIFIED` */
function factsOf(cable: DigestCable, words: Words, period: Period = 'day') {
  const { references, isNew, isRising, before, origin, created, classification } = cable;
  const label = isNew ? words.newLabel : isRising ? words.risingLabel(before, words.before[period]) : '';
  const facts = [origin, created?.slice(0, 10), classification].filter(Boolean).join(', ');
  return [words.referenceCount(references), label, facts].filter(Boolean).join(' · ');
}

/** The paragraphs that are cited most, each with its first words on a line of its own where they may be quoted. */
function pinsOf({ paragraphs }: DigestCable, { locale, paragraphs: mostCited, otherParagraphs }: Words): string[] {
  const pin = ({ number, references }: (typeof paragraphs)[number]) =>
    `¶${number} (${references.toLocaleString(locale)})`;
  const quoted = paragraphs.filter(({ words }) => words !== undefined);
  const bare = paragraphs.filter(({ words }) => words === undefined).map(pin);
  return [
    ...quoted.map((one) => `${pin(one)}: “${one.words}”`),
    ...(bare.length === 0 ? [] : [`${quoted.length === 0 ? mostCited : otherParagraphs}: ${bare.join(', ')}`]),
  ];
}

/** One sentence: how much was cited, what of it for the first time or more than before, and what most often. */
export function summaryOf({ totals: { posts, cables }, cables: listed, moreCables }: Digest, words: Words): string {
  if (posts === 0) return words.nothing;
  const [first, second] = listed.toSorted((a, b) => b.references - a.references);
  const isAhead = first !== undefined && second !== undefined && first.references > second.references;
  const most = isAhead ? words.mostOften(first.referenceId, first.references) : '';
  const named = first !== undefined && cables === 1 ? words.only(first.referenceId) : most;
  const [fresh, rising] = [
    listed.filter(({ isNew }) => isNew).length,
    listed.filter(({ isRising }) => isRising).length,
  ];
  const trends = moreCables > 0 ? '' : words.summaryTrends(fresh, rising);
  return words.summary(posts, cables, trends, named);
}

/** Against the days before. Nothing where the digest has no days before: there all is new. */
export function trendsIn({ cables, before, period = 'day', totals: { posts } }: Digest, words: Words): Section {
  const named = (label: string, found: readonly string[]) => {
    const more = found.length > maxNames ? [words.moreCables(found.length - maxNames)] : [];
    return found.length === 0 ? [] : [`${label}: ${[...found.slice(0, maxNames), ...more].join(', ')}`];
  };
  const past = (count: number) => `${count.toLocaleString(words.locale)} ${words.before[period]}`;
  const rising = cables.filter(({ isRising }) => isRising);
  const lines = [
    ...named(
      words.freshCables,
      cables.flatMap(({ referenceId, isNew }) => (isNew ? [referenceId] : [])),
    ),
    ...named(
      words.risingCables,
      rising.map((one) => words.risingFrom(one.referenceId, one.references, past(one.before))),
    ),
    ...(before === undefined ? [] : [words.postsBefore(posts, past(before))]),
  ];
  const rows = posts === 0 || !before ? [] : lines.map((text) => ({ cells: [cell(text, words)], lines: [] }));
  return { id: 'trends', title: words.trends, head: [], rows, remarks: [] };
}

export function readingIn({ reading = [], timezone }: Digest, words: Words): Section {
  const rows = reading.map(({ url, platform, createdAt, cites }) => {
    const cited = cites.map(({ referenceId, paragraphs }) =>
      [referenceId, ...paragraphs.map((one) => `¶${one}`)].join(' '),
    );
    const text = `${platformName(platform)}, ${momentInWords(createdAt, words, timezone)}`;
    return { cells: [cell({ text, url }, words)], lines: [onLine(cited.join(', '), maxCell)] };
  });
  return { id: 'reading', title: words.reading, head: [], rows, remarks: [] };
}
