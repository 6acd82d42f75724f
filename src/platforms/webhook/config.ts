import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import { Secret } from '../../core/secret.ts';
import type { Platform } from '../platform.ts';
import { unlimited } from '../shared/lengths.ts';

export const WebhookFeed = z.strictObject({
  path: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected up to 40 lower-case letters, digits and hyphens')
    .describe('Last part of the address that takes the posts: /webhook/PATH'),
  secret: Secret.describe('Key of the signatures, which the sending program has too'),
  every: Duration.prefault('1s').describe('Polling interval of what has arrived'),
});
export type WebhookFeed = z.infer<typeof WebhookFeed>;

export const webhook: Platform<typeof WebhookFeed> = {
  id: 'webhook',
  summary: 'Posts that other programs send to the bot’s own web server, signed',
  consent: {
    summons: 'the post says `"summoned": true`',
    permits: ['dry-run'],
    clause: 'a webhook only brings posts: replies to them are only logged',
    source: 'docs/platforms/webhook.md',
    never: [],
  },
  addressesPeople: false,
  limits: unlimited,
  prices: 'free',
  feed: WebhookFeed,
  setup: {
    before: [
      'Make a secret of 32 random bytes for both sides: openssl rand -base64 32',
      'The bot’s web server must run, and the sending program must reach it: docs/platforms/webhook.md.',
    ],
    questions: [
      { key: 'path', ask: 'Last part of the address, /webhook/…', usual: 'inbox' },
      { key: 'secret', ask: 'The secret', env: 'WEBHOOK_SECRET' },
    ],
  },
};
