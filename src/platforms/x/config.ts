import { z } from 'zod';
import { dayMs, Duration, hourMs } from '../../core/durations.ts';
import { Secret } from '../../core/secret.ts';
import type { Platform, Question } from '../platform.ts';
import { lengthsUpTo } from '../shared/lengths.ts';
import { handle, hashtagsQuestion } from '../shared/written.ts';

const Id = z.string().regex(/^\d{1,19}$/, 'expected an ID of X as text, such as "1234567890"');

const Account = z
  .strictObject({
    id: Id.describe('Its number, in quotation marks'),
    handle: z
      .string()
      .regex(/^\w{1,15}$/, 'expected a handle without @')
      .describe('Its handle, without @'),
  })
  .describe('The bot’s account: its number (in quotation marks) and its handle without @.');

/** Written in dollars; once parsed, in millionths of a dollar. */
const dollars = z
  .number()
  .min(0)
  .max(1_000_000)
  .transform((written) => Math.round(written * 1e6));
const price = (listed: number) => dollars.prefault(listed);

export const Prices = z.strictObject({
  read: price(0.005).describe('A post that is read'),
  user: price(0.01).describe('A user object that is read'),
  ownedRead: price(0.001).describe(
    'A post of the bot’s mentions or its own timeline, read with the keys of the account, which must own the app',
  ),
  post: price(0.015).describe('A post without a URL'),
  postWithUrl: price(0.2).describe('A post with a URL'),
  summonedReply: price(0.01).describe('A reply to a post that addresses the bot, without a URL'),
  summonedReplyWithUrl: price(0.2).describe('The same with a URL; lower it when a bill says so'),
  deletion: price(0.01).describe('Deleting a reply'),
  onceADay: z
    .boolean()
    .default(true)
    .describe('X charges a post or user only once a day (UTC), “softly”. false: every read counts'),
});
export type Prices = z.infer<typeof Prices>;

const pricesKey = Prices.prefault({}).describe('X’s prices in dollars, where they differ from the price list');

/** A search term that X cannot read as an operator. */
const Tag = z
  .string()
  .max(100)
  .regex(/^(?=.*[\p{L}_])[\p{L}\p{M}\p{N}_]+$/u, 'expected a hashtag without #: letters, digits and _');
const KnownId = z
  .string()
  .max(40)
  .regex(/^[A-Z0-9][A-Z0-9_-]*$/i, 'expected an ID such as 07ASTANA2244');

const accountKeys = {
  appKey: Secret.describe('API key (consumer key) of the app'),
  appSecret: Secret.describe('API key secret of the app'),
  accessToken: Secret.describe('Access token of the bot’s account, with the right to read and write'),
  accessSecret: Secret.describe('Access token secret of the bot’s account'),
};
const keyNames = ['appKey', 'appSecret', 'accessToken', 'accessSecret'] as const;

export const XFeed = z
  .strictObject({
    bearerToken: Secret.describe('The app’s bearer token, for reading.'),
    ...z.object(accountKeys).partial().shape,
    account: Account.optional().describe(
      'The bot’s account: a post that mentions or quotes it addresses the bot. Left out: none does',
    ),
    hashtags: z.array(Tag).max(100).default(['cablegate']).describe('Hashtags to search for, without #'),
    ids: z.array(KnownId).max(500).default([]).describe('IDs to search for besides: X has no pattern for “any ID”'),
    sites: z
      .array(
        z.string().regex(/^[\w.-]+\.\w+(?:\/[\w./-]*)?$/, 'expected a host with a path, such as wikileaks.org/cable'),
      )
      .max(20)
      .default(['wikileaks.org/cable', 'wikileaks.org/plusd'])
      .describe('Beginnings of addresses, without https://: posts that link there are found without a hashtag'),
    every: Duration.prefault('5m').describe('How often to poll'),
    firstRun: Duration.prefault('1d').describe('On the first poll, older posts count as seen (at most 6d)'),
    firstRunPosts: z.int().min(10).max(100).default(20).describe('On the first poll, at most this many posts'),
    pageSize: z
      .int()
      .min(10)
      .max(100)
      .default(100)
      .describe('Posts per request; fewer are requested when the budget runs low'),
    authors: z
      .boolean()
      .default(true)
      .describe('Read the author of each post: name and age of the account. Each costs a user object'),
    altTexts: z
      .boolean()
      .default(false)
      .describe('Read the alternative texts of images; X’s price list does not say what they cost'),
    recheck: Duration.prefault('6h').describe('How often stored posts are looked up, so that deleted ones are purged'),
    stream: z.boolean().default(false).describe('Use the filtered stream as well: posts arrive within seconds'),
    budget: z
      .strictObject({
        perDay: dollars.describe('Dollars a day (UTC)'),
        perMonth: dollars.describe('Dollars a calendar month (UTC)'),
        stream: dollars.prefault(0.5).describe('Dollars that the stream reserves at a time'),
      })
      .describe(
        'What reading may cost in dollars: `perDay` and `perMonth`, and `stream`, which the stream reserves at a time',
      ),
    prices: pricesKey,
  })
  .refine(
    (feed) => new Set(keyNames.map((name) => feed[name] === undefined)).size === 1,
    `expected all of ${keyNames.join(', ')}, or none`,
  );
