import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import { Secret } from '../../core/secret.ts';
import type { Platform } from '../platform.ts';
import { unlimited } from '../shared/lengths.ts';
import { hashtagsQuestion, relayAddress } from '../shared/written.ts';

const Relays = z
  .array(
    z
      .url({ protocol: /^wss?$/, error: 'expected the address of a relay, wss://…' })
      // Replies and links publish the relay's address.
      .refine(isPlain, 'expected a relay’s address without user, password, ? and #'),
  )
  .min(1)
  .max(20)
  .refine((urls) => new Set(urls).size === urls.length, 'expected each relay once');

function isPlain(written: string): boolean {
  const url = URL.parse(written);
  return url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '';
}

/** What `init` takes. */
const SecretKey = z
  .string()
  .regex(/^(nsec1[02-9ac-hj-np-z]{58}|[0-9a-f]{64})$/i, 'expected a secret key, nsec1… or 64 hexadecimal digits')
  .refine(
    (key) => publicKeyOf(key).then(Boolean, () => false),
    'a letter after nsec1… is wrong or missing: copy the whole key again',
  );

/** Loaded on demand: most commands need no cryptography. */
async function publicKeyOf(secretKey: string): Promise<string> {
  const { keyPairFrom } = await import('./event.ts');
  return keyPairFrom(secretKey).public;
}

export const NostrFeed = z.strictObject({
  relays: Relays.describe(
    'Addresses of relays, `wss://…`. A relay has only the events that were sent to it, so name several',
  ),
  hashtags: z
    .array(z.string().regex(/^[^\s#＃]{1,64}$/u, 'expected a hashtag without its #'))
    .min(1)
    .max(100)
    .default(['cablegate'])
    .describe('Hashtags without #; each is searched as written, in lower and upper case, and capitalized'),
  account: z
    .string()
    .regex(/^(npub1[02-9ac-hj-np-z]{58}|[0-9a-f]{64})$/, 'expected a public key, npub1… or 64 hexadecimal digits')
    .optional()
    .describe(
      'Public key of the bot: a note that names it or answers the bot summons it. Left out: nobody can summon it',
    ),
  key: Secret.optional().describe(
    'Secret key of the bot, for relays that only let known readers in (NIP-42). Left out: the feed identifies itself to none',
  ),
  scan: z
    .boolean()
    .default(false)
    .describe('Read every note of these relays and search its text for hashtags and IDs: finds notes without tags'),
  every: Duration.prefault('5m').describe('How often to poll for what the stream missed'),
  overlap: Duration.prefault('1h').describe('How far back each poll reads again, for clocks that are slow'),
  firstRun: Duration.prefault('1d').describe('On the first poll of a relay, older posts count as seen'),
  firstRunItems: z.int().min(0).max(500).default(20).describe('On the first poll of a relay, at most this many posts'),
});
export type NostrFeed = z.infer<typeof NostrFeed>;

export const NostrPublisher = z.strictObject({
  relays: Relays.describe('Addresses of the relays that replies are sent to, `wss://…`; it is enough that one accepts'),
  key: Secret.describe('Secret key of the bot, nsec1… or 64 hexadecimal digits'),
  maxLength: z
    .int()
    .min(100)
    .max(10_000)
    .default(1000)
    .describe('Longest text in characters; a relay’s own limit applies if it is lower'),
});
export type NostrPublisher = z.infer<typeof NostrPublisher>;

export const nostr: Platform<typeof NostrFeed, typeof NostrPublisher> = {
  id: 'nostr',
  summary: 'Notes on Nostr relays',
  consent: {
    summons:
      'the bot’s key in the text, an answer to one of its notes, or a p tag with its key in a note that answers nothing',
    permits: ['dry-run', 'opted-in', 'own-timeline', 'open'],
    clause: 'the protocol forbids nothing; each relay has its own rules',
    source: 'NIP-11 of each relay; NIP-24: profiles declare bots',
    never: ['unlisted', 'followers', 'direct', 'follower', 'accountAge'],
  },
  addressesPeople: true,
  // The protocol has no limit; each publisher's `maxLength` sets one.
  limits: unlimited,
  prices: 'free',
  replyParts: () => ({ warning: true }),
  streams: true,
  feed: NostrFeed,
  publisher: NostrPublisher,
  setup: {
    before: [
      'Make a key pair for the bot alone, with any Nostr client; its profile should say `bot: true` (NIP-24).',
      'Pick relays where your readers are, and read their rules.',
    ],
    questions: [
      {
        key: 'relays',
        ask: 'Addresses of relays, separated by commas',
        example: 'wss://relay.example',
        as: 'list',
        usual: 'wss://relay.damus.io, wss://nos.lol',
        normal: relayAddress,
      },
      { key: 'key', ask: 'Secret key of the bot', example: 'nsec1…', env: 'NOSTR_KEY', form: SecretKey },
      hashtagsQuestion('cablegate'),
    ],
    feed: async (answers) => ({ account: await publicKeyOf(answers.get('key') ?? '') }),
  },
};
