import type { GapReason, Outcome } from '../../core/digest.ts';

const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
const posts = (n: number) => count(n, 'post', 'posts');
const cables = (n: number) => count(n, 'cable', 'cables');

/** Labels of references without an ID, by kind. */
const kinds: Readonly<Record<string, string>> = {
  description: 'a description',
  quotation: 'a quotation',
  url: 'a link',
};

/** All texts of a digest. */
export const en = {
  /** Locale for `Intl`, which formats dates and numbers. */
  locale: 'en-GB',
  title: (digest: string, date: string) => `Cables in posts: ${digest}, ${date}`,
  summary: (p: number, r: number, c: number) =>
    `${posts(p)} with ${count(r, 'reference', 'references')} to ${cables(c)}.`,
  nothing: 'No cable was cited.',
  unfinished: (until: string) => `The day is not over: this is what was known at ${until}.`,
  notPublic: (n: number) => `${posts(n)} with citations ${n === 1 ? 'is' : 'are'} not public and not counted here.`,
  cables: 'Cables',
  moreCables: (n: number) => `and ${cables(n)} more`,
  newLabel: 'new',
  risingLabel: (before: number) => `rising (${before.toLocaleString('en')} in the 7 days before)`,
  hours: 'References by hour',
  hour: 'Hour',
  platforms: 'Posts by platform',
  platform: 'Platform',
  sites: 'Links shared',
  site: 'Site',
  unresolved: 'References that name no cable for certain',
  candidates: 'Perhaps',
  outcomes: 'What was done',
  outcome: {
    answered: 'answered through',
    waiting: 'waits to be answered',
    held: 'waits for a person',
    refused: 'not answered: refused',
    givenUp: 'not answered: given up',
    withdrawn: 'answered and taken back',
    recorded: 'recorded only',
    counted: 'counted only',
    ignored: 'ignored',
    failed: 'could not be looked up',
  } satisfies Record<Outcome, string>,
  why: 'Why',
  coverage: 'Coverage',
  feed: 'Feed',
  gaps: 'Not read',
  allRead: 'read all day',
  gapOfAll: 'All feeds',
  gap: { failing: 'could not be read', stopped: 'the bot did not run', new: 'not read before' } satisfies Record<
    GapReason,
    string
  >,
  late: (n: number) => `${posts(n)} of earlier days came late: see the corrections.`,
  corrections: 'Corrections to earlier days',
  day: 'Day',
  change: 'Change',
  reference: 'Reference',
  references: 'References',
  referenceCount: (n: number) => count(n, 'reference', 'references'),
  posts: 'Posts',
  cable: 'Cable',
  origin: 'Origin',
  created: 'Date',
  classification: 'Classification',
  paragraphs: 'Most cited',
  kinds,
  note: 'Numbers count references, never people. Posts that are not public and those of people who asked for silence are left out.',
  /** The first line of a post. */
  post: (p: number, c: number, date: string) => `Cables in posts on ${date}: ${posts(p)} cited ${cables(c)}.`,
};

/** Another language has the same texts. */
export type Words = typeof en;
