import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import type { Platform } from '../platform.ts';
import { unlimited } from '../shared/lengths.ts';
import { webAddress } from '../shared/written.ts';

export const WebFeed = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, 'expected a URL without a password')
    .describe('Address of an RSS, Atom, RDF or JSON feed'),
  every: Duration.prefault('15m').describe('Polling interval'),
  firstRun: Duration.prefault('1d').describe('On the first poll, items published longer ago count as seen'),
  firstRunItems: z.int().min(0).max(500).default(20).describe('On the first poll, at most this many items'),
  itemsPerPoll: z
    .int()
    .min(1)
    .max(500)
    .default(50)
    .describe('On later polls, at most this many items; the others follow'),
  fetchPages: z
    .boolean()
    .default(false)
    .describe('Fetch the page of an item whose text is an excerpt, if it is on the host of the feed'),
});
export type WebFeed = z.infer<typeof WebFeed>;

export const rss: Platform<typeof WebFeed> = {
  id: 'rss',
  summary: 'Items of RSS, Atom, RDF and JSON feeds',
  consent: {
    summons: 'nothing: an item of a web feed addresses nobody',
    permits: ['dry-run'],
    clause: 'web feeds are read-only: replies to their items are only logged',
    source: 'docs/platforms/rss.md',
    never: ['summoned', 'bot', 'repost', 'unlisted', 'followers', 'direct', 'follower', 'accountAge'],
  },
  addressesPeople: false,
  limits: unlimited,
  prices: 'free',
  feed: WebFeed,
  setup: {
    before: [
      'Find the address of the feed: of a tag of a blog, of a Mastodon tag (https://SERVER/tags/cablegate.rss).',
    ],
    questions: [
      {
        key: 'url',
        ask: 'Address of the feed',
        example: 'https://blog.example/tag/cablegate/feed/',
        normal: webAddress,
      },
      {
        key: 'onTopic',
        ask: 'Is it the feed of a tag, so that all of it is about cables? yes or no',
        example: 'yes',
        as: 'yes or no',
        usual: 'no',
      },
    ],
  },
};
