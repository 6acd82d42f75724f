import { z } from 'zod';
import type { ConfigurablePlatform } from '../../src/config/schema.ts';
import { Secret } from '../../src/core/secret.ts';
import { Duration } from '../../src/core/duration.ts';

/** Platforms like the real ones, and one that has a secret, as later platforms do. */
export const platforms: readonly ConfigurablePlatform[] = [
  {
    id: 'file',
    summary: 'Posts from files',
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
    feed: z.strictObject({ url: z.url('expected a URL'), every: Duration.prefault('15m') }),
  },
  { id: 'log', summary: 'Replies to a file', publisher: z.strictObject({ path: z.string().default('replies.jsonl') }) },
  { id: 'network', summary: 'A social network', publisher: z.strictObject({ token: Secret }) },
  {
    id: 'relay',
    summary: 'A network that forbids nothing',
    publisher: z.strictObject({}),
    addressesPeople: true,
    permits: ['log', 'opted-in', 'open'],
  },
];
