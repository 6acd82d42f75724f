import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import { Secret } from '../../core/secret.ts';
import type { Platform } from '../platform.ts';
import { unlimited } from '../shared/lengths.ts';
import { webAddress } from '../shared/written.ts';
import { isTemplate } from './template.ts';

export const WebhookFeed = z.strictObject({
  path: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected up to 40 lower-case letters, digits and hyphens')
    .describe('Last part of the address that takes the posts: /webhook/PATH'),
  secret: Secret.describe('Key of the signatures, which the sending program has too'),
  every: Duration.prefault('1s').describe('Polling interval of what has arrived'),
});
export type WebhookFeed = z.infer<typeof WebhookFeed>;

export const WebhookPublisher = z.strictObject({
  url: Secret.describe('Address that takes the replies; `{{ id }}` in it stands for the id of the reply'),
  method: z.enum(['POST', 'PUT']).default('POST').describe('HTTP method'),
  contentType: z.string().min(1).max(200).default('application/json').describe('Content type of the body'),
  body: z
    .string()
    .max(10_000)
    .refine((body) => isTemplate(body), 'expected a Liquid template')
    .default(
      '{"id": {{ id | json }}, "text": {{ text | json }}, "language": {{ language | json }}, "post": {{ post | json }}}',
    )
    .describe(
      'Liquid template of the body: id, text, language, post.key, post.platform, post.id, post.url, post.author',
    ),
  authorization: Secret.optional().describe('Header `authorization` of the requests'),
  secret: Secret.optional().describe('Key that signs the requests, as in docs/platforms/webhook.md'),
  maxLength: z.int().min(100).max(100_000).default(2000).describe('Longest text of a reply, in characters'),
});
export type WebhookPublisher = z.infer<typeof WebhookPublisher>;

export const webhook: Platform<typeof WebhookFeed, typeof WebhookPublisher> = {
  id: 'webhook',
  summary: 'Posts that other programs send, signed, and replies that are sent to programs and rooms',
  consent: {
    summons: 'the post says `"summoned": true`',
    permits: ['dry-run', 'opted-in', 'own-timeline'],
    clause: 'a webhook posts where its operator chose, and nobody there has asked strangers for answers',
    source: 'docs/platforms/webhook.md',
    never: [],
  },
  addressesPeople: true,
  limits: unlimited,
  prices: 'free',
  feed: WebhookFeed,
  publisher: WebhookPublisher,
  setup: {
    before: [
      'Choose a secret of 24 characters or more that the program which sends posts gets too.',
      'Get the address of the room or program that takes the replies: docs/platforms/webhook.md has recipes.',
    ],
    questions: [
      { key: 'path', ask: 'Name of the endpoint, as in /webhook/NAME', example: 'posts', usual: 'posts' },
      {
        key: 'secret',
        ask: 'Secret of the signatures',
        example: 'whsec_…',
        env: 'WEBHOOK_SECRET',
        form: z.string().min(24, 'expected 24 characters or more'),
      },
      {
        key: 'url',
        ask: 'Address that takes the replies',
        example: 'https://room.example/hook',
        env: 'WEBHOOK_URL',
        normal: webAddress,
        form: z.url({ protocol: /^https?$/, error: 'expected an http or https URL' }),
      },
    ],
  },
};
