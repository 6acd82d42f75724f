import { z } from 'zod';
import { Secret } from '../../core/secret.ts';
import type { Platform, TextLimits } from '../platform.ts';
import { siteAddress } from '../shared/written.ts';

const Site = z
  .url({ protocol: /^https?$/, error: 'expected the address of a site, https://…' })
  .refine((url) => isSafe(url), 'expected https: over http others could read the password')
  .refine((url) => !URL.parse(url)?.search && !URL.parse(url)?.hash, 'expected the address without ? and #')
  .refine((url) => !URL.parse(url)?.username && !URL.parse(url)?.password, 'expected an address without a password');

function isSafe(url: string): boolean {
  const { protocol, hostname } = URL.parse(url) ?? {};
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname ?? '');
}

export const WordpressPublisher = z.strictObject({
  site: Site.describe('Address of the one site whose posts are answered; its owner must have agreed'),
  username: z.string().min(1).describe('Login name of the account'),
  password: Secret.describe('An application password of the account, not its login password'),
});
export type WordpressPublisher = z.infer<typeof WordpressPublisher>;

/** The size of WordPress's database column, in bytes. */
export const limits: TextLimits = { maxLength: 65_525, length: (text) => Buffer.byteLength(text) };

export const wordpress: Platform<z.ZodObject, typeof WordpressPublisher> = {
  id: 'wordpress',
  summary: 'Comments on one WordPress site, read through feeds',
  consent: {
    summons: 'nothing: a page addresses nobody',
    permits: ['dry-run', 'opted-in'],
    clause: 'comments by programs count as spam, so a site is answered only if its owner agreed',
    source: 'docs/platforms/wordpress.md',
    never: ['summoned', 'bot', 'repost', 'unlisted', 'followers', 'direct', 'follower', 'accountAge'],
  },
  addressesPeople: true,
  limits,
  prices: 'free',
  publisher: WordpressPublisher,
  setup: {
    before: [
      'Ask the owner of the site whether the bot may comment there.',
      'Get an account for it (subscriber is enough), and an application password from its profile.',
      'The site is read through its web feed. Mode opted-in answers authors who agreed: `npx pilcrow consent add rss SITE/NAME`.',
    ],
    questions: [
      { key: 'site', ask: 'Address of the site', example: 'https://blog.example', normal: siteAddress },
      { key: 'username', ask: 'Login name of the account', example: 'pilcrow' },
      {
        key: 'password',
        ask: 'Application password',
        example: 'abcd EFGH 1234 ijkl MNOP 5678',
        env: 'WORDPRESS_PASSWORD',
        form: z.string().min(1),
      },
    ],
    feed: (answers) => ({ platform: 'rss', url: `${answers.get('site')}/feed/` }),
  },
};
