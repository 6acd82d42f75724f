import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import { Secret } from '../../core/secret.ts';
import type { Platform } from '../platform.ts';
import { lengthsUpTo } from '../shared/lengths.ts';
import { hashtagsQuestion, serverAddress } from '../shared/written.ts';

const ServerUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine((written) => {
    const url = URL.parse(written);
    return url !== null && url.href === `${url.origin}/`;
  }, 'expected the address of a server without a path, such as https://social.example')
  .transform((written) => new URL(written).origin);

const Token = Secret.describe('Access token of the bot’s account on this server: `{ env: NAME }` or `{ file: PATH }`');

const Tag = z
  .string()
  .max(60)
  .regex(/^[\p{L}\p{M}\p{N}_·]+$/u, 'expected a hashtag without #: letters, digits and underscores');

export const MastodonFeed = z
  .strictObject({
    servers: z
      .array(
        z.strictObject({
          url: ServerUrl.describe('Address of a Mastodon or compatible server'),
          token: Token.optional(),
        }),
      )
      .min(1)
      .max(8)
      .refine((servers) => new Set(servers.map(({ url }) => url)).size === servers.length, 'duplicate server')
      .describe('Servers to read: each sees only the posts that have reached it'),
    hashtags: z
      .array(Tag)
      .max(40)
      .default(['cablegate'])
      .describe('Hashtags, without #, whose timelines are read on every server'),
    mentions: z
      .boolean()
      .default(true)
      .describe('Also read mentions of the bot’s account, on servers with a `token` (scope read)'),
    stream: z
      .boolean()
      .default(true)
      .describe('Also listen to the streams of servers with a `token`, so that posts arrive at once'),
    every: Duration.prefault('1m').describe('Polling interval'),
    overlap: Duration.prefault('1h').describe(
      'Posts younger than this are read again at each poll, to notice late arrivals, edits and deletions',
    ),
    firstRun: Duration.prefault('1d').describe('On the first run, posts written longer ago count as seen'),
    firstRunItems: z
      .int()
      .min(0)
      .max(500)
      .default(20)
      .describe('On the first run, at most this many posts of each timeline'),
  })
  .refine(
    ({ servers, hashtags, mentions }) =>
      hashtags.length > 0 || (mentions && servers.some(({ token }) => token !== undefined)),
    'expected `hashtags`, or `mentions` of a server with a `token`',
  );
export type MastodonFeed = z.infer<typeof MastodonFeed>;

export const MastodonPublisher = z.strictObject({
  server: ServerUrl.describe('Address of the server that has the bot’s account'),
  token: Token.describe(
    'Access token of the bot’s account (scopes read and write:statuses): `{ env: NAME }` or `{ file: PATH }`',
  ),
  visibility: z
    .enum(['public', 'unlisted', 'followers', 'direct'])
    .default('unlisted')
    .describe('Visibility of replies; never wider than that of the answered post'),
  rulesRead: z
    .boolean()
    .default(false)
    .describe(
      'Confirms that you have read the rules of this server, which `doctor` shows, and that the bot follows them',
    ),
});
export type MastodonPublisher = z.infer<typeof MastodonPublisher>;

/** Mastodon's defaults, used where the server states none: many take more. */
export const defaults = { maxCharacters: 500, urlLength: 23 };

export const mastodon: Platform<typeof MastodonFeed, typeof MastodonPublisher> = {
  id: 'mastodon',
  summary: 'Hashtags and mentions on Mastodon and compatible servers, and replies there',
  consent: {
    summons: 'an @mention of the bot',
    permits: ['dry-run', 'opted-in', 'own-timeline'],
    narrows: true,
    clause: 'the rules of many servers let bots mention only people who asked for it',
    source: 'the rules that each server lists under /about, and #nobot in profiles',
    never: ['follower'],
  },
  addressesPeople: true,
  limits: lengthsUpTo(defaults.maxCharacters, defaults.urlLength),
  prices: 'free',
  replyParts: ({ visibility }) => ({ warning: true, visibility }),
  feed: MastodonFeed,
  publisher: MastodonPublisher,
  streams: true,
  setup: {
    before: [
      'Read the rules of a server (under /about) before you create an account for the bot there; select “Automated account”.',
      'In its settings, under Development, create an application with the scopes read and write:statuses.',
    ],
    questions: [
      { key: 'server', ask: 'Address of the server', example: 'https://social.example', normal: serverAddress },
      { key: 'token', ask: 'Access token of the application', example: 'kVX0c9…', env: 'MASTODON_TOKEN' },
      hashtagsQuestion('cablegate'),
    ],
    feed: (answers, secret) => ({ servers: [{ url: answers.get('server'), token: secret('token') }] }),
  },
};
