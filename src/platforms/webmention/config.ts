import { z } from 'zod';
import type { Platform } from '../platform.ts';
import { lengthsUpTo } from '../shared/lengths.ts';

const Site = z
  .url({ protocol: /^https?$/, error: 'expected the address of a site, https://…' })
  .refine((url) => !URL.parse(url)?.search && !URL.parse(url)?.hash, 'expected the address without ? and #')
  .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, 'expected an address without a password');

export const WebmentionPublisher = z.strictObject({
  sites: z
    .array(Site)
    .min(1)
    .max(500)
    .describe('Addresses of the sites that may be notified, https://…: only pages below one of these are'),
});
export type WebmentionPublisher = z.infer<typeof WebmentionPublisher>;

/** WordPress cuts the excerpt of a Trackback there. */
export const limits = lengthsUpTo(250);

export const webmention: Platform<z.ZodObject, typeof WebmentionPublisher> = {
  id: 'webmention',
  summary: 'Webmentions and Trackbacks from the public cable pages to pages that cite a cable',
  consent: {
    summons: 'nothing: a page addresses nobody',
    permits: ['dry-run', 'opted-in', 'open'],
    clause: 'programs that notify sites count as spam, so only the sites that the operator lists are notified',
    source: 'docs/platforms/webmention.md',
    never: ['summoned', 'bot', 'repost', 'unlisted', 'followers', 'direct', 'follower', 'accountAge'],
  },
  addressesPeople: true,
  limits,
  prices: 'free',
  replyParts: () => ({ card: true, pages: true }),
  publisher: WebmentionPublisher,
  setup: {
    before: [
      'Ask the owners of the sites whether the bot may notify them.',
      'Make the cable pages public: `web.cables: public`, and `web.publicUrl` with their address.',
      'The sites are read through their web feeds: choose `rss` as well, and write `publisher: to-webmention` in that entry.',
    ],
    questions: [{ key: 'sites', ask: 'Addresses of the sites', example: 'https://blog.example', as: 'list' }],
  },
};
