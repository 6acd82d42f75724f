import type { NameKind } from './names.ts';

/** A word of the language that the code once spoke, as part of a name, and the field's word that replaced it. */
export interface OldName {
  /** A pattern over whole lower-case words. In a name each hump is a word: `restUntil` is "rest until". */
  readonly old: string;
  readonly now: string;
  /** Kinds of names that must not hold it; absent: all. */
  readonly kinds?: readonly NameKind[];
  /** Names that hold the word in another sense: the words that mean it, in which files (absent: all), and why. */
  readonly senses?: readonly { readonly words: string; readonly in?: RegExp; readonly because: string }[];
}

const config = ['config'] as const;
const stored = ['column', 'config', 'metric', 'command'] as const;

/** In the order of the glossary's tables. `src/config/renamed.ts` alone may name them. */
export const oldNames: readonly OldName[] = [
  // Configuration, command line and metrics
  { old: 'bells?|doorbells?|rings?|rung|ringing', now: 'queue, enqueue' },
  { old: 'brakes?|braked', now: 'limits, deferred' },
  { old: 'resting|rest (?:until|ms|account|feed)|(?:at|all|is|first|longest) rest', now: 'cooldown, blockedUntil' },
  { old: 'rest|refusals|budget per day', now: 'cooldown, failureThreshold, budget.perDay', kinds: config },
  { old: 'tag|expire|zone|hour|answers', now: 'onTopic, maxAge, timezone, time, publisher', kinds: config },
  {
    old: 'tags|kind',
    now: 'hashtags, type',
    kinds: config,
    senses: [{ words: 'tags|kind', in: /^config\/rules/, because: 'conditions: a cable’s TAGS; post, reply or boost' }],
  },
  {
    old: 'issues?',
    now: 'edition',
    senses: [
      {
        words: 'issues?|zod raw issue',
        in: /^src\/(config|core|platforms|cables\/corpus)\/|^src\/ledger\/db\/json-column|^src\/cli\/.*rules/,
        because: 'zod’s name for a finding, and X’s for an error of its stream',
      },
      { words: 'add issue', because: 'a method of zod' },
    ],
  },
  { old: 'alarms?', now: 'alerts' },
  { old: 'verbs?', now: 'worker roles' },
  {
    old: 'only',
    now: '--workers',
    kinds: ['command'],
    senses: [{ words: 'only', because: 'refused with an error that names --workers' }],
  },
  { old: 'troubles?', now: 'errors', kinds: stored },
  // Code
  {
    old: 'tells?|told',
    now: 'emit, BotEvent',
    senses: [{ words: 'cannot tell', because: 'an answer of `Publisher.find`' }],
  },
  {
    old: 'kept|keep (?:posts?|page)|^keeping$',
    now: 'ingest, pending',
    senses: [{ words: 'kept', in: /^src\/cables\/corpus\//, because: 'of copies that differ, the field that stays' }],
  },
  { old: 'sift|sifted', now: 'filter, prefilter' },
  {
    old: 'fences?',
    now: 'lease timer',
    senses: [{ words: 'fences?', in: /^src\/(cables|platforms)\//, because: 'the fence of a code block in Markdown' }],
  },
  { old: 'purse|tranche', now: 'budget, prepaid block' },
  {
    old: 'reserved',
    now: 'Reservation',
    senses: [{ words: 'characters reserved per url', because: 'Mastodon’s `characters_reserved_per_url`' }],
  },
  { old: 'standing', now: 'link health, circuit breaker' },
  {
    old: 'lookers?|looks?',
    now: 'LinkProbe; probe, poll, find, sniff, check',
    senses: [{ words: 'look ups?|looks (?:like|alike)|look behind', because: 'says which look it is' }],
  },
  { old: 'ear|hear|heard|hears|hearing', now: 'Listener, StreamEvent' },
  { old: 'luck', now: 'jitter' },
  { old: 'gone', now: 'tombstones', senses: [{ words: '^gone$', because: '410 Gone, an answer of `Context.posts`' }] },
  {
    old: 'marks?',
    now: 'PageToken',
    senses: [
      { words: '(?:portion|quotation|byte order|question) marks?', because: 'a sign in a text' },
      { words: '(?:high|low) water mark', because: 'a standard term of queues and streams' },
      { words: 'mark for lookup', because: 'marks a reply as due for a lookup' },
      {
        words: 'marks?',
        in: /^src\/cables\/|\.css$/,
        because: 'a portion marking; a sign in a text; the ¶ of the pages',
      },
    ],
  },
  { old: 'news', now: 'changeToken' },
  {
    old: 'tick|ticks',
    now: 'scheduler lock',
    senses: [
      {
        words: '(?:last |max )?ticks?(?: slack| gap)?(?: ms)?',
        in: /^(workers\/schedule|src\/observe\/)/,
        because: 'a tick of a timer',
      },
    ],
  },
  {
    old: 'notes',
    now: 'settings, heartbeats',
    senses: [
      { words: 'notes', in: /^src\/platforms\/nostr\//, because: 'Nostr’s short text notes' },
      { words: 'notes', in: /^(src\/replies|config\/templates)\//, because: 'remarks on a cable, in a reply' },
    ],
  },
  {
    old: 'given',
    now: 'valuesList',
    senses: [{ words: 'given (?:up|names)', because: '`giveUpAfter`; the first names of people' }],
  },
  { old: 'asking', now: 'batched reads' },
  {
    old: 'taking|settling|settle|deciding',
    now: 'claim, reconcile, decide',
    senses: [{ words: 'settle', because: 'a payment is settled' }],
  },
  { old: 'acts?', now: 'audit log' },
  {
    old: 'points?|reached',
    now: 'failpoints',
    senses: [{ words: '(?:code|entry|save|fail) points?', because: 'a standard term' }],
  },
  { old: 'story|chapters?', now: 'explanation, Section' },
  {
    old: 'worlds?|places?|visits?|visitors?|screens?|said',
    now: 'Context, SiteOrigin, Request, Session, View, flash',
    senses: [
      { words: 'places?', in: /^src\/cables\//, because: 'a place on the map, or in a text' },
      { words: 'place', in: /^src\/(cli|ledger)\//, because: 'where a ledger is: a file or a database' },
    ],
  },
  { old: 'specimens?|plainest', now: 'samples, minimal' },
  {
    old: 'living|landings?|seams?|leads?|kin',
    now: 'liveLinks, anchorTargets, lineJoins, candidate, aliases',
    senses: [
      { words: 'leads? (?:to|from|away)', because: 'where a link leads' },
      { words: 'lead', in: /\.css$/, because: 'the first paragraph of a page' },
    ],
  },
  {
    old: 'damage',
    now: 'truncation',
    senses: [{ words: 'damage', in: /^src\/cables\/corpus\//, because: 'a row of a dump that cannot be read' }],
  },
  { old: 'unwanted|follow wish|look for it', now: 'cancelRequested, applyCancellation, markForLookup' },
  { old: 'patience|unasked ms|others ms', now: 'Timeouts, gracePeriodMs' },
  {
    old: 'give back|greeting|further',
    now: '(deleted), banner, pager',
    senses: [{ words: 'greeting timeout', because: 'an option of nodemailer: SMTP servers greet' }],
  },
  {
    old: '^hidden$|with hidden',
    now: 'hiddenField',
    senses: [
      {
        words: 'hidden',
        in: /^src\/(cables|observe|cli)\/|\.css$/,
        because: 'what a file, a text, a prompt or the log hides',
      },
    ],
  },
  { old: 'asked to wait|time limit', now: 'applyRetryAfter, withTimeout' },
  {
    old: 'selves|walk|rounds|fitting',
    now: 'ownAccounts, paginate, catchUp, pageSize',
    senses: [
      { words: 'walk (?:down|through)', because: 'a walk through a thread, or through the steps of `init`' },
      { words: 'walk', in: /^src\/rules\//, because: 'a walk over the rules' },
    ],
  },
  {
    old: 'memory',
    now: 'uriCache',
    senses: [
      {
        words: 'memory limit|external memory|(?:resident|virtual) memory|release memory|^memory$',
        because: 'bytes of memory',
      },
      { words: 'memory', in: /^src\/web\/password/, because: 'bytes of memory that scrypt takes' },
    ],
  },
  { old: 'foreign lines|strangers in|two for one platform', now: 'siteFooter, unknownReferences' },
];

/** No text may hold these: they never were plain English here. */
export const bannedInTexts = [
  'bells?|doorbells?|rung|ringing|purse|tranche|luck|looker|sift|sifted|ear|brakes?|braked|alarms?',
  'story|chapters?|specimens?|plainest|landings|kin|unwanted|follow wish|look for it|patience',
  'give back|greeting|rest until|foreign lines|strangers in|two for one platform',
  'stands? here|is told of|in the place of|a word from you|is called so|goes before|looks? whether|(?-i:Of) whom',
].join('|');

/** A text may hold these as ordinary English or as a term of the field; vocabulary-texts.json lists each phrase. */
export const countedInTexts = [
  'rings?|looks|fence|heard|said|told|tells?|gone|news|notes|marks|given|asking|taking|settling|deciding|acts',
  'living|seams?|rounds|fitting|resting',
  'at hand|by itself|any more|of now|so long as|to who|(?-i:Who) [a-z]+|for ever|is there already',
].join('|');

/** A name in lower-case words: `restUntil`, `rest_until` and `rest-until` are "rest until". */
export function humps(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** A pattern over whole words. */
export function wordsPattern(words: string): RegExp {
  return new RegExp(`(?<![a-z])(?:${words})(?![a-z])`, 'gi');
}
