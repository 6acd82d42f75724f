import { z } from 'zod';
import type { CableFacts } from '../core/citation.ts';
import { type CitationCondition, citationCondition, inCitation } from './condition.ts';
import { folded, foldedMarking } from './fold.ts';
import { classification, comparable, kinds, oneOrMore, statuses, word, year } from './forms.ts';

/** Conditions on a citation in the post, and on the cable that is cited, in the order in which they are tried. */
export const citationConditions = {
  kind: citationCondition({
    words: `How the cable is cited: ${listed(kinds)}.`,
    schema: () => oneOrMore(z.enum(kinds)),
    holds: ({ resolution }, wanted) => wanted.includes(resolution.traits.kind),
    lint: { needsText: false },
    inTests: inCitation(z.enum(kinds), 'How it is cited.', (kind, { traits }) => ({ traits: { ...traits, kind } })),
  }),
  status: citationCondition({
    words: `Result of the lookup: ${listed(statuses)}.`,
    schema: () => oneOrMore(z.enum(statuses)),
    holds: ({ resolution }, wanted) => wanted.includes(resolution.status),
    lint: { needsText: false },
    inTests: inCitation(z.enum(statuses), 'What the look-up gave.', (status) => ({ status })),
  }),
  year: citationCondition({
    words: 'Year of the cable, by its ID: 2007, or `{ from: 2003, to: 2009 }`.',
    schema: () => oneOrMore(year()),
    holds: ({ resolution: { traits } }, wanted) =>
      traits.year !== null && wanted.some(({ from, to }) => traits.year! >= from && traits.year! <= to),
    lint: { needsText: false },
    inTests: { setBy: 'the ID' },
  }),
  station: citationCondition({
    words: 'Station of the cable, as in its ID: ASTANA.',
    schema: ({ stations }) => oneOrMore(comparable(foldedUpper).pipe(word(stations))),
    holds: ({ resolution }, wanted) => isAmong(resolution.traits.station, wanted),
    lint: { needsText: false },
    inTests: { setBy: 'the ID' },
  }),
  country: citationCondition({
    words: 'Country of that station: Kazakhstan.',
    schema: ({ countries }) => oneOrMore(word(countries)),
    holds: ({ resolution }, wanted) => isAmong(resolution.traits.country, wanted),
    lint: { needsText: false },
    inTests: { setBy: 'the ID' },
  }),
  origin: citationCondition({
    words: 'Sender of the cable, such as Embassy Astana.',
    schema: () => oneOrMore(comparable(folded)),
    holds: ({ origin }, wanted) => isAmong(origin, wanted),
    lint: { needsText: true },
    inTests: inCitation(z.string(), 'Its sender.', (origin, { cable }) => ({
      cable: { ...(cable ?? nothingKnown), origin },
    })),
  }),
  classification: citationCondition({
    words: 'Classification of the cable, exactly.',
    schema: () => oneOrMore(classification()),
    holds: (citation, wanted) => isAmong(citation.classification, wanted),
    lint: { needsText: true },
    inTests: inCitation(z.string(), 'Its classification.', (written, { cable }) => ({
      cable: { ...(cable ?? nothingKnown), classification: written },
    })),
  }),
  tags: citationCondition({
    words: 'One of these TAGS stands on the cable: PREL, KZ. Known where the corpus has its text.',
    schema: () => oneOrMore(comparable(foldedUpper)),
    holds: ({ resolution }, wanted) => resolution.traits.tags.some((tag) => wanted.includes(tag)),
    lint: { needsText: true },
    inTests: inCitation(z.array(z.string()), 'Its TAGS.', (tags, { traits }) => ({ traits: { ...traits, tags } })),
  }),
  marking: citationCondition({
    words:
      'A paragraph that is cited has one of these portion markings: SBU, S/NF. Known where the corpus has its text.',
    schema: () => oneOrMore(comparable(foldedMarking)),
    holds: ({ markings }, wanted) => markings.some((marking) => wanted.includes(marking)),
    lint: { needsText: true },
    inTests: {
      ...inCitation(
        z.array(z.string()),
        'Portion markings of the paragraphs that are cited.',
        (markings, { traits }) => ({ traits: { ...traits, markings } }),
      ),
      name: 'markings',
    },
  }),
} satisfies Record<string, CitationCondition>;

const nothingKnown: CableFacts = { subject: null, created: null, classification: null, origin: null };

function foldedUpper(text: string): string {
  return folded(text).toUpperCase();
}

function isAmong(found: string | null, wanted: readonly string[]): boolean {
  return found !== null && wanted.includes(found);
}

function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
