import type { GapReason, Outcome, Period } from '../../core/digest.ts';
import { counting } from './counting.ts';

const { number, isOne, count } = counting('en-GB');
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
  subject: 'Cables in posts',
  title: (when: string) => `Cables in posts, ${when}`,
  /** `4 posts cited 2 cables (1 new), most often 07ASTANA2244 (3 times).` */
  summary: (p: number, c: number, trends: string, named: string) =>
    c === 0 ? `${posts(p)} cited no cable that is certain.` : `${posts(p)} cited ${cables(c)}${trends}${named}.`,
  summaryTrends: (fresh: number, rising: number) => {
    const parts = [...(fresh > 0 ? [`${fresh} new`] : []), ...(rising > 0 ? [`${rising} rising`] : [])];
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  },
  mostOften: (id: string, n: number) => `, most often ${id} (${count(n, 'time', 'times')})`,
  only: (id: string) => `: ${id}`,
  nothing: 'No cable was cited.',
  unfinished: (until: string) => `So far: as of ${until}.`,
  notPublic: (n: number) => `${posts(n)} with citations ${isOne(n) ? 'is' : 'are'} not public and not counted here.`,
  cables: 'Cables',
  moreCables: (n: number) => `and ${cables(n)} more`,
  before: { day: 'in the 7 days before', week: 'in the 4 weeks before' } satisfies Record<Period, string>,
  newLabel: 'new',
  risingLabel: (before: number, when: string) => `rising (${number(before)} ${when})`,
  trends: 'New and rising',
  freshCables: 'Cited for the first time',
  risingCables: 'Rising',
  risingFrom: (id: string, n: number, before: string) => `${id} (${n}, after ${before})`,
  postsBefore: (n: number, before: string) => `${posts(n)}, after ${before}`,
  reading: 'Posts worth reading',
  days: 'References by day',
  hours: 'References by hour',
  hour: 'Hour',
  platforms: 'Posts by platform',
  platform: 'Platform',
  sites: 'Links shared',
  site: 'Site',
  unresolved: 'References without a certain cable',
  candidates: 'Possible cables',
  outcomes: 'What was done',
  result: 'Result',
  outcome: {
    answered: 'answered through',
    waiting: 'not answered yet',
    unclear: 'perhaps answered: not confirmed',
    held: 'waiting for review',
    refused: 'not answered: refused',
    rejected: 'not answered: rejected in review',
    givenUp: 'not answered: gave up',
    withdrawn: 'answered, reply deleted',
    logged: 'logged only (dry run)',
    notLoggedYet: 'to be logged (dry run)',
    loggedWithdrawn: 'logged (dry run), then withdrawn',
    recorded: 'recorded only',
    counted: 'counted only',
    ignored: 'ignored',
    failed: 'could not be looked up',
  } satisfies Record<Outcome, string>,
  why: 'Why',
  coverage: 'Coverage',
  feed: 'Feed',
  gaps: 'Not read',
  allRead: 'no gaps',
  gapOfAll: 'All feeds',
  gap: { failing: 'could not be read', stopped: 'the bot was not running', new: 'not yet configured' } satisfies Record<
    GapReason,
    string
  >,
  late: (n: number) => `${posts(n)} of earlier editions arrived late: see the corrections.`,
  corrections: 'Corrections to earlier editions',
  week: 'Week from',
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
  otherParagraphs: 'Also cited',
  kinds,
  note: 'Numbers count references, never people. Posts that are not public, and those of people who opted out, are left out.',
};

/** Another language has the same texts. */
export type Words = typeof en;