export type XFeed = z.infer<typeof XFeed>;

export const XPublisher = z.strictObject({
  account: Account,
  ...accountKeys,
  prices: pricesKey,
});
export type XPublisher = z.infer<typeof XPublisher>;

/** twitter-text, configuration 3: a URL counts as 23. The publisher counts exactly. */
export const limits = lengthsUpTo(280, 23);

const retentionMs = 23 * hourMs;

/** What a mention costs from reading to its purge: the post, its author, and the lookups of the same day and the next. */
function mentionPrice({ prices, authors, recheck, appKey }: XFeed): number {
  const owned = appKey !== undefined;
  // Mentions come at any time of the day. Lookups of a day cost once, and the one of the first day nothing if the post was charged as a read.
  const lookups = (spanMs: number) => Math.max(0, spanMs - recheck / 2) / dayMs;
  const looked = lookups(retentionMs) + (owned ? lookups(dayMs) : 0);
  return (owned ? prices.ownedRead : prices.read) + (authors ? prices.user : 0) + looked * prices.read;
}

export const x: Platform<typeof XFeed, typeof XPublisher> = {
  id: 'x',
  summary: 'X (Twitter): hashtags and mentions; replies to posts that address the bot',
  consent: {
    summons: 'an @mention of the bot, or a quote of one of its posts',
    permits: ['dry-run', 'own-timeline'],
    clause: 'X rejects replies to people who have not mentioned the bot, and forbids automatic replies to a keyword',
    source: 'docs.x.com: changelog of 23 February 2026, and the developer guidelines',
    never: ['unlisted', 'followers', 'direct', 'follower'],
  },
  addressesPeople: true,
  limits,
  excerpts: 'never',
  prices: { reply: ({ prices }) => Math.max(prices.summonedReplyWithUrl, prices.postWithUrl), mention: mentionPrice },
  feed: XFeed,
  publisher: XPublisher,
  streams: true,
  // X requires deleted posts to be purged within 24 hours; retention runs once an hour.
  textRetentionMs: retentionMs,
  setup: {
    before: [
      'Create an account for the bot alone; label it “Automated” in its settings, and name yourself in its bio.',
      'Sign in at developer.x.com with it, buy credits, and create an app with read and write permission.',
      'X charges for each post that is read: the bot never exceeds the limits that you set below.',
    ],
    questions: [
      { key: 'bearerToken', ask: 'Bearer token of the app', example: 'AAAA…', env: 'X_BEARER_TOKEN' },
      { key: 'appKey', ask: 'API key of the app', example: 'xvz1…', env: 'X_APP_KEY' },
      { key: 'appSecret', ask: 'API key secret of the app', example: 'L8qq…', env: 'X_APP_SECRET' },
      { key: 'accessToken', ask: 'Access token of the account', example: '3708…-GmHx…', env: 'X_ACCESS_TOKEN' },
      { key: 'accessSecret', ask: 'Access token secret of the account', example: 'fjZa…', env: 'X_ACCESS_SECRET' },
      { key: 'account.handle', ask: 'Handle of the account', example: 'cablebot', normal: handle },
      { key: 'account.id', ask: 'Its number (npx pilcrow doctor checks it)', example: '1234567890' },
      hashtagsQuestion('cablegate'),
      dollarsQuestion('budget.perDay', 'Dollars that reading may cost a day', '1'),
      dollarsQuestion('budget.perMonth', 'Dollars that reading may cost a month', '20'),
      dollarsQuestion('limits.budget.perMonth', 'Dollars that replies may cost a month', '20'),
    ],
  },
};

function dollarsQuestion(key: string, ask: string, usual: string): Question {
  return { key, ask, example: '2.50', as: 'number', usual, normal: (written) => written.replace(/^\$/, '') };
}
