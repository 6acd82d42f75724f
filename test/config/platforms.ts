import { z } from 'zod';
import type { ConfigurablePlatform } from '../../src/config/config.ts';
import { Secret } from '../../src/core/secret.ts';
import { Duration } from '../../src/core/durations.ts';

/** What the configuration wants to know of a platform that nobody is written to on. */
export const silent = { consent: { permits: ['dry-run'] }, addressesPeople: false } as const;

/** Platforms like the real ones, and one that has a secret, as later platforms do. */
export const platforms: readonly ConfigurablePlatform[] = [
  {
    id: 'file',
    summary: 'Posts from files',
    ...silent,
    feed: z
      .strictObject({
        paths: z.array(z.string()).min(1).optional(),
        stdin: z.boolean().default(false),
        batch: z.int().min(1).max(64).default(8),
      })
      .refine(({ paths, stdin }) => (paths !== undefined) !== stdin, 'expected either `paths` or `stdin: true`'),
  },
  {
    id: 'rss',
    summary: 'Items of web feeds',
    ...silent,
    feed: z.strictObject({ url: z.url('expected a URL'), every: Duration.prefault('15m') }),
  },
  {
    id: 'log',
    summary: 'Replies to a file',
    ...silent,
    publisher: z.strictObject({ path: z.string().default('replies.jsonl') }),
  },
  { id: 'network', summary: 'A social network', ...silent, publisher: z.strictObject({ token: Secret }) },
  {
    id: 'relay',
    summary: 'A network that forbids nothing',
    publisher: z.strictObject({}),
    consent: { permits: ['dry-run', 'opted-in', 'open'] },
    addressesPeople: true,
  },
];
