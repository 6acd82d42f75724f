import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import { Secret } from '../../core/secret.ts';
import type { Platform } from '../platform.ts';
import { lengthsUpTo } from '../shared/lengths.ts';
import { handle, hashtagsQuestion, webAddress } from '../shared/written.ts';

const Service = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, 'expected a URL without a password');

/** The path selects Jetstream's wire format: `/subscribe` or none is v1, the long path v2. */
const Host = z
  .url({ protocol: /^wss?$/, error: 'expected a ws or wss URL' })
  .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.search, 'expected a URL without a password or query');

const account = {
  service: Service.default('https://bsky.social').describe('Where the account logs in'),
  identifier: z.string().min(1).max(300).describe('Handle of the bot’s account, such as `bot.example.org`, or its DID'),
  password: Secret.describe('An app password of the account, never its own: `{ env: NAME }` or `{ file: PATH }`'),
};

/** What `init` takes: a handle is a domain name. */
const Handle = z
  .string()
  .regex(/^(did:[a-z]+:[\w.:%-]+|([a-z0-9-]+\.)+[a-z][a-z0-9-]*)$/i, 'expected a handle, which has a dot, or a DID');

export const BlueskyFeed = z.strictObject({
  hashtags: z
    .array(z.string().regex(/^[^#＃\s]{1,64}$/, 'expected a hashtag without its sign'))
    .max(50)
    .default(['cablegate', 'wlfind'])
    .describe('Hashtags to read, without `#`; posts with a reference ID or cable URL are always read'),
  source: z
    .enum(['jetstream', 'firehose', 'none'])
    .default('jetstream')
    .describe('Source of all posts: Jetstream, the firehose of a relay, or none (the account’s mentions only)'),
  hosts: z
    .array(Host)
    .min(1)
    .max(20)
    .optional()
    .describe('Servers of that source, tried in this order. Left out: the public servers'),
  silence: Duration.prefault('30s').describe('After this long without an event, the next server is tried'),
  firstRun: Duration.prefault('1h').describe('On the first run, posts this old are read; older ones count as seen'),
  search: z
    .boolean()
    .default(false)
    .describe(
      'Search for posts that no server can replay: on the first run, and after an absence of 36 h; needs `account`',
    ),
  account: z
    .strictObject(account)
    .optional()
    .describe('The bot’s account, to read its mentions, replies and quotes and to look up authors. Left out: neither'),
});
export type BlueskyFeed = z.infer<typeof BlueskyFeed>;

export const BlueskyPublisher = z.strictObject(account);
export type BlueskyPublisher = z.infer<typeof BlueskyPublisher>;

/** app.bsky.feed.post: 300 graphemes. The publisher counts bytes as well. */
export const limits = lengthsUpTo(300);

export const bluesky: Platform<typeof BlueskyFeed, typeof BlueskyPublisher> = {
  id: 'bluesky',
  summary: 'Posts on Bluesky and the AT Protocol, and replies to them',
  consent: {
    summons: 'an @mention of the bot, or a reply to one of its posts',
    permits: ['dry-run', 'opted-in', 'own-timeline'],
    clause: 'bots interact only with people who have opted in, by tagging the bot',
    source: 'docs.bsky.app: bots, “It must be an opt-in interaction”',
    never: ['unlisted', 'followers', 'direct'],
  },
  addressesPeople: true,
  limits,
  prices: 'free',
  replyParts: () => ({ warning: true, card: true }),
  feed: BlueskyFeed,
  publisher: BlueskyPublisher,
  streams: true,
  setup: {
    before: [
      'Create an account for the bot alone, and name yourself in its profile; doctor says how to label it as a bot.',
      'In its settings, under Privacy and security, create an app password.',
    ],
    questions: [
      {
        key: 'service',
        ask: 'Where the account logs in',
        example: 'https://bsky.social',
        usual: 'https://bsky.social',
        normal: webAddress,
      },
      { key: 'identifier', ask: 'Handle of the account', example: 'bot.example.org', normal: handle, form: Handle },
      { key: 'password', ask: 'App password', example: 'abcd-efgh-ijkl-mnop', env: 'BLUESKY_PASSWORD' },
      hashtagsQuestion('cablegate, wlfind'),
      {
        key: 'source',
        ask: 'Where all posts are read: jetstream, firehose, or none, for mentions alone',
        example: 'jetstream',
        usual: 'jetstream',
      },
    ],
    feed: (answers, secret) => ({
      account: {
        service: answers.get('service'),
        identifier: answers.get('identifier'),
        password: secret('password'),
      },
    }),
  },
};
